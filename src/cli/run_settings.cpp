#include "cli/run_settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/duration.hpp"
#include "base/environment.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "hydrate/start.hpp"
#include "store/store.hpp"

namespace ballast {
namespace {

// The last that is not empty.
std::string latest(const std::string& from_lock, const char* variable, const std::string& flag) {
    if (!flag.empty()) return flag;
    const std::string from_environment = environment(variable);
    return from_environment.empty() ? from_lock : from_environment;
}

using Deadline = std::chrono::steady_clock::time_point;

// The earlier of --timeout (else BALLAST_TIMEOUT) from now and BALLAST_DEADLINE_MS.
Result<Deadline> find_deadline(const std::string& flag) {
    Deadline deadline = Deadline::max();
    const std::string timeout = flag.empty() ? environment("BALLAST_TIMEOUT") : flag;
    if (!timeout.empty()) {
        BALLAST_TRY(const auto duration,
                    parse_duration(timeout, flag.empty() ? "BALLAST_TIMEOUT" : "--timeout"));
        deadline = std::chrono::steady_clock::now() + duration;
    }
    const std::string text = environment("BALLAST_DEADLINE_MS");
    if (text.empty()) return deadline;
    std::int64_t at = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at);
    if (error != std::errc() || end != text.data() + text.size() || at < 0) {
        return fail(ErrorCode::usage, "BALLAST_DEADLINE_MS", "'" + text + "' is not a time",
                    "say milliseconds since 1970, as Lambda-Runtime-Deadline-Ms does");
    }
    constexpr std::int64_t k_longest_ms = 100LL * 365 * 86'400 * 1000;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto left = std::chrono::milliseconds(std::min(at, k_longest_ms)) -
                      std::chrono::floor<std::chrono::milliseconds>(now);
    return std::min(deadline, std::chrono::steady_clock::now() + left);
}

double milliseconds(std::chrono::nanoseconds time) {
    return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) / 1000.0;
}

double seconds(std::chrono::nanoseconds time) {
    return milliseconds(time) / 1000.0;
}

std::string report_text(const RunSettings& settings, const HydrateReport& report) {
    return fmt::format(
        "ballast: cold start: {} in {} files from {} in {} requests: {:.3f} s (fetch {:.3f}, decode {:.3f}, "
        "write "
        "{:.3f}{}{}), version {}\n",
        format_size(report.tree_bytes), format_count(report.files), format_size(report.counts.fetched_bytes),
        report.counts.requests, seconds(report.total), seconds(report.counts.fetch),
        seconds(report.counts.decode), seconds(report.counts.write),
        seconds(report.waited) >= 0.001 ? fmt::format(", waited {:.3f}", seconds(report.waited)) : "",
        report.resumed ? ", resumed" : "", settings.slim.lock.version);
}

// One line: JSON where a log collector reads it, a sentence on a terminal.
Result<void> log_cold_start(const RunSettings& settings, const HydrateReport& report) {
    std::string format = environment("BALLAST_LOG");
    if (format.empty()) format = ::isatty(STDERR_FILENO) == 1 ? "text" : "json";
    if (format == "text") {
        std::fputs(report_text(settings, report).c_str(), stderr);
    } else if (format == "json") {
        std::fputs((report_json(settings, report) + "\n").c_str(), stderr);
    } else if (format != "off") {
        return fail(ErrorCode::usage, "BALLAST_LOG", fmt::format("'{}' is not a log format", format),
                    "use json, text or off");
    }
    return {};
}

void log_trouble(const Error& trouble) {
    std::string text = "ballast: warning: " + printable(trouble.object) + ": " + printable(trouble.message);
    if (!trouble.hint.empty()) text += " (" + printable(trouble.hint) + ")";
    std::fputs((text + "; trying again\n").c_str(), stderr);
}

}  // namespace

void add_run_flags(CLI::App& command, RunFlags& flags, WithGroups groups) {
    command.add_option("--package", flags.package, "the slim package (default: where this program lies)")
        ->type_name("SLIM");
    command
        .add_option("--store", flags.store,
                    "where the packs are (default: the package's lock; BALLAST_STORE)")
        ->type_name("URL");
    command.add_option("--root", flags.root, "where to hydrate (default: the package's lock; BALLAST_ROOT)")
        ->type_name("DIR");
    command
        .add_option("--timeout", flags.timeout,
                    "give up after so long, like 20s (default: BALLAST_TIMEOUT; never; BALLAST_DEADLINE_MS)")
        ->type_name("TIME");
    if (groups == WithGroups::yes) {
        command
            .add_option("--group", flags.groups,
                        "hydrate this group only, or * for all; may be repeated (default: BALLAST_GROUPS; "
                        "the package's lock)")
            ->type_name("NAME")
            ->allow_extra_args(false)  // else a '--' behind it would end the list of groups, not the options
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
}

Result<RunSettings> load_run_settings(const RunFlags& flags, const SlimSource& source) {
    BALLAST_TRY(Slim slim, source.open(flags.package.empty() ? source.default_path() : flags.package));
    RunSettings settings{std::move(slim), {}, {}};
    settings.options.root = latest(settings.slim.lock.root, "BALLAST_ROOT", flags.root);
    BALLAST_TRY(settings.options.groups, wanted_groups(settings.slim.lock, flags.groups));
    settings.store = latest(settings.slim.lock.store, "BALLAST_STORE", flags.store);
    BALLAST_TRY(settings.options.deadline, find_deadline(flags.timeout));
    StoreOptions store_options{settings.options.deadline};
    // A function's context may be killed before the store is given up.
    if (!environment("AWS_LAMBDA_RUNTIME_API").empty()) store_options.on_trouble = &log_trouble;
    settings.options.open_store = [store = settings.store, store_options] {
        return open_store(store, store_options);
    };
    settings.options.pipeline.fetch.second_requests = environment("BALLAST_SECOND_REQUESTS") != "off";
    return settings;
}

Result<HydrateReport> hydrate_and_log(const RunSettings& settings) {
    BALLAST_TRY(HydrateReport report, hydrate(settings.slim, settings.options));
    if (report.start == HydrateReport::Start::cold) BALLAST_CHECK(log_cold_start(settings, report));
    return report;
}

std::string report_json(const RunSettings& settings, const HydrateReport& report) {
    nlohmann::ordered_json json;
    json["ballast"] = report.start == HydrateReport::Start::cold ? "cold" : "warm";
    json["name"] = settings.slim.lock.name;
    json["version"] = settings.slim.lock.version;
    json["tree"] = settings.slim.lock.tree.hex();
    json["path"] = report.tree_path;
    json["files"] = report.files;
    json["tree_bytes"] = report.tree_bytes;
    json["fetched_bytes"] = report.counts.fetched_bytes;
    json["requests"] = report.counts.requests;
    json["retries"] = report.counts.retries;
    json["second_requests"] = report.counts.second_requests;
    json["fetch_ms"] = milliseconds(report.counts.fetch);
    json["decode_ms"] = milliseconds(report.counts.decode);
    json["write_ms"] = milliseconds(report.counts.write);
    json["waited_ms"] = milliseconds(report.waited);
    json["total_ms"] = milliseconds(report.total);
    json["resumed"] = report.resumed;
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace ballast
