#include "simulate/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "cli/commands.hpp"
#include "cli/simulate_flags.hpp"
#include "program/output.hpp"
#include "simulate/fit.hpp"
#include "simulate/simulation_json.hpp"
#include "simulate/simulation_page.hpp"
#include "simulate/simulation_text.hpp"

namespace ballast {
namespace {

Result<int> run_fit(const SimulateFlags& flags) {
    if (flags.traces.empty()) {
        return fail(ErrorCode::usage, "--fit", "there is no log to fit to", "name logs with --trace");
    }
    BALLAST_TRY(const LogOptions log_options, log_options_of(flags));
    BALLAST_TRY(const ToSimulate wanted, simulate_options_of(flags));
    Fitter fitter(wanted.options.platform, wanted.options.seed);
    for (const auto& path : flags.traces) {
        BALLAST_TRY(const auto log, open_logs({path}, log_options));
        BALLAST_CHECK(fitter.add(path, *log));
    }
    const Fit fit = fitter.finish();
    BALLAST_CHECK(print(flags.json ? json_text(fit_json(fit)) : fit_text(fit, colours_of_stdout())));
    return 0;
}

Result<Simulation> simulate_logs(const SimulateFlags& flags, const SimulateOptions& options) {
    BALLAST_TRY(const LogOptions log_options, log_options_of(flags));
    BALLAST_TRY(const auto log, open_logs(flags.traces, log_options));
    BALLAST_TRY(Simulation simulation, simulate(*log, options));
    simulation.input = flags.traces.front() == "-" ? "standard input" : flags.traces.front();
    if (flags.traces.size() > 1) simulation.input += fmt::format(" and {} more", flags.traces.size() - 1);
    simulation.format = to_string(log->format());
    return simulation;
}

Result<Simulation> simulate_model(const SimulateFlags& flags, const SimulateOptions& options) {
    BALLAST_TRY(const Workload workload, workload_of(flags));
    const auto source = make_workload(workload);
    BALLAST_TRY(Simulation simulation, simulate(*source, options));
    simulation.input = fmt::format("{} requests a second", workload.rate);
    simulation.format = "model";
    return simulation;
}

void warn_of(const Simulation& simulation) {
    for (const auto& one : simulation.left_out) warn(fmt::format("{} is left out: {}", one.name, one.why));
    const SimulateOptions& options = simulation.options;
    const bool relative = std::ranges::any_of(
        options.strategies, [](const Strategy& strategy) { return strategy.recorded_plus_us != 0; });
    if (relative && simulation.truth.init.count == 0 && options.init == Distribution::fixed(0)) {
        warn(
            "no init time is recorded: cold starts take nothing but what is added to them; --init says what "
            "they take");
    }
}

Result<int> run_simulate(const SimulateFlags& flags) {
    BALLAST_CHECK(check_simulate_flags(flags));
    if (flags.fit) return run_fit(flags);
    BALLAST_TRY(ToSimulate wanted, simulate_options_of(flags));
    BALLAST_TRY(Simulation simulation, flags.traces.empty() ? simulate_model(flags, wanted.options)
                                                            : simulate_logs(flags, wanted.options));
    simulation.left_out = std::move(wanted.left_out);
    warn_of(simulation);
    if (!flags.html.empty()) BALLAST_CHECK(write_report(simulation_page(simulation), flags.html));
    BALLAST_CHECK(print(flags.json
                            ? json_text(simulation_json(simulation))
                            : simulation_text(simulation, flags.all_hours ? HourRows::all : HourRows::some,
                                              colours_of_stdout())));
    if (!flags.max_cold_share) return 0;
    const Outcome& first = simulation.strategies.front();
    if (100 * first.cold_share() <= *flags.max_cold_share) return 0;
    return fail(ErrorCode::check_failed, simulation.input,
                fmt::format("{:.2f} % of invocations are cold, more than the {} % of --max-cold",
                            100 * first.cold_share(), *flags.max_cold_share));
}

}  // namespace

void add_simulate_command(Program& program) {
    Command command = program.add(
        "simulate",
        "Say from a log, or a rate, how often anyone waits for a new context, how long, and what it costs");
    add_simulate_flags(command, command.runs<SimulateFlags>(run_simulate));
    command.examples(
        {"ballast simulate --trace report.log.gz",
         // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one long line each
         "aws logs filter-log-events --log-group-name /aws/lambda/f --filter-pattern REPORT "
         "| ballast simulate --trace -",
         "ballast simulate --trace report.log --strategy 'as is=recorded' --strategy "
         "'offloaded=850ms,warm:2ms,per-cold:0.000007'",
         "ballast simulate --rate 0.05 --duration 30d --service exp:2s --strategy container=1.2s",
         "ballast simulate --trace a.csv --trace b.csv --fit"});
}

}  // namespace ballast
