// The functions of ballast.h. What they promise is written there.

#include "ballast/ballast.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "embed/calls.hpp"
#include "embed/handles.hpp"
#include "hydrate/settings.hpp"

namespace ballast {
namespace {

static_assert(std::string_view(BALLAST_VERSION) == BALLAST_PROJECT_VERSION,
              "ballast.h names another version");
static_assert(BALLAST_USAGE == static_cast<int>(ErrorCode::usage) &&
              BALLAST_NOT_FOUND == static_cast<int>(ErrorCode::not_found) &&
              BALLAST_CORRUPT == static_cast<int>(ErrorCode::corrupt) &&
              BALLAST_PERMISSION == static_cast<int>(ErrorCode::permission) &&
              BALLAST_UNAVAILABLE == static_cast<int>(ErrorCode::unavailable) &&
              BALLAST_NO_SPACE == static_cast<int>(ErrorCode::no_space) &&
              BALLAST_INTERRUPTED == static_cast<int>(ErrorCode::interrupted));

// The caller's options as this library knows them: an older caller's are shorter, and what a newer one has
// besides must be left at its default.
Result<ballast_options> known_options(const ballast_options* given) {
    ballast_options options = BALLAST_OPTIONS_INIT;
    if (given == nullptr) return options;
    constexpr std::size_t k_first_version = offsetof(ballast_options, deadline_ms) + sizeof(std::int64_t);
    if (given->size < k_first_version) {
        return fail(ErrorCode::usage, "ballast_options", "its size is not set",
                    "begin with BALLAST_OPTIONS_INIT");
    }
    const std::span bytes(reinterpret_cast<const unsigned char*>(given), given->size);
    const auto unknown = bytes.subspan(std::min(bytes.size(), sizeof(options)));
    if (std::ranges::any_of(unknown, [](unsigned char byte) { return byte != 0; })) {
        return fail(ErrorCode::usage, "ballast_options", "has settings that this library does not know",
                    "link libballast " BALLAST_VERSION " with its own ballast.h");
    }
    std::memcpy(&options, given, std::min(given->size, sizeof(options)));
    options.size = sizeof(options);
    return options;
}

std::string text_or_empty(const char* text) {
    return text == nullptr ? std::string() : std::string(text);
}

Result<HydrateOptions> read_options(const Slim& slim, const ballast_options* given) {
    BALLAST_TRY(const ballast_options options, known_options(given));
    HydrateOptions said{.store = text_or_empty(options.store), .root = text_or_empty(options.root)};
    if (options.groups != nullptr) {
        for (const auto* group = options.groups; *group != nullptr; ++group) said.groups.emplace_back(*group);
    }
    if (options.deadline_ms < 0) {
        return fail(ErrorCode::usage, "deadline_ms", "lies before 1970", "say milliseconds since 1970");
    }
    if (options.deadline_ms != 0) said.deadline = deadline_at(options.deadline_ms);
    return complete_options(slim.lock, std::move(said));
}

Result<std::unique_ptr<ballast_tree>> hydrated(const ballast_package& package,
                                               const HydrateOptions& options) {
    BALLAST_TRY(HydrateReport report, hydrate(*package.slim, options));
    auto tree = std::make_unique<ballast_tree>();
    tree->slim = package.slim;
    tree->report = std::move(report);
    return tree;
}

}  // namespace
}  // namespace ballast

using ballast::guarded;
using ballast::Result;

const char* ballast_version(void) {
    return BALLAST_VERSION;
}

int ballast_package_open(const char* directory, ballast_package** package, ballast_error** error) {
    *package = nullptr;
    return guarded(error, [&]() -> Result<void> {
        BALLAST_TRY(ballast::Slim slim,
                    ballast::open_slim_directory(directory != nullptr ? directory
                                                                      : ballast::default_slim_directory()));
        auto opened = std::make_unique<ballast_package>();
        opened->slim = std::make_shared<const ballast::Slim>(std::move(slim));
        *package = opened.release();
        return {};
    });
}

void ballast_package_close(ballast_package* package) {
    delete package;
}

int ballast_hydrate(ballast_package* package, const ballast_options* options, ballast_tree** tree,
                    ballast_error** error) {
    *tree = nullptr;
    return guarded(error, [&]() -> Result<void> {
        BALLAST_TRY(const auto settings, ballast::read_options(*package->slim, options));
        BALLAST_TRY(auto held, ballast::hydrated(*package, settings));
        *tree = held.release();
        return {};
    });
}

int ballast_path(ballast_package* package, const char* entry, const ballast_options* options,
                 ballast_tree** tree, const char** path, ballast_error** error) {
    *tree = nullptr;
    *path = nullptr;
    return guarded(error, [&]() -> Result<void> {
        BALLAST_TRY(auto settings, ballast::read_options(*package->slim, options));
        BALLAST_TRY(const auto manifest, package->manifest());
        BALLAST_TRY(settings.groups, ballast::groups_for_entry(*manifest, entry));
        BALLAST_TRY(auto held, ballast::hydrated(*package, settings));
        held->entry_path = held->report.tree_path + "/" + entry;
        *path = held->entry_path.c_str();
        *tree = held.release();
        return {};
    });
}

const char* ballast_tree_path(const ballast_tree* tree) {
    return tree->report.tree_path.c_str();
}

int ballast_tree_was_cold(const ballast_tree* tree) {
    return tree->report.start == ballast::HydrateReport::Start::cold ? 1 : 0;
}

const char* ballast_tree_report(const ballast_tree* tree) {
    try {
        return tree->report_text().c_str();
    } catch (...) {
        return "";  // no memory
    }
}

int ballast_tree_keep_across_exec(ballast_tree* tree, ballast_error** error) {
    return guarded(error, [&]() -> Result<void> {
        // None where the root is read-only, and nothing evicts.
        if (!tree->report.in_use) return {};
        return tree->report.in_use.keep_across_exec();
    });
}

void ballast_tree_close(ballast_tree* tree) {
    delete tree;
}
