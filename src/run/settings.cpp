#include "run/settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/duration.hpp"
#include "base/environment.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "hydrate/report.hpp"
#include "hydrate/settings.hpp"

namespace ballast {
namespace {

double seconds(std::chrono::nanoseconds time) {
    const auto rounded = std::chrono::duration_cast<std::chrono::microseconds>(time);
    return static_cast<double>(rounded.count()) / 1e6;
}

std::string report_text(const RunSettings& settings, const HydrateReport& report) {
    return fmt::format(
        "ballast: cold start: {} in {} from {} in {}: {:.3f} s (fetch {:.3f}, decode {:.3f}, "
        "write "
        "{:.3f}{}{}), version {}\n",
        format_size(report.tree_bytes), counted(report.files, "file"),
        format_size(report.counts.fetched_bytes), counted(report.counts.requests, "request"),
        seconds(report.total), seconds(report.counts.fetch), seconds(report.counts.decode),
        seconds(report.counts.write),
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
        std::fputs((report_json(settings.slim.lock, report) + "\n").c_str(), stderr);
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
    HydrateWishes wishes{flags.store, flags.root, flags.groups};
    if (!flags.timeout.empty()) {
        BALLAST_TRY(const auto duration, parse_duration(flags.timeout, "--timeout"));
        wishes.deadline = std::chrono::steady_clock::now() + duration;
    }
    // A function's context may be killed before the store is given up.
    if (!environment("AWS_LAMBDA_RUNTIME_API").empty()) wishes.on_trouble = &log_trouble;
    BALLAST_TRY(HydrateSettings settings, hydrate_settings(slim.lock, wishes));
    return RunSettings{std::move(slim), std::move(settings.options), std::move(settings.store)};
}

Result<HydrateReport> hydrate_and_log(const RunSettings& settings) {
    BALLAST_TRY(HydrateReport report, hydrate(settings.slim, settings.options));
    if (report.start == HydrateReport::Start::cold) BALLAST_CHECK(log_cold_start(settings, report));
    return report;
}

}  // namespace ballast
