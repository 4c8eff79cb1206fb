#include "simulate/input/lambda_log.hpp"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json_text.hpp"
#include "simulate/input/fields.hpp"

namespace ballast {
namespace {

using namespace std::string_view_literals;
using Json = nlohmann::json;

constexpr std::string_view k_report = "REPORT RequestId:";
constexpr std::string_view k_platform = "platform.";
constexpr std::string_view k_timestamp = "timestamp\":";

// memmem is vectorised; std::string_view::find is not.
std::size_t find_in(std::string_view text, std::string_view what, std::size_t from = 0) {
    if (from >= text.size()) return std::string_view::npos;
    const void* const at = ::memmem(text.data() + from, text.size() - from, what.data(), what.size());
    return at == nullptr ? std::string_view::npos
                         : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

// "1589587970662" or "\"2024-01-31T10:00:00Z\"", after blanks.
std::optional<std::int64_t> time_value(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '"' || text.front() == '\\'))
        text.remove_prefix(1);
    if (const auto time = parse_log_time(text)) return time->us;
    const auto digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
    if (digits.size() < 12 || digits.size() > 15) return std::nullopt;  // milliseconds since 1970
    const auto number = parse_number(digits);
    return number ? to_time_us(*number, 1000) : std::nullopt;
}

// The last time in what stands before a report.
std::optional<std::int64_t> time_before(std::string_view text) {
    if (const auto first = parse_log_time(text)) return first->us;
    if (const auto key = text.rfind(k_timestamp); key != std::string_view::npos)
        return time_value(text.substr(key + k_timestamp.size()));
    // "2024/01/31/[$LATEST]0a1b 2024-01-31T10:00:00.123 REPORT ..."
    for (auto at = text.find('-'); at != std::string_view::npos; at = text.find('-', at + 1)) {
        if (at < 4) continue;
        if (const auto time = parse_log_time(text.substr(at - 4))) return time->us;
    }
    // "1589587970662,REPORT ..." of the console, "EVENTS\t1589587970662\t..." of the command line.
    for (std::size_t at = 0; at < text.size();) {
        if (const auto time = time_value(text.substr(at))) return time;
        const auto next = text.find_first_of("\t, ", at);
        if (next == std::string_view::npos) break;
        at = next + 1;
    }
    return std::nullopt;
}

class LambdaLogParser final : public LogParser {
  public:
    LambdaLogParser() { m_facts.dated = true; }

    tl::expected<std::size_t, ParseFault> parse(std::string_view text, bool last,
                                                std::vector<Invocation>& out) override {
        std::size_t at = 0;
        while (at < text.size() && out.size() < k_most_at_once) {
            const std::size_t newline = text.find('\n', at);
            if (newline == std::string_view::npos && !last) break;
            const std::size_t end = std::min(newline, text.size());
            if (auto read = line(text.substr(at, end - at), out); !read) {
                read.error().offset += at;
                return tl::unexpected(std::move(read).error());
            }
            at = std::min(end + 1, text.size());
        }
        return at;
    }

    std::string_view fault_at_end() const override {
        return m_reports > 0 ? "" : "holds no REPORT line and no platform.report event";
    }

  private:
    Read line(std::string_view text, std::vector<Invocation>& out) {
        std::size_t report = find_report(text, 0);
        if (report != std::string_view::npos) {
            std::size_t before = 0;
            while (report != std::string_view::npos) {
                const std::size_t next = find_report(text, report + k_report.size());
                const std::size_t end = next == std::string_view::npos ? text.size() : next;
                auto read = text_report(text, before, report, end, out);
                if (!read) return read;
                before = report;
                report = next;
            }
            m_event_time.reset();
            return {};
        }
        // Whatever JSON holds stands in quotes.
        if (text.find('"') == std::string_view::npos) return {};
        if (const std::size_t at = find_in(text, k_platform); at != std::string_view::npos) {
            const std::string_view kind = text.substr(at + k_platform.size());
            if (kind.starts_with("report") || kind.starts_with("initReport")) return json_line(text, at, out);
        }
        if (const std::size_t at = find_in(text, k_timestamp); at != std::string_view::npos)
            m_event_time = time_value(text.substr(at + k_timestamp.size()));
        return {};
    }

    // The next "REPORT RequestId:"; counts the "INIT_REPORT" of failed inits on the way. By its capital P,
    // which few lines have: searching each line for the words with memmem took half of all time.
    std::size_t find_report(std::string_view text, std::size_t from) {
        constexpr std::size_t k_p = 2;  // of REPORT
        for (std::size_t p = text.find('P', from + k_p); p != std::string_view::npos;
             p = text.find('P', p + 1)) {
            const std::size_t at = p - k_p;
            const std::string_view here = text.substr(at);
            if (here.starts_with(k_report)) return at;
            if (here.starts_with("REPORT Init Duration:") && text.substr(0, at).ends_with("INIT_") &&
                find_in(here, "Phase: init"sv) != std::string_view::npos &&
                find_in(here, "Status: "sv) != std::string_view::npos)
                ++m_facts.failed_inits;
        }
        return std::string_view::npos;
    }

