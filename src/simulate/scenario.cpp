#include "simulate/scenario.hpp"

#include <utility>
#include <vector>

#include "simulate/pool.hpp"

namespace ballast {
namespace {

template <Routing k_routing>
class RoutedScenario final : public Scenario {
  public:
    RoutedScenario(const Rules& rules, std::uint64_t seed)
        : Scenario(rules), m_shared{.rules = m_rules, .tally = m_tally, .random = Random(seed)}, m_pools(1) {}

    void consume(std::span<const Invocation> requests) override {
        for (const auto& request : requests) {
            if (request.function >= m_pools.size()) [[unlikely]]
                m_pools.resize(std::size_t{request.function} + 1);
            m_pools[request.function].arrive(request, m_shared);
        }
    }

    const Tally& finish(std::int64_t end_us) override {
        for (auto& pool : m_pools) pool.finish(end_us, m_shared);
        return m_tally;
    }

  private:
    PoolShared m_shared;
    std::vector<Pool<k_routing>> m_pools;
};

}  // namespace

std::unique_ptr<Scenario> make_scenario(const Rules& rules, std::uint64_t seed) {
    switch (rules.platform.routing) {
        case Routing::most_recent:
            return std::make_unique<RoutedScenario<Routing::most_recent>>(rules, seed);
        case Routing::least_recent:
            return std::make_unique<RoutedScenario<Routing::least_recent>>(rules, seed);
        case Routing::random:
            return std::make_unique<RoutedScenario<Routing::random>>(rules, seed);
        case Routing::oldest:
            return std::make_unique<RoutedScenario<Routing::oldest>>(rules, seed);
        case Routing::newest:
            break;
    }
    return std::make_unique<RoutedScenario<Routing::newest>>(rules, seed);
}

}  // namespace ballast
