#include "simulate/simulation_json.hpp"

#include <nlohmann/json.hpp>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

using Json = nlohmann::ordered_json;

Json spread_json(const Spread& spread) {
    return {{"count", spread.count},   {"mean_ms", spread.mean_ms}, {"p50_ms", spread.p50_ms},
            {"p90_ms", spread.p90_ms}, {"p99_ms", spread.p99_ms},   {"p999_ms", spread.p999_ms},
            {"max_ms", spread.most_ms}};
}

Json money_json(const Money& money) {
    return {{"requests", money.requests},
            {"compute", money.compute},
            {"init", money.init},
            {"pings", money.pings},
            {"provisioned", money.provisioned},
            {"tmp", money.tmp},
            {"other", money.other},
            {"total", money.total},
            {"a_month", money.a_month}};
}

Json strategy_json(const Strategy& strategy) {
    return {{"cold", cold_text(strategy)},
            {"warm_ms", static_cast<double>(strategy.warm_us) / 1000},
            {"each_ms", static_cast<double>(strategy.each_us) / 1000},
            {"memory_mb", strategy.memory_mb},
            {"tmp_gb", strategy.tmp_gb},
            {"usd_per_cold", strategy.usd_per_cold},
            {"usd_per_month", strategy.usd_per_month}};
}

// Hours only of strategies: of what would help they would be most of the text.
enum class Hours : std::uint8_t { with, without };

Json outcome_json(const Outcome& outcome, Hours with_hours) {
    Json json;
    json["name"] = outcome.name;
    json["strategy"] = strategy_json(outcome.rules.strategy);
    json["provisioned"] = outcome.rules.platform.provisioned;
    json["pings_at_once"] = outcome.rules.keep_warm.every_us > 0 ? outcome.rules.keep_warm.at_once : 0;
    json["requests"] = outcome.requests;
    json["cold"] = outcome.cold;
    json["cold_share"] = outcome.cold_share();
    json["rejected"] = outcome.rejected;
    json["init_overruns"] = outcome.init_overruns;
    json["timeouts"] = outcome.timeouts;
    json["pings"] = outcome.pings;
    json["cold_pings"] = outcome.cold_pings;
    json["contexts"] = {
        {"made", outcome.contexts_made}, {"mean", outcome.mean_alive}, {"max", outcome.most_alive}};
    json["latency"] = spread_json(outcome.latency);
    json["wait"] = spread_json(outcome.wait);
    json["usd"] = money_json(outcome.money);
    if (with_hours == Hours::without) return json;
    auto& hours = json["hours"] = Json::array();
    for (const auto& hour : outcome.hours) {
        hours.push_back({{"begin_s", hour.begin_us / k_second_us},
                         {"requests", hour.requests},
                         {"cold", hour.cold},
                         {"rejected", hour.rejected},
                         {"contexts_mean", hour.mean_alive},
                         {"contexts_max", hour.most_alive}});
    }
    return json;
}

Json outcomes_json(const std::vector<Outcome>& outcomes, Hours hours) {
    Json json = Json::array();
    for (const auto& outcome : outcomes) json.push_back(outcome_json(outcome, hours));
    return json;
}

Json seconds_json(std::int64_t us) {
    if (us >= k_never_us) return nullptr;
    return static_cast<double>(us) / static_cast<double>(k_second_us);
}

Json platform_json(const Platform& platform) {
    const Expiry& expiry = platform.expiry;
    Json json;
    json["routing"] = to_string(platform.routing);
    json["idle_expiry"] = expiry.idle.to_string();
    json["spare_expiry"] = (expiry.spare ? *expiry.spare : expiry.idle).to_string();
    json["max_age_s"] = seconds_json(expiry.max_age_us);
    json["concurrency"] = platform.concurrency == UINT32_MAX ? Json() : Json(platform.concurrency);
    json["provisioned"] = platform.provisioned;
    json["deploy_every_s"] = seconds_json(platform.deploy_every_us);
    auto& deploys = json["deploys_s"] = Json::array();
    for (const std::int64_t deploy_us : platform.deploys_us) deploys.push_back(seconds_json(deploy_us));
    json["timeout_s"] = seconds_json(platform.timeout_us);
    json["init_billed"] = platform.init_billed;
    return json;
}

Json share_json(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return nullptr;
    return static_cast<double>(part) / static_cast<double>(whole);
}

Json gap_json(const GapRow& row) {
    return {{"from_s", seconds_json(row.from_us)},
            {"to_s", seconds_json(row.to_us)},
            {"requests", row.requests},
            {"cold", row.cold},
            {"cold_share", share_json(row.cold, row.requests)},
            {"known", row.known},
            {"recorded_cold", row.recorded_cold},
            {"recorded_share", share_json(row.recorded_cold, row.known)}};
}

Json curves_json(const Curves& curves) {
    Json json;
    json["first"] = curves.first;
    json["in_flight"] = gap_json(curves.in_flight);
    json["in_flight"].erase("from_s");
    json["in_flight"].erase("to_s");
    auto& gaps = json["gaps"] = Json::array();
    for (const auto& row : curves.gaps) gaps.push_back(gap_json(row));
    auto& by_expiry = json["by_expiry"] = Json::array();
    for (const auto& row : curves.by_expiry) {
        by_expiry.push_back({{"idle_expiry_s", seconds_json(row.expiry_us)},
                             {"requests", row.requests},
                             {"cold", row.cold},
                             {"cold_share", share_json(row.cold, row.requests)}});
    }
    json["per_second"] = curves.per_second;
    auto& by_rate = json["by_rate"] = Json::array();
    for (const auto& row : curves.by_rate) {
        by_rate.push_back({{"per_second", row.per_second},
                           {"requests", row.requests},
                           {"cold", row.cold},
                           {"cold_share", share_json(row.cold, row.requests)}});
    }
    return json;
}

}  // namespace

nlohmann::ordered_json simulation_json(const Simulation& simulation) {
    const SimulateOptions& options = simulation.options;
    Json json;
    json["input"] = printable(simulation.input);
    json["format"] = simulation.format;
    json["invocations"] = simulation.invocations;
    json["functions"] = simulation.facts.functions;
    json["skipped"] = simulation.facts.skipped;
    json["bytes"] = simulation.facts.bytes;
    json["dated"] = simulation.facts.dated;
    json["first_s"] = seconds_json(simulation.first_us);
    json["last_s"] = seconds_json(simulation.last_us);
    json["memory_mb"] = simulation.memory_mb;
    json["seed"] = options.seed;
    json["prices"] = {{"date", k_prices_date},
                      {"region", k_prices_region},
                      {"architecture", options.architecture == Architecture::arm ? "arm" : "x86"}};
    json["platform"] = platform_json(options.platform);
    const LogTruth& truth = simulation.truth;
    json["log"] = {{"known", truth.known},
                   {"cold", truth.cold},
                   {"failed_inits", truth.failed_inits},
                   {"init", spread_json(truth.init)},
                   {"cold_by_hour", truth.cold_by_hour}};
    json["strategies"] = outcomes_json(simulation.strategies, Hours::with);
    auto& left_out = json["left_out"] = Json::array();
    for (const auto& one : simulation.left_out) left_out.push_back({{"name", one.name}, {"why", one.why}});
    json["provisioned"] = outcomes_json(simulation.provisioned, Hours::without);
    json["pings"] = outcomes_json(simulation.pings, Hours::without);
    if (simulation.curves) json["curves"] = curves_json(*simulation.curves);
    return json;
}

}  // namespace ballast
