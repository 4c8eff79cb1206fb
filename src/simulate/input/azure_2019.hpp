#pragma once

#include <array>
#include <memory>
#include <string>
#include <unordered_map>

#include "simulate/distribution.hpp"
#include "simulate/input/log_parser.hpp"

namespace ballast {

// Azure's trace of 2019: a row a function, a column a minute of the day, with how many requests came. Where
// in its minute each came is not recorded: it is drawn evenly. Functions are independent; their rows follow
// one another, so the log is ordered by function.

// How long functions take: of each the percentiles of the trace's second file.
class Azure2019Durations {
  public:
    // Reads function_durations_percentiles.*.csv. Errors: corrupt, naming file and line.
    static Result<Azure2019Durations> read(const std::string& path);

    // For functions that the file does not know, and when there is no file.
    explicit Azure2019Durations(Distribution other = Distribution::fixed(100'000)) : m_other(other) {}
    void set_other(const Distribution& other) { m_other = other; }

    // A duration in microseconds, between percentiles evenly. `function`: owner, application and function.
    std::int64_t draw(const std::string& function, Random& random) const;

  private:
    static constexpr std::array k_shares = {0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0};
    using Percentiles = std::array<float, k_shares.size()>;  // ms
    std::unordered_map<std::string, Percentiles> m_functions;
    Distribution m_other;
};

// `names` and `durations` outlive the parser.
std::unique_ptr<LogParser> make_azure_2019_parser(const Azure2019Durations& durations, std::uint64_t seed,
                                                  FunctionNames& names);

}  // namespace ballast
