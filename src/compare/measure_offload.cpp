#include "compare/measure_offload.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "compare/launch.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t k_max_answer_bytes = 1U << 20U;
constexpr std::chrono::minutes k_pack_limit{60};
constexpr std::chrono::minutes k_hydrate_limit{10};

class Measurer {
  public:
    explicit Measurer(const OffloadCommands& commands) : m_commands(commands) {}

    Result<OffloadMeasure> run() {
        OffloadMeasure measure;
        measure.store = m_commands.store;
        measure.rounds = m_commands.rounds;
        BALLAST_CHECK(make_directories(m_commands.scratch));
        BALLAST_TRY(const auto packed, pack());
        if (!packed.is_object()) return fail(ErrorCode::corrupt, "ballast pack", "prints what is no JSON");
        measure.version = packed.value("version", std::string());
        measure.fetched_bytes = packed.value("compressed_bytes", std::uint64_t{0});
        measure.slim_bytes = packed.value("slim_bytes", std::uint64_t{0});
        BALLAST_TRY(const auto whole, hydrate({}));
        measure.parts.push_back({"", whole.cold_ms});
        measure.warm_ms = whole.warm_ms;
        for (const auto& group : m_commands.groups) {
            BALLAST_TRY(const auto times, hydrate(group));
            measure.parts.push_back({group, times.cold_ms});
        }
        return measure;
    }

  private:
    // Runs a program with this process's own environment, which may hold credentials. What it prints goes to
    // `out`; what it complains of is told when it fails.
    Result<double> run_program(const std::vector<std::string>& arguments, const std::string& out,
                               std::chrono::milliseconds limit) const {
        Launch start;
        start.arguments = arguments;
        start.environment = own_environment();
        start.output = out;
        start.complaints = m_commands.scratch + "/words";
        std::error_code error;
        start.directory = std::filesystem::current_path(error).string();
        start.limit = limit;
        BALLAST_TRY(const Launched launched, launch(start));
        if (launched.status == 0) return launched.milliseconds;
        const std::string text = complaint_in(start.complaints);
        return fail(ErrorCode::check_failed,
                    std::filesystem::path(arguments[0]).filename().string() + " " + arguments[1],
                    text.empty() ? fmt::format("ends with status {}", launched.status) : text);
    }

    Result<nlohmann::json> pack() const {
        std::vector<std::string> arguments = {m_commands.ballast};
        arguments.insert(arguments.end(), m_commands.pack.begin(), m_commands.pack.end());
        arguments.insert(arguments.end(),
                         {"--out", slim(), "--push", "--json", "--quiet", "--", m_commands.package});
        const std::string out = m_commands.scratch + "/packed.json";
        BALLAST_CHECK(run_program(arguments, out, k_pack_limit));
        BALLAST_TRY(const std::string text, read_file(out, k_max_answer_bytes));
        return nlohmann::json::parse(text, nullptr, false);
    }

    struct Times {
        double cold_ms = 0;
        double warm_ms = 0;
    };

    Result<Times> hydrate(const std::string& group) const {
        std::vector<double> cold;
        std::vector<double> warm;
        for (unsigned round = 0; round < m_commands.rounds; ++round) {
            const std::string root = m_commands.scratch + "/root";
            BALLAST_CHECK(remove_all(root));
            std::vector<std::string> arguments = {slim() + "/ballast-run", "hydrate", "--root", root};
            if (!group.empty()) arguments.insert(arguments.end(), {"--group", group});
            const std::string out = m_commands.scratch + "/hydrated";
            BALLAST_TRY(const double first, run_program(arguments, out, k_hydrate_limit));
            BALLAST_TRY(const double second, run_program(arguments, out, k_hydrate_limit));
            cold.push_back(first);
            warm.push_back(second);
        }
        return Times{median_of(cold), median_of(warm)};
    }

    std::string slim() const { return m_commands.scratch + "/slim"; }

    const OffloadCommands& m_commands;
};

}  // namespace

Result<OffloadMeasure> measure_offload(const OffloadCommands& commands) {
    return Measurer(commands).run();
}

}  // namespace ballast
