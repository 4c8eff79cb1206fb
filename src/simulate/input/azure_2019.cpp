#include "simulate/input/azure_2019.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/relative_path.hpp"
#include "simulate/input/fields.hpp"
#include "simulate/input/text_window.hpp"
#include "simulate/random.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_name_columns = 3;  // HashOwner, HashApp, HashFunction
constexpr double k_most_a_minute = 1e7;

std::string function_name(const std::vector<std::string_view>& fields) {
    return fmt::format("{}/{}/{}", fields[0], fields[1], fields[2]);
}

class Azure2019Parser final : public CsvParser {
  public:
    Azure2019Parser(const Azure2019Durations& durations, std::uint64_t seed, FunctionNames& names)
        : CsvParser(names), m_durations(durations), m_random(seed) {}

  private:
    Read record(bool is_first, std::vector<Invocation>& /*out*/) override {
        if (m_record.fields.size() <= k_name_columns + 1)
            return fault("it has no minutes after HashOwner,HashApp,HashFunction,Trigger");
        if (is_first) {
            // Minutes are numbered from 1; samples begin later in the day.
            const auto first = parse_number(m_record.fields[k_name_columns + 1]);
            if (!first || *first < 0 || *first > 1e6)
                return fault("its header has no number of a minute after Trigger");
            m_first_minute = static_cast<std::int64_t>(*first);
            return {};
        }
        m_name = function_name(m_record.fields);
        m_function = m_names.number_of(m_name);
        if (m_function == UINT32_MAX)
            return fault(fmt::format("it has more than {} functions", FunctionNames::k_most));
        if (m_names.size() == m_known) return fault("function " + printable(m_name) + " has two rows");
        m_known = m_names.size();
        m_counts.clear();
        for (std::size_t i = k_name_columns + 1; i < m_record.fields.size(); ++i) {
            const auto count = parse_number(m_record.fields[i]);
            if (!count || *count < 0 || *count > k_most_a_minute) {
                return fault("'" + printable(m_record.fields[i].substr(0, 40)) +
                             "' is not a count of requests");
            }
            m_counts.push_back(static_cast<std::uint32_t>(*count));
        }
        m_minute = 0;
        m_passed = 0;
        return {};
    }

    // The next request of the minute, or on to the next minute. The earliest of n that lie evenly in what is
    // left of it: nothing has to be sorted, whatever the count.
    bool rest_of_record(std::vector<Invocation>& out) override {
        if (m_minute == m_counts.size()) return false;
        if (m_counts[m_minute] == 0) {
            ++m_minute;
            m_passed = 0;
            return true;
        }
        const double left = m_counts[m_minute]--;
        m_passed += (1 - m_passed) * (1 - std::pow(1 - draw_unit(m_random), 1 / left));
        const std::int64_t minute = m_first_minute + static_cast<std::int64_t>(m_minute);
        const auto within_us = static_cast<std::int64_t>(m_passed * static_cast<double>(k_minute_us));
        out.push_back({.start_us = minute * k_minute_us + within_us,
                       .duration_us = m_durations.draw(m_name, m_random),
                       .function = m_function});
        return true;
    }

    const Azure2019Durations& m_durations;
    Random m_random;
    std::int64_t m_first_minute = 0;
    // The row that is being turned into requests.
    std::string m_name;
    std::uint32_t m_function = 0;
    std::size_t m_known = 0;
    std::vector<std::uint32_t> m_counts;
    std::size_t m_minute = 0;
    double m_passed = 0;  // of the minute
};

}  // namespace

Result<Azure2019Durations> Azure2019Durations::read(const std::string& path) {
    Azure2019Durations durations;
    BALLAST_TRY(TextWindow window, TextWindow::open(path));
    std::array<std::size_t, k_shares.size()> columns{};
    bool has_header = false;
    CsvRecord record;
    for (;;) {
        std::size_t at = 0;
        const std::string_view text = window.text();
        while (at < text.size() && read_csv_record(text.substr(at), window.is_last(), record)) {
            if (!has_header) {
                constexpr std::array k_names = {"0", "1", "25", "50", "75", "99", "100"};
                for (std::size_t i = 0; i < columns.size(); ++i) {
                    const auto found =
                        std::ranges::find(record.fields, fmt::format("percentile_Average_{}", k_names[i]));
                    if (found == record.fields.end())
                        return window.fault(at,
                                            "its header lacks percentile_Average_" + std::string(k_names[i]));
                    columns[i] = static_cast<std::size_t>(found - record.fields.begin());
                }
                has_header = true;
            } else if (record.fields.size() > k_name_columns) {
                Percentiles percentiles{};
                for (std::size_t i = 0; i < columns.size(); ++i) {
                    const auto ms = columns[i] < record.fields.size()
                                        ? parse_number(record.fields[columns[i]])
                                        : std::nullopt;
                    if (!ms || *ms * 1000 > k_most_duration_us)
                        return window.fault(at, "a percentile cannot be read");
                    // The trace has a few slightly negative ones, and some that descend.
                    percentiles[i] = std::max(static_cast<float>(*ms), i == 0 ? 0.0F : percentiles[i - 1]);
                }
                if (durations.m_functions.size() >= FunctionNames::k_most)
                    return window.fault(at, "it has too many functions");
                durations.m_functions.emplace(function_name(record.fields), percentiles);
            }
            at += record.length;
        }
        BALLAST_TRY(const bool more, window.advance(at));
        if (!more) break;
    }
    if (!has_header) return fail(ErrorCode::corrupt, path, "is empty");
    return durations;
}

std::int64_t Azure2019Durations::draw(const std::string& function, Random& random) const {
    const auto found = m_functions.find(function);
    if (found == m_functions.end()) return m_other.draw(random);
    const double share = draw_unit(random);
    std::size_t upper = 1;
    while (share > k_shares[upper]) ++upper;
    const double low = found->second[upper - 1];
    const double high = found->second[upper];
    const double part = (share - k_shares[upper - 1]) / (k_shares[upper] - k_shares[upper - 1]);
    return static_cast<std::int64_t>((low + part * (high - low)) * 1000);
}

std::unique_ptr<LogParser> make_azure_2019_parser(const Azure2019Durations& durations, std::uint64_t seed,
                                                  FunctionNames& names) {
    return std::make_unique<Azure2019Parser>(durations, seed, names);
}

}  // namespace ballast
