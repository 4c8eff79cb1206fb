#include "compare/measure_offload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/file.hpp"
#include "base/json_text.hpp"
#include "compare/launch.hpp"
#include "format/lock.hpp"
#include "format/manifest.hpp"
#include "pack/pack_package.hpp"
#include "pack/push.hpp"
#include "store/open_store.hpp"
#include "store/store.hpp"

namespace ballast {
namespace {

constexpr std::chrono::minutes k_hydrate_limit{10};

class Measurer {
  public:
    Measurer(const Inventory& inventory, const Config& config, const MeasureOptions& options)
        : m_inventory(inventory), m_config(config), m_options(options) {}

    Result<OffloadMeasure> run() {
        OffloadMeasure measure;
        measure.store = m_config.store;
        measure.rounds = m_options.rounds;
        BALLAST_CHECK(pack(measure));
        BALLAST_TRY(const auto whole, hydrate({}));
        measure.parts.push_back({"", whole.cold_ms});
        measure.warm_ms = whole.warm_ms;
        for (const auto& group : m_options.groups) {
            BALLAST_TRY(const auto times, hydrate(group));
            measure.parts.push_back({group, times.cold_ms});
        }
        return measure;
    }

  private:
    Result<void> pack(OffloadMeasure& measure) const {
        constexpr auto k_quiet = Progress::Output::quiet;
        BALLAST_TRY(const PackResult packed,
                    pack_package(m_inventory, m_config,
                                 {.out = slim(), .run_program = m_options.run_program, .output = k_quiet}));
        BALLAST_TRY(const Manifest manifest, Manifest::parse(packed.tree.manifest, slim()));
        BALLAST_TRY(const auto store, open_store(m_config.store));
        BALLAST_CHECK(push_staged(packed.lock, manifest, slim(), *store, k_quiet));
        measure.version = packed.lock.version;
        measure.fetched_bytes = packed.tree.fetched_bytes;
        measure.slim_bytes = packed.slim_bytes;
        return {};
    }

    // Starts ballast-run with this process's own environment, which may hold credentials. What it complains
    // of is told when it fails.
    Result<double> start(const std::vector<std::string>& arguments) const {
        Launch start;
        start.arguments = {slim() + "/" + std::string(k_run_file)};
        start.arguments.insert(start.arguments.end(), arguments.begin(), arguments.end());
        start.environment = own_environment();
        start.complaints = m_options.scratch + "/words";
        std::error_code error;
        start.directory = std::filesystem::current_path(error).string();
        start.limit = k_hydrate_limit;
        BALLAST_TRY(const Launched launched, launch(start));
        if (launched.status == 0) return launched.milliseconds;
        const std::string text = complaint_in(start.complaints);
        return fail(ErrorCode::check_failed, "ballast-run hydrate",
                    text.empty() ? fmt::format("ends with status {}", launched.status) : text);
    }

    struct Times {
        double cold_ms = 0;
        double warm_ms = 0;
    };

    Result<Times> hydrate(const std::string& group) const {
        std::vector<double> cold;
        std::vector<double> warm;
        for (unsigned round = 0; round < m_options.rounds; ++round) {
            const std::string root = m_options.scratch + "/root";
            BALLAST_CHECK(remove_all(root));
            std::vector<std::string> arguments = {"hydrate", "--root", root};
            if (!group.empty()) arguments.insert(arguments.end(), {"--group", group});
            BALLAST_TRY(const double first, start(arguments));
            BALLAST_TRY(const double second, start(arguments));
            cold.push_back(first);
            warm.push_back(second);
        }
        return Times{median_of(cold), median_of(warm)};
    }

    std::string slim() const { return m_options.scratch + "/slim"; }

    const Inventory& m_inventory;
    const Config& m_config;
    const MeasureOptions& m_options;
};

}  // namespace

std::optional<double> OffloadMeasure::cold_ms_of(const std::string& group) const {
    const auto found = std::ranges::find(parts, group, &Part::group);
    return found == parts.end() ? std::nullopt : std::optional(found->cold_ms);
}

Result<OffloadMeasure> measure_offload(const Inventory& inventory, const Config& config,
                                       const MeasureOptions& options) {
    return Measurer(inventory, config, options).run();
}

}  // namespace ballast