    // The report text[report, end), with text[before, report) before it.
    Read text_report(std::string_view text, std::size_t before, std::size_t report, std::size_t end,
                     std::vector<Invocation>& out) {
        const std::string_view segment = text.substr(report, end - report);
        std::optional<std::int64_t> duration;
        std::int64_t init_us = 0;
        constexpr std::string_view k_duration = "Duration: ";
        for (std::size_t at = find_in(segment, k_duration); at != std::string_view::npos;
             at = find_in(segment, k_duration, at + k_duration.size())) {
            const std::string_view head = segment.substr(0, at);
            const auto value = parse_milliseconds(segment.substr(at + k_duration.size(), 32));
            if (head.ends_with("Billed ") || head.ends_with("Billed Restore ")) continue;
            if (head.ends_with("Init ") || head.ends_with("Restore ")) {
                if (!value) return fault("a REPORT line's init time cannot be read", {}, report + at);
                init_us = *value;
                continue;
            }
            if (!duration) {
                if (!value) return fault("a REPORT line's duration cannot be read", {}, report + at);
                duration = value;
            }
        }
        if (!duration) return fault("a REPORT line has no duration", {}, report);
        constexpr std::string_view k_memory = "Memory Size: ";
        double memory_mb = 0;
        if (const std::size_t at = find_in(segment, k_memory); at != std::string_view::npos) {
            if (const auto value = parse_milliseconds(segment.substr(at + k_memory.size(), 16)))
                memory_mb = static_cast<double>(*value) / 1000;
        }
        auto time = time_before(text.substr(before, report - before));
        if (!time) time = m_event_time;
        if (!time) {
            const std::size_t key = find_in(segment, k_timestamp);
            if (key != std::string_view::npos) time = time_value(segment.substr(key + k_timestamp.size()));
        }
        if (!time) {
            return fault("a REPORT line has no time",
                         "export the log with times: aws logs tail GROUP --since 7d --format detailed, or "
                         "aws logs filter-log-events --log-group-name GROUP --filter-pattern REPORT",
                         report);
        }
        add(*time, *duration, init_us, memory_mb, out);
        return {};
    }

    // Lambda writes both at the end of an invocation: it arrived before its duration, and before its init.
    void add(std::int64_t end_us, std::int64_t duration_us, std::int64_t init_us, double memory_mb,
             std::vector<Invocation>& out) {
        ++m_reports;
        const std::int64_t held_init_us = std::min<std::int64_t>(init_us, UINT32_MAX);
        out.push_back(
            {.start_us = end_us - duration_us - held_init_us,
             .duration_us = duration_us,
             .init_us = static_cast<std::uint32_t>(held_init_us),
             .memory_mb = static_cast<std::uint16_t>(memory_mb >= 1 && memory_mb < 65'536 ? memory_mb : 0),
             .truth = init_us > 0 ? Truth::cold : Truth::warm});
    }

    // A line with a platform event in JSON at `at`, which may stand in a string of another JSON document.
    Read json_line(std::string_view text, std::size_t at, std::vector<Invocation>& out) {
        if (at > 1 && text[at - 1] == '"' && text[at - 2] == '\\') return escaped_json(text, out);
        if (usual_report(text, out)) return {};
        const std::size_t begin = text.find_first_of("{[");
        const auto json =
            begin == std::string_view::npos ? Json(Json::value_t::discarded) : parse_json(text.substr(begin));
        if (json.is_array()) {
            for (const auto& event : json) {
                if (auto read = json_event(event, at, out); !read) return read;
            }
            return {};
        }
        return json_event(json, at, out);
    }

    // A platform.report as Lambda writes it, byte for byte: 5 times as fast as reading any JSON. False, and
    // nothing done, for whatever differs.
    bool usual_report(std::string_view text, std::vector<Invocation>& out) {
        constexpr std::string_view k_begin = R"({"time":")";
        constexpr std::string_view k_type = R"(","type":"platform.report","record":{"requestId":")";
        constexpr std::string_view k_metrics = R"(","metrics":{)";
        const std::size_t begin = text.find('{');
        if (begin == std::string_view::npos || text.find('\\', begin) != std::string_view::npos) return false;
        text.remove_prefix(begin);
        if (!text.starts_with(k_begin)) return false;
        text.remove_prefix(k_begin.size());
        const auto time = parse_log_time(text);
        if (!time || !text.substr(time->length).starts_with(k_type)) return false;
        text.remove_prefix(time->length + k_type.size());
        const std::size_t id = text.find('"');
        if (id == std::string_view::npos || !text.substr(id).starts_with(k_metrics)) return false;
        text.remove_prefix(id + k_metrics.size());
        const std::size_t end = text.find('}');
        if (end == std::string_view::npos || text.find_first_of("{[", 0) < end) return false;
        std::optional<std::int64_t> duration_us;
        std::int64_t init_us = 0;
        double memory_mb = 0;
        for (std::string_view rest = text.substr(0, end); !rest.empty();) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            const std::string_view metric = rest.substr(0, comma);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            const std::size_t colon = metric.find(':');
            if (colon == std::string_view::npos) return false;
            const std::string_view name = metric.substr(0, colon);
            const std::string_view value = metric.substr(colon + 1);
            if (value.empty() || value.find_first_not_of("0123456789.") != std::string_view::npos)
                return false;
            const auto number_us = parse_milliseconds(value);
            if (!number_us) return false;
            if (name == R"("durationMs")") duration_us = number_us;
            if (name == R"("initDurationMs")" || name == R"("restoreDurationMs")") init_us = *number_us;
            if (name == R"("memorySizeMB")") memory_mb = static_cast<double>(*number_us) / 1000;
        }
        if (!duration_us) return false;
        add(time->us, *duration_us, init_us, memory_mb, out);
        return true;
    }

