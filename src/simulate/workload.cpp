#include "simulate/workload.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/relative_path.hpp"
#include "simulate/input/fields.hpp"
#include "simulate/random.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_block = 4096;

class WorkloadSource final : public InvocationSource {
  public:
    explicit WorkloadSource(const Workload& workload) : m_workload(workload), m_random(workload.seed) {
        double sum = 0;
        for (const double weight : workload.hours) sum += weight;
        for (std::size_t hour = 0; hour < m_factor.size(); ++hour) {
            m_factor[hour] = sum > 0 ? workload.hours[hour] * 24 / sum : 1;
            m_peak_factor = std::max(m_peak_factor, m_factor[hour]);
        }
        m_gap_us = workload.rate > 0 ? 1e6 / (workload.rate * m_peak_factor) : 0;
        m_next_burst_us = workload.burst_every_us > 0 ? workload.burst_every_us / 2 : k_never_us;
        m_next_poisson_us = later_poisson();
        m_block.reserve(k_block);
    }

    Result<std::span<const Invocation>> next() override {
        m_block.clear();
        while (m_block.size() < k_block) {
            const std::int64_t at_us = std::min(m_next_poisson_us, m_next_burst_us);
            if (at_us >= m_workload.length_us) break;
            if (at_us == m_next_burst_us) {
                if (m_in_burst++ < m_workload.burst_size) {
                    add(at_us);
                } else {
                    m_in_burst = 0;
                    m_next_burst_us += m_workload.burst_every_us;
                }
                continue;
            }
            add(at_us);
            m_next_poisson_us = later_poisson();
        }
        return std::span<const Invocation>(m_block);
    }

    LogFacts facts() const override { return {}; }

  private:
    void add(std::int64_t at_us) {
        const std::int64_t service_us = std::min(m_workload.service.draw(m_random), k_most_duration_us);
        m_block.push_back({.start_us = at_us, .duration_us = service_us});
    }

    // By thinning: candidates at the peak's rate, each kept with the share that the rate is of the peak's.
    std::int64_t later_poisson() {
        if (m_gap_us == 0) return k_never_us;
        for (;;) {
            m_time_us += draw_exponential(m_random) * m_gap_us;
            if (m_time_us >= static_cast<double>(m_workload.length_us)) return k_never_us;
            const auto at_us = static_cast<std::int64_t>(m_time_us);
            const double factor = m_factor[static_cast<std::size_t>(at_us / k_hour_us % 24)];
            if (factor == m_peak_factor || draw_unit(m_random) * m_peak_factor < factor) return at_us;
        }
    }

    Workload m_workload;
    Random m_random;
    std::array<double, 24> m_factor = {};
    double m_peak_factor = 0;
    double m_gap_us = 0;  // between candidates, on average
    double m_time_us = 0;
    std::int64_t m_next_poisson_us = k_never_us;
    std::int64_t m_next_burst_us = k_never_us;
    std::uint32_t m_in_burst = 0;
    std::vector<Invocation> m_block;
};

}  // namespace

Result<std::array<double, 24>> parse_daily(std::string_view text, std::string_view name_in_errors) {
    std::vector<double> numbers;
    for (std::string_view rest = text; numbers.size() <= 24;) {
        const auto comma = rest.find(',');
        const auto number = parse_number(rest.substr(0, comma));
        if (!number || *number < 0) numbers.clear();
        if (!number || *number < 0) break;
        numbers.push_back(*number);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    std::array<double, 24> hours{};
    if (numbers.size() == hours.size()) {
        std::ranges::copy(numbers, hours.begin());
        if (std::ranges::any_of(hours, [](double weight) { return weight > 0; })) return hours;
    }
    if (numbers.size() == 1 && numbers[0] <= 1) {
        for (std::size_t hour = 0; hour < hours.size(); ++hour) {
            const double angle = 2 * std::numbers::pi * (static_cast<double>(hour) + 0.5) / 24;
            hours[hour] = 1 - numbers[0] * std::cos(angle);
        }
        return hours;
    }
    return fail(ErrorCode::usage, name_in_errors, "'" + printable(text) + "' is not a daily curve",
                "write one number from 0 to 1, or 24 weights with commas");
}

std::unique_ptr<InvocationSource> make_workload(const Workload& workload) {
    return std::make_unique<WorkloadSource>(workload);
}

}  // namespace ballast
