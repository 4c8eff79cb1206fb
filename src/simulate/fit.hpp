#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/table.hpp"
#include "simulate/invocation.hpp"
#include "simulate/platform.hpp"

namespace ballast {

// One log that says which invocations were cold.
struct FitLog {
    std::string name;
    std::uint64_t invocations = 0;
    std::uint64_t cold = 0;    // as recorded
    double plain_cold = 0;     // simulated with a fixed expiry of 630 s
    double fitted_cold = 0;    // with the expiry that fits all logs best
    double held_out_cold = 0;  // with the expiry that fits all other logs best; of two logs or more
    Expiry held_out_expiry = {};
};

// The expiry with which simulated cold starts come closest to recorded ones.
struct Fit {
    std::vector<FitLog> logs = {};
    Expiry expiry = {};
    std::size_t candidates = 0;
    // Mean over the logs of |simulated - recorded| / recorded.
    double plain_error = 0;
    double fitted_error = 0;
    double held_out_error =
        0;  // each log with what was fitted on the others: the error to expect of a new log
};

// Finds the expiry of lone contexts from the gaps between requests, and that of spare ones and the
// maximum age by trying combinations, in one pass over each log. Random expiries are simulated three times.
class Fitter {
  public:
    // The platform's own expiry does not matter.
    Fitter(const Platform& platform, std::uint64_t seed);

    // Errors: usage when the log has no cold start, or does not say which are; those of reading.
    Result<void> add(std::string name, InvocationSource& log);
    // REQUIRES: a log was added.
    Fit finish() const;

  private:
    struct Measured {
        FitLog log;
        std::vector<double> cold;                   // simulated, by candidate
        std::vector<std::uint64_t> contradictions;  // of quiet gaps, by lone expiry
    };
    double error(const Measured& measured, std::size_t candidate) const;
    // What fits all logs but one best.
    std::size_t best_without(std::size_t left_out) const;

    Platform m_platform;
    std::uint64_t m_seed;
    std::vector<Expiry> m_candidates;  // the first is the plain one
    std::vector<Measured> m_logs;
};

std::string fit_text(const Fit& fit, Colours colours);
nlohmann::ordered_json fit_json(const Fit& fit);

}  // namespace ballast
