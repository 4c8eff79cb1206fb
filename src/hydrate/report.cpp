#include "hydrate/report.hpp"

#include <nlohmann/json.hpp>
#include "base/json_text.hpp"

namespace ballast {
namespace {

double milliseconds(std::chrono::nanoseconds time) {
    return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) / 1000.0;
}

}  // namespace

std::string report_json(const Lock& lock, const HydrateReport& report) {
    nlohmann::ordered_json json;
    json["ballast"] = report.start == HydrateReport::Start::cold ? "cold" : "warm";
    json["name"] = lock.name;
    json["version"] = lock.version;
    json["tree"] = lock.tree.hex();
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
    return json_line(json);
}

}  // namespace ballast
