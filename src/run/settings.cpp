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

std::string report_text(const Lock& lock, const HydrateReport& report) {
    return fmt::format(
        "ballast: cold start: {} in {} from {} in {}: {:.3f} s (fetch {:.3f}, decode {:.3f}, "
        "write "
        "{:.3f}{}{}), version {}\n",
        format_size(report.tree_bytes), counted(report.files, "file"),
        format_size(report.counts.fetched_bytes), counted(report.counts.requests, "request"),
        seconds(report.total), seconds(report.counts.fetch), seconds(report.counts.decode),
        seconds(report.counts.write),
        seconds(report.waited) >= 0.001 ? fmt::format(", waited {:.3f}", seconds(report.waited)) : "",
        report.resumed ? ", resumed" : "", lock.version);
}

// One line: JSON where a log collector reads it, a sentence on a terminal.
Result<void> log_cold_start(const Lock& lock, const HydrateReport& report) {
    std::string format = environment("BALLAST_LOG");
    if (format.empty()) format = ::isatty(STDERR_FILENO) == 1 ? "text" : "json";
    if (format == "text") {
        std::fputs(report_text(lock, report).c_str(), stderr);
    } else if (format == "json") {
        std::fputs((report_json(lock, report) + "\n").c_str(), stderr);
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

void add_run_flags(Command& command, RunFlags& flags, WithGroups groups) {
    command.option("--package SLIM", flags.package, "the slim package (default: where this program is)");
    command.option("--store URL", flags.store,
                   "where the packs are (default: BALLAST_STORE, then the package's lock)");
    command.option("--root DIR", flags.root,
                   "where to hydrate (default: BALLAST_ROOT, then the package's lock)");
    command.option("--timeout TIME", flags.timeout,
                   "give up after this time, like 20s (default: BALLAST_TIMEOUT, else never; "
                   "BALLAST_DEADLINE_MS ends it in any case)");
    if (groups == WithGroups::yes) {
        command
            .option("--group NAME", flags.groups,
                    "hydrate this group only, or * for all; may be repeated (default: BALLAST_GROUPS, then "
                    "the package's lock)")
            .repeatable();
    }
}

Result<Slim> open_slim(const RunFlags& flags, const SlimSource& source) {
    return source.open(flags.package.empty() ? source.default_path() : flags.package);
}

Result<HydrateOptions> read_options(const RunFlags& flags, const Lock& lock) {
    HydrateOptions said{.store = flags.store, .root = flags.root, .groups = flags.groups};
    if (!flags.timeout.empty()) {
        BALLAST_TRY(const auto duration, parse_duration(flags.timeout, "--timeout"));
        said.deadline = std::chrono::steady_clock::now() + duration;
    }
    // A function's context may be killed before the store is given up.
    if (!environment("AWS_LAMBDA_RUNTIME_API").empty()) said.on_trouble = &log_trouble;
    return complete_options(lock, std::move(said));
}

Result<HydrateReport> hydrate_and_log(const Slim& slim, const HydrateOptions& options) {
    BALLAST_TRY(HydrateReport report, hydrate(slim, options));
    if (report.start == HydrateReport::Start::cold) BALLAST_CHECK(log_cold_start(slim.lock, report));
    return report;
}

}  // namespace ballast