    // {"message": "{\"time\":...}"}, once or several times in the line.
    Read escaped_json(std::string_view text, std::vector<Invocation>& out) {
        std::string inner;
        for (std::size_t at = text.find("\"{\\\""); at != std::string_view::npos;
             at = text.find("\"{\\\"", at)) {
            std::size_t end = at + 1;
            while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2U : 1U;
            if (end >= text.size()) return fault("a platform event's string does not end", {}, at);
            const auto string = parse_json(text.substr(at, end + 1 - at));
            if (string.is_string()) {
                const auto& message = string.get_ref<const std::string&>();
                const auto event = parse_json(message);
                if (auto read = json_event(event, at, out); !read) return read;
            }
            at = end;
        }
        return {};
    }

    Read json_event(const Json& event, std::size_t at, std::vector<Invocation>& out) {
        const auto text_of = [](const Json& object, const char* key) -> std::string_view {
            const auto found = object.find(key);
            if (found == object.end() || !found->is_string()) return {};
            return found->get_ref<const std::string&>();
        };
        if (event.is_discarded()) return fault("a platform event is not whole JSON", {}, at);
        if (!event.is_object()) return {};
        const std::string_view type = text_of(event, "type");
        const auto record = event.find("record");
        if (record == event.end() || !record->is_object()) return {};
        if (type == "platform.initReport") {
            const std::string_view status = text_of(*record, "status");
            if (text_of(*record, "phase") == "init" && !status.empty() && status != "success")
                ++m_facts.failed_inits;
            return {};
        }
        if (type != "platform.report") return {};
        const auto metrics = record->find("metrics");
        const auto metric = [&](const char* key) -> std::optional<double> {
            if (metrics == record->end() || !metrics->is_object()) return std::nullopt;
            const auto found = metrics->find(key);
            if (found == metrics->end() || !found->is_number()) return std::nullopt;
            return found->get<double>();
        };
        const auto duration_us = span_us(metric("durationMs"));
        if (!duration_us) return fault("a platform.report event has no readable durationMs", {}, at);
        const auto time = parse_log_time(text_of(event, "time"));
        if (!time) return fault("a platform.report event has no readable time", {}, at);
        auto init = metric("initDurationMs");
        if (!init) init = metric("restoreDurationMs");
        const auto init_us = span_us(init.value_or(0));
        if (!init_us) return fault("a platform.report event's initDurationMs cannot be read", {}, at);
        add(time->us, *duration_us, *init_us, metric("memorySizeMB").value_or(0), out);
        return {};
    }

    static std::optional<std::int64_t> span_us(std::optional<double> ms) {
        if (!ms || !(*ms >= 0 && *ms <= static_cast<double>(k_most_duration_us) / 1000)) return std::nullopt;
        return to_time_us(*ms, 1000);
    }

    std::optional<std::int64_t> m_event_time;  // of a JSON event that is spread over lines
    std::uint64_t m_reports = 0;
};

}  // namespace

std::unique_ptr<LogParser> make_lambda_log_parser() {
    return std::make_unique<LambdaLogParser>();
}

}  // namespace ballast
