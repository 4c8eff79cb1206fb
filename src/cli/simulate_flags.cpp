#include "cli/simulate_flags.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "program/common_flags.hpp"
#include "simulate/input/fields.hpp"

namespace ballast {
namespace {

void add_log_flags(Command& command, SimulateFlags& flags) {
    command.section("A log");
    command.option("--trace FILE", flags.traces,
                   "a log: plain, gzip or zstd; - is standard input; several logs are merged by time");
    command.option("--format NAME", flags.format,
                   "lambda, insights, csv, lambda-traces, azure-2019 or azure-2021 (default: detected from "
                   "the log)");
    command.option("--units UNITS", flags.units,
                   "units of a CSV's start and duration where its columns do not name them, like s,ms");
    command.option("--durations FILE", flags.durations,
                   "the durations that belong to a log in format azure-2019");
    command.option("--window N", flags.window,
                   "how many invocations are held back to sort a log (default: 1048576)");
}

void add_model_flags(Command& command, SimulateFlags& flags) {
    command.section("Or a model");
    command.option("--rate R", flags.rate, "requests a second on average, arriving at random (Poisson)");
    command.option("--duration TIME", flags.duration, "how long the requests go on, in seconds, or like 30d");
    command.option("--service TIME", flags.service,
                   "how long an invocation takes: 200ms, 1s..3s, exp:2s (default: 100ms)");
    command.option(
        "--daily CURVE", flags.daily,
        "how the rate follows the day: from 0 (not at all) to 1 (nothing at midnight), or 24 weights");
    command.option("--burst-every TIME", flags.burst_every, "add a burst of requests at this interval");
    command.option("--burst-size N", flags.burst_size, "how many requests a burst has, all at once");
}

void add_platform_flags(Command& command, SimulateFlags& flags) {
    command.section("The platform");
    command.option("--preset NAME", flags.preset,
                   fmt::format("expiry as measured: {} (default: {})", preset_names(), k_default_preset));
    command.option("--idle-expiry TIME", flags.idle_expiry,
                   "how long an idle context stays, in seconds, or like 640s, 5m..7m, 300s+exp:60s or never");
    command.option("--spare-expiry TIME", flags.spare_expiry,
                   "idle expiry while the function has another idle context (default: as --idle-expiry)");
    command.option("--max-age TIME", flags.max_age, "the age at which a context is replaced, or never");
    command.option("--routing RULE", flags.routing,
                   "the idle context that a request goes to: most-recent (default), least-recent, random, "
                   "oldest or newest");
    command.option("--concurrency N", flags.concurrency, "reject requests beyond this many at once");
    command.option("--provisioned N", flags.provisioned, "how many contexts are kept initialised");
    command.option("--deploy-every TIME", flags.deploy_every, "replace all contexts at this interval");
    command.option("--deploy-at TIME", flags.deploys,
                   "also replace them at this time: 2026-01-31T10:00:00Z, or since the log's zero: 90m");
    command.option("--timeout TIME", flags.timeout,
                   "the function's timeout, for an init of more than 10 s (default: 900s)");
    command.flag("--init-unbilled", flags.init_unbilled, "do not bill the init, as before 2025-08-01");
}

void add_money_flags(Command& command, SimulateFlags& flags) {
    command.section("What to compare");
    command
        .option(
            "--strategy STRATEGY", flags.strategies,
            "NAME=COLD[,warm:TIME][,each:TIME][,tmp:SIZE][,memory:SIZE][,per-cold:USD][,month:USD]: a way to "
            "deploy, and what a cold start adds with it; COLD 'recorded' is what the log says, "
            "'recorded+850ms' is 850 ms more; may be repeated")
        .repeatable();
    command.option("--compare FILE", flags.compare,
                   "what 'compare --json' wrote: its ways to deploy, as what they add to what is recorded");
    command.option("--init TIME", flags.init,
                   "what a cold start adds where the log records none, like 300ms (default: nothing)");
    command
        .option("--memory MB", flags.memory_mb,
                "the function's memory in MB, where the log does not say (default: 128)")
        .between(1U, 65'535U);
    command.option("--arch", flags.arch, "x86 (default) or arm, for the prices").one_of({"x86", "arm"});
    command
        .option("--try-pings N,...", flags.try_pings,
                "how many pings at once to try, like 1,2,5 (default); 0: none")
        .separated_by(',');
    command.option("--ping-every TIME", flags.ping_every, "the interval of these pings (default: 5m)");
    command
        .option("--try-provisioned N,...", flags.try_provisioned,
                "how many contexts kept initialised to try, like 1,2,5,10 (default); 0: none")
        .separated_by(',');
}

Result<std::int64_t> parse_age(std::string_view text, std::string_view name_in_errors) {
    if (text == "never") return k_never_us;
    return parse_span_us(text, name_in_errors, Unitless::seconds);
}

Result<Platform> platform_of(const SimulateFlags& flags) {
    Platform platform;
    BALLAST_TRY(platform.expiry, expiry_preset(flags.preset.empty() ? k_default_preset : flags.preset));
    if (!flags.idle_expiry.empty()) {
        BALLAST_TRY(platform.expiry.idle,
                    parse_distribution(flags.idle_expiry, "--idle-expiry", Unitless::seconds));
        platform.expiry.spare.reset();
        // The preset's age belongs to the preset's expiry.
        if (flags.preset.empty()) platform.expiry.max_age_us = k_never_us;
    }
    if (!flags.spare_expiry.empty())
        BALLAST_SET(platform.expiry.spare,
                    parse_distribution(flags.spare_expiry, "--spare-expiry", Unitless::seconds));
    if (!flags.max_age.empty())
        BALLAST_SET(platform.expiry.max_age_us, parse_age(flags.max_age, "--max-age"));
    if (!flags.routing.empty()) {
        BALLAST_TRY(platform.routing, parse_routing(flags.routing));
    }
    platform.concurrency = flags.concurrency.value_or(UINT32_MAX);
    platform.provisioned = flags.provisioned;
    if (!flags.deploy_every.empty()) {
        BALLAST_TRY(platform.deploy_every_us,
                    parse_span_us(flags.deploy_every, "--deploy-every", Unitless::seconds));
        if (platform.deploy_every_us < k_second_us)
            return fail(ErrorCode::usage, "--deploy-every", "is less than a second");
    }
    for (const auto& text : flags.deploys) {
        const auto date = parse_log_time(text);
        std::int64_t at_us = date ? date->us : 0;
        if (!date) BALLAST_SET(at_us, parse_span_us(text, "--deploy-at", Unitless::seconds));
        platform.deploys_us.push_back(at_us);
    }
    std::ranges::sort(platform.deploys_us);
    BALLAST_TRY(platform.timeout_us, parse_span_us(flags.timeout, "--timeout", Unitless::seconds));
    platform.init_billed = !flags.init_unbilled;
    return platform;
}

void without_zeros(std::vector<std::uint32_t>& counts) {
    std::erase(counts, 0U);
}

}  // namespace

void add_simulate_flags(Command& command, SimulateFlags& flags) {
    command.option("--seed N", flags.seed, "the same seed gives the same answer (default: 1)");
    command.option("--max-cold PERCENT", flags.max_cold_share,
                   "exit with 1 when a larger share of invocations is cold, in percent");
    command.flag("--hours", flags.all_hours, "list every hour");
    command.flag("--fit", flags.fit, "find the expiry that best explains the logs' cold starts");
    add_json_flag(command, flags.json);
    command.flag("--curves", flags.curves,
                 "add to the JSON the share of cold starts by idle gap, by expiry and by rate; --html always "
                 "has them");
    add_html_flag(command, flags.html);
    add_log_flags(command, flags);
    add_model_flags(command, flags);
    add_platform_flags(command, flags);
    add_money_flags(command, flags);
}

Result<void> check_simulate_flags(const SimulateFlags& flags) {
    if (flags.fit && !flags.html.empty())
        return fail(ErrorCode::usage, "--html", "has no page for --fit", "leave one of them out");
    if (flags.traces.empty() == !flags.rate.has_value()) {
        if (flags.rate)
            return fail(ErrorCode::usage, "simulate", "both --trace and --rate are given",
                        "a log or a model, not both");
        if (flags.fit) return {};
        return fail(ErrorCode::usage, "simulate", "nothing to simulate",
                    "name a log with --trace FILE, or a model with --rate R --duration TIME");
    }
    if (flags.rate && flags.duration.empty())
        return fail(ErrorCode::usage, "--rate", "does not say for how long",
                    "add --duration, like --duration 30d");
    if (!flags.traces.empty() && std::ranges::count(flags.traces, "-") > 1)
        return fail(ErrorCode::usage, "--trace -", "standard input can be read once");
    return {};
}

Result<LogOptions> log_options_of(const SimulateFlags& flags) {
    LogOptions options;
    options.seed = flags.seed;
    options.window = flags.window;
    if (!flags.format.empty()) BALLAST_SET(options.format, parse_log_format(flags.format));
    if (!flags.units.empty()) BALLAST_SET(options.units, parse_csv_units(flags.units));
    if (!flags.durations.empty())
        BALLAST_SET(options.azure_durations, Azure2019Durations::read(flags.durations));
    BALLAST_TRY(const Distribution service, parse_distribution(flags.service, "--service"));
    options.azure_durations.set_other(service);
    return options;
}

Result<Workload> workload_of(const SimulateFlags& flags) {
    Workload workload;
    workload.rate = *flags.rate;
    if (!(workload.rate >= 0 && workload.rate <= 1e7))
        return fail(ErrorCode::usage, "--rate", "is not between 0 and 10,000,000");
    BALLAST_TRY(workload.length_us, parse_span_us(flags.duration, "--duration", Unitless::seconds));
    if (workload.length_us <= 0) return fail(ErrorCode::usage, "--duration", "must not be 0");
    BALLAST_TRY(workload.service, parse_distribution(flags.service, "--service"));
    if (workload.service.mean_us() > static_cast<double>(k_most_duration_us))
        return fail(ErrorCode::usage, "--service", "is longer than 30 days");
    if (!flags.daily.empty()) BALLAST_SET(workload.hours, parse_daily(flags.daily, "--daily"));
    if (flags.burst_every.empty() != (flags.burst_size == 0)) {
        return fail(ErrorCode::usage, flags.burst_every.empty() ? "--burst-size" : "--burst-every",
                    "is one half of a burst", "say both, like --burst-every 1h --burst-size 50");
    }
    if (!flags.burst_every.empty()) {
        BALLAST_TRY(workload.burst_every_us,
                    parse_span_us(flags.burst_every, "--burst-every", Unitless::seconds));
        if (workload.burst_every_us < 1000)
            return fail(ErrorCode::usage, "--burst-every", "is less than a millisecond");
    }
    workload.burst_size = flags.burst_size;
    workload.seed = flags.seed;
    return workload;
}

Result<ToSimulate> simulate_options_of(const SimulateFlags& flags) {
    ToSimulate made;
    SimulateOptions& options = made.options;
    BALLAST_TRY(options.platform, platform_of(flags));
    if (!flags.strategies.empty() || !flags.compare.empty()) options.strategies.clear();
    for (const auto& text : flags.strategies) {
        BALLAST_TRY(Strategy strategy, parse_strategy(text));
        options.strategies.push_back(std::move(strategy));
    }
    if (!flags.compare.empty()) {
        BALLAST_TRY(const std::string text, read_file(flags.compare, k_max_comparison_bytes));
        BALLAST_TRY(ComparedStrategies compared, parse_compared(text, flags.compare));
        std::ranges::move(compared.strategies, std::back_inserter(options.strategies));
        made.left_out = std::move(compared.left_out);
    }
    if (!flags.init.empty()) BALLAST_SET(options.init, parse_distribution(flags.init, "--init"));
    options.curves = flags.curves || !flags.html.empty();
    options.memory_mb = static_cast<std::uint16_t>(flags.memory_mb);
    options.architecture = flags.arch == "arm" ? Architecture::arm : Architecture::x86;
    options.seed = flags.seed;
    options.pings = flags.try_pings;
    options.provisioned = flags.try_provisioned;
    without_zeros(options.pings);
    without_zeros(options.provisioned);
    BALLAST_TRY(options.ping_every_us, parse_span_us(flags.ping_every, "--ping-every", Unitless::seconds));
    if (options.ping_every_us < k_second_us)
        return fail(ErrorCode::usage, "--ping-every", "is less than a second");
    return made;
}

}  // namespace ballast
