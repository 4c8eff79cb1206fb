#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "simulate/rules.hpp"
#include "simulate/tally.hpp"

namespace ballast {

// One simulation: requests go in, counts come out. Not thread-safe; several may run side by side. Memory
// grows with functions, hours and concurrency, never with the number of requests.
class Scenario {
  public:
    virtual ~Scenario() = default;

    // REQUIRES: of each function, starts do not go back.
    virtual void consume(std::span<const Invocation> requests) = 0;
    // Ends at `end_us`, the last request's start; nothing may be consumed afterwards.
    virtual const Tally& finish(std::int64_t end_us) = 0;

    const Rules& rules() const { return m_rules; }
    const Tally& tally() const { return m_tally; }

  protected:
    explicit Scenario(Rules rules) : m_rules(std::move(rules)) {}
    Rules m_rules;
    Tally m_tally;
};

// The same seed, rules and requests give the same counts.
std::unique_ptr<Scenario> make_scenario(const Rules& rules, std::uint64_t seed);

}  // namespace ballast
