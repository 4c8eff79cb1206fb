#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/file_lock.hpp"
#include "base/result.hpp"
#include "hydrate/pipeline.hpp"
#include "hydrate/slim.hpp"
#include "store/object_source.hpp"

namespace ballast {

// What a hydration is to do. A caller fills in what it says itself; complete_options (hydrate/settings.hpp)
// adds the rest. hydrate() needs `root` and `open_source`, and looks at neither `store` nor `on_trouble`.
struct HydrateOptions {
    std::string store = {};                // its URL
    std::string root = {};                 // absolute
    std::vector<std::string> groups = {};  // names; empty: all of the tree
    // Nothing goes on past it, waiting for another process included.
    Deadline deadline = Deadline::max();
    FetchSettings fetch = {};
    std::function<void(const Error& trouble)> on_trouble = {};  // see SourceOptions
    // Opens the store; called only when something has to be fetched.
    std::function<Result<std::unique_ptr<ObjectSource>>()> open_source = {};
};

struct HydrateReport {
    enum class Start : std::uint8_t { warm, cold };
    Start start = Start::warm;
    std::string tree_path;
    bool resumed = false;     // took up a killed hydration
    std::uint64_t files = 0;  // made by this hydration; so the next two
    std::uint64_t tree_bytes = 0;
    PipelineCounts counts;
    std::chrono::nanoseconds waited{0};  // for another process that hydrated
    std::chrono::nanoseconds total{0};
    // Keeps the tree from being evicted as long as it lives; empty where the root is read-only.
    FileLock in_use;
};

// Brings the tree, or groups of it, into the root, once: when it is there, that is all (warm). Several
// processes at once make one hydration. Killed at any instant, the next call ends it; until then no
// path of the tree is there in part. docs/hydrate.md describes every step.
// Errors: corrupt (package, store or root cannot be believed), permission, no_space (naming what is
// needed and what there is), unavailable, not_found (an object, a group), interrupted.
Result<HydrateReport> hydrate(const Slim& slim, const HydrateOptions& options);

}  // namespace ballast
