#include "cli/simulate_flags.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "simulate/input/fields.hpp"

namespace ballast {
namespace {

std::string preset_names() {
    std::string names;
    for (const auto& preset : expiry_presets()) {
        names += names.empty() ? "" : ", ";
        names += preset.name;
    }
    return names;
}

void add_log_flags(CLI::App& command, SimulateFlags& flags) {
    const auto* group = "A log";
    command
        .add_option("--trace", flags.traces,
                    "a log, plain, gzip or zstd; - is standard input; several are merged by time")
        ->type_name("FILE")
        ->group(group);
    command
        .add_option(
            "--format", flags.format,
            "lambda, insights, csv, lambda-traces, azure-2019 or azure-2021 (default: as the log looks)")
        ->type_name("NAME")
        ->group(group);
    command
        .add_option("--units", flags.units,
                    "of a CSV's start and duration where its columns do not say, like s,ms")
        ->type_name("UNITS")
        ->group(group);
    command
        .add_option("--durations", flags.durations, "the durations that belong to a log in format azure-2019")
        ->type_name("FILE")
        ->group(group);
    command
        .add_option("--window", flags.window,
                    "how many invocations are held back to sort a log (default: 1048576)")
        ->type_name("N")
        ->group(group);
}

void add_model_flags(CLI::App& command, SimulateFlags& flags) {
    const auto* group = "Or a model";
    command.add_option("--rate", flags.rate, "requests a second on average, arriving at random (Poisson)")
        ->type_name("R")
        ->group(group);
    command.add_option("--duration", flags.duration, "for how long, in seconds, or like 30d")
        ->type_name("TIME")
        ->group(group);
    command
        .add_option("--service", flags.service,
                    "how long an invocation takes: 200ms, 1s..3s, exp:2s (default: 100ms)")
        ->type_name("TIME")
        ->group(group);
    command
        .add_option(
            "--daily", flags.daily,
            "how the rate follows the day: from 0 (not at all) to 1 (nothing at midnight), or 24 weights")
        ->type_name("CURVE")
        ->group(group);
    command.add_option("--burst-every", flags.burst_every, "bursts on top, so often")
        ->type_name("TIME")
        ->group(group);
    command.add_option("--burst-size", flags.burst_size, "requests at once in a burst")
        ->type_name("N")
        ->group(group);
}

void add_platform_flags(CLI::App& command, SimulateFlags& flags) {
    const auto* group = "The platform";
    command
        .add_option("--preset", flags.preset,
                    fmt::format("expiry as measured: {} (default: {})", preset_names(), k_default_preset))
        ->type_name("NAME")
        ->group(group);
    command
        .add_option("--idle-expiry", flags.idle_expiry,
                    "how long an idle context stays, in seconds, or like 640s, 5m..7m, 300s+exp:60s or never")
        ->type_name("TIME")
        ->group(group);
    command
        .add_option("--spare-expiry", flags.spare_expiry,
                    "the same where the function has another context (default: the same)")
        ->type_name("TIME")
        ->group(group);
    command.add_option("--max-age", flags.max_age, "when a context is replaced, or never")
        ->type_name("TIME")
        ->group(group);
    command
        .add_option("--routing", flags.routing,
                    "most-recent (default), least-recent, random, oldest or newest idle context")
        ->type_name("RULE")
        ->group(group);
    command.add_option("--concurrency", flags.concurrency, "reject requests over so many at once")
        ->type_name("N")
        ->group(group);
    command.add_option("--provisioned", flags.provisioned, "contexts kept initialised")
        ->type_name("N")
        ->group(group);
    command.add_option("--deploy-every", flags.deploy_every, "all contexts are replaced so often")
        ->type_name("TIME")
        ->group(group);
    command
        .add_option("--deploy-at", flags.deploys,
                    "and at this time: 2026-01-31T10:00:00Z, or since the log's zero: 90m")
        ->type_name("TIME")
        ->group(group);
    command
        .add_option("--timeout", flags.timeout,
                    "the function's, for an init of more than 10 s (default: 900s)")
        ->type_name("TIME")
        ->group(group);
    command.add_flag("--init-unbilled", flags.init_unbilled, "as before 2025-08-01")->group(group);
}

void add_money_flags(CLI::App& command, SimulateFlags& flags) {
    const auto* group = "What to compare";
    command
        .add_option(
            "--strategy", flags.strategies,
            "NAME=COLD[,warm:TIME][,each:TIME][,tmp:SIZE][,memory:SIZE][,per-cold:USD][,month:USD]: a way to "
            "deploy, by what a cold start adds; COLD 'recorded' is as in the log, 'recorded+850ms' so much "
            "more; several may be named")
        ->type_name("STRATEGY")
        ->group(group)
        ->allow_extra_args(false);
    command
        .add_option("--compare", flags.compare,
                    "what 'compare --json' wrote: its ways to deploy, as what they add to what is recorded")
        ->type_name("FILE")
        ->group(group);
    command
        .add_option("--init", flags.init,
                    "what a cold start adds where the log records none, like 300ms (default: nothing)")
        ->type_name("TIME")
        ->group(group);
    command.add_option("--memory", flags.memory_mb, "in MB, where the log does not say (default: 128)")
        ->type_name("MB")
        ->group(group)
        ->check(CLI::Range(1U, 65'535U));
    command.add_option("--arch", flags.arch, "x86 (default) or arm, for the prices")
        ->group(group)
        ->check(CLI::IsMember({"x86", "arm"}));
    command.add_option("--try-pings", flags.try_pings, "pings at once to try, like 1,2,5 (default); 0: none")
        ->type_name("N,...")
        ->delimiter(',')
        ->group(group);
    command.add_option("--ping-every", flags.ping_every, "how often (default: 5m)")
        ->type_name("TIME")
        ->group(group);
    command
        .add_option("--try-provisioned", flags.try_provisioned,
                    "contexts kept initialised to try, like 1,2,5,10 (default); 0: none")
        ->type_name("N,...")
        ->delimiter(',')
        ->group(group);
}

Result<std::int64_t> parse_age(std::string_view text, std::string_view shown) {
    if (text == "never") return k_never_us;
    return parse_span_us(text, shown, Unitless::seconds);
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
    if (!flags.spare_expiry.empty()) {
        BALLAST_TRY(platform.expiry.spare,
                    parse_distribution(flags.spare_expiry, "--spare-expiry", Unitless::seconds));
    }
    if (!flags.max_age.empty()) {
        BALLAST_TRY(platform.expiry.max_age_us, parse_age(flags.max_age, "--max-age"));
    }
    if (!flags.routing.empty()) {
        const auto found = std::ranges::find(routing_names(), flags.routing, &RoutingName::name);
        if (found == routing_names().end()) {
            return fail(ErrorCode::usage, "--routing", "'" + printable(flags.routing) + "' is not a rule",
                        "those there are: most-recent, least-recent, random, oldest, newest");
        }
        platform.routing = found->routing;
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
        if (!date) {
            BALLAST_TRY(at_us, parse_span_us(text, "--deploy-at", Unitless::seconds));
        }
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

void add_simulate_flags(CLI::App& command, SimulateFlags& flags) {
    add_log_flags(command, flags);
    add_model_flags(command, flags);
    add_platform_flags(command, flags);
    add_money_flags(command, flags);
    command.add_option("--seed", flags.seed, "the same seed gives the same answer (default: 1)")
        ->type_name("N");
    command
        .add_option("--max-cold", flags.max_cold_share, "exit with 1 when a larger share is cold, in percent")
        ->type_name("PERCENT");
    command.add_flag("--hours", flags.all_hours, "list every hour");
    command.add_flag("--fit", flags.fit, "find the expiry that explains the logs' cold starts best");
    command.add_flag("--json", flags.json, "print JSON");
    command.add_flag(
        "--curves", flags.curves,
        "in the JSON, the share of cold starts by idle gap, by expiry and by rate; with --html always");
    command.add_option("--html", flags.html, "write one self-contained page, too")->type_name("FILE");
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
        return fail(ErrorCode::usage, "--rate", "says not for how long",
                    "add --duration, like --duration 30d");
    if (!flags.traces.empty() && std::ranges::count(flags.traces, "-") > 1)
        return fail(ErrorCode::usage, "--trace -", "standard input can be read once");
    return {};
}

Result<LogOptions> log_options_of(const SimulateFlags& flags) {
    LogOptions options;
    options.seed = flags.seed;
    options.window = flags.window;
    if (!flags.format.empty()) {
        BALLAST_TRY(options.format, parse_log_format(flags.format));
    }
    if (!flags.units.empty()) {
        BALLAST_TRY(options.units, parse_csv_units(flags.units));
    }
    if (!flags.durations.empty()) {
        BALLAST_TRY(options.azure_durations, Azure2019Durations::read(flags.durations));
    }
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
    if (workload.length_us <= 0) return fail(ErrorCode::usage, "--duration", "is nothing");
    BALLAST_TRY(workload.service, parse_distribution(flags.service, "--service"));
    if (workload.service.mean_us() > static_cast<double>(k_most_duration_us))
        return fail(ErrorCode::usage, "--service", "is longer than 30 days");
    if (!flags.daily.empty()) {
        BALLAST_TRY(workload.hours, parse_daily(flags.daily, "--daily"));
    }
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
    if (!flags.init.empty()) {
        BALLAST_TRY(options.init, parse_distribution(flags.init, "--init"));
    }
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
