#include "simulate/scenario.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "simulate/contexts.hpp"

namespace ballast {
namespace {

// What the pools of one simulation share.
struct PoolShared {
    const Rules& rules;
    Tally& tally;
    Random random;
};

// The contexts of one function. Requests come in order of time; what happens in between (ends of
// requests, expiry, deploys, pings, the turn of hours) is made up for when the next one comes.
template <Routing k_routing>
class Pool {
  public:
    // REQUIRES: start_us not before that of the request before.
    void arrive(const Invocation& request, PoolShared& shared) {
        if (request.start_us >= m_next_event_us) [[unlikely]]
            pass_events(request.start_us, shared);
        end_requests(request.start_us, shared);
        serve<Kind::request>(request, shared);
    }

    // Counts what still lives, up to `end_us`, the time of the last request of all functions.
    void finish(std::int64_t end_us, PoolShared& shared) {
        if (!m_started) return;
        if (end_us >= m_next_event_us) pass_events(end_us, shared);
        end_requests(end_us, shared);
        end_idle(end_us, shared);
        while (!m_busy.empty()) {
            const BusyContext busy = m_busy.pop();
            if (busy.born_us < k_provisioned) shared.tally.add_life(busy.born_us, end_us);
        }
        close_hour();
    }

  private:
    enum class Kind : std::uint8_t { request, ping };

    // In place of the time of birth: a provisioned context, and one whose life was counted already.
    static constexpr std::int64_t k_provisioned = k_never_us;
    static constexpr std::int64_t k_counted = k_never_us + 1;

    void end_requests(std::int64_t now_us, PoolShared& shared) {
        while (!m_busy.empty() && m_busy.next_end_us() <= now_us) fall_idle(m_busy.pop(), shared);
    }

    void fall_idle(BusyContext busy, PoolShared& shared) {
        const Expiry& expiry = shared.rules.platform.expiry;
        if (busy.born_us >= k_provisioned) [[unlikely]] {
            if (busy.born_us == k_provisioned) ++m_provisioned_idle;
            return;
        }
        const std::int64_t oldest_us = busy.born_us + expiry.max_age_us;
        if (busy.end_us >= oldest_us || busy.born_us < m_deployed_us) [[unlikely]] {
            shared.tally.add_life(busy.born_us, busy.end_us);
            return;
        }
        const Distribution& idle =
            expiry.spare && has_other(busy.end_us, shared) ? *expiry.spare : expiry.idle;
        const std::int64_t deadline_us = std::min(busy.end_us + idle.draw(shared.random), oldest_us);
        m_idle.push({deadline_us, busy.born_us});
        // Dead ones below those that are used would add up.
        if (m_idle.size() > m_purge_size) {
            purge_idle(busy.end_us, shared);
            m_purge_size = 2 * m_idle.size() + 64;
        }
    }

    bool has_other(std::int64_t now_us, PoolShared& shared) {
        return !m_busy.empty() || m_provisioned_idle > 0 || m_idle.any(now_us, expired(shared));
    }

    // Counts the life of a context that is dead.
    static auto expired(PoolShared& shared) {
        return [&shared](const IdleContext& context) {
            shared.tally.add_life(context.born_us, context.deadline_us);
        };
    }
    void purge_idle(std::int64_t now_us, PoolShared& shared) { m_idle.purge(now_us, expired(shared)); }

    // All idle ones, those that have not expired too.
    void end_idle(std::int64_t now_us, PoolShared& shared) {
        m_idle.purge(k_never_us * 2, [&](const IdleContext& context) {
            shared.tally.add_life(context.born_us, std::min(context.deadline_us, now_us));
        });
    }

    template <Kind k_kind>
    void serve(const Invocation& request, PoolShared& shared) {
        const Rules& rules = shared.rules;
        Tally& tally = shared.tally;
        const std::int64_t now_us = request.start_us;
        if constexpr (k_kind == Kind::request) {
            ++tally.requests;
            ++m_hour_tally->requests;
            if (request.init_us != 0) m_recorded_init_us = request.init_us;
            m_recorded_mb = request.memory_mb;
        }
        const std::uint16_t recorded_mb = request.memory_mb != 0 ? request.memory_mb : rules.memory_mb;
        const double memory_mb = rules.strategy.memory_mb != 0 ? rules.strategy.memory_mb : recorded_mb;
        if (m_busy.size() >= rules.platform.concurrency) [[unlikely]] {
            if constexpr (k_kind == Kind::request) {
                ++tally.rejected;
                ++m_hour_tally->rejected;
            }
            return;
        }
        if constexpr (k_kind == Kind::ping) ++tally.pings;
        IdleContext taken;
        const std::int64_t handler_us =
            std::max<std::int64_t>(request.duration_us + rules.strategy.each_us, 0);
        std::int64_t service_us = handler_us + rules.strategy.warm_us;
        if (m_provisioned_idle > 0) {
            --m_provisioned_idle;
            m_busy.push({now_us + service_us, k_provisioned});
            const double billed_ms = bill(service_us, tally);
            tally.provisioned_mb_ms += billed_ms * memory_mb;
        } else if (m_idle.take(now_us, taken, shared.random, expired(shared))) [[likely]] {
            m_busy.push({now_us + service_us, taken.born_us});
            const double mb_ms = bill(service_us, tally) * memory_mb;
            tally.billed_mb_ms += mb_ms;
            if constexpr (k_kind == Kind::ping) tally.ping_mb_ms += mb_ms;
        } else {
            service_us = start_cold<k_kind>(request, handler_us, memory_mb, shared);
        }
        if constexpr (k_kind == Kind::request) tally.latency.add(service_us);
    }

    std::int64_t recorded_init_us(const Invocation& request, PoolShared& shared) const {
        if (request.init_us != 0) return request.init_us;
        if (m_recorded_init_us != 0) return m_recorded_init_us;
        return shared.rules.init.draw(shared.random);
    }

    // The time until the answer.
    template <Kind k_kind>
    std::int64_t start_cold(const Invocation& request, std::int64_t handler_us, double memory_mb,
                            PoolShared& shared) {
        const Platform& platform = shared.rules.platform;
        const Strategy& strategy = shared.rules.strategy;
        Tally& tally = shared.tally;
        const std::int64_t init_us =
            strategy.cold
                ? strategy.cold->draw(shared.random)
                : std::max<std::int64_t>(recorded_init_us(request, shared) + strategy.recorded_plus_us, 0);
        std::int64_t wait_us = init_us;
        std::int64_t unbilled_us = platform.init_billed ? 0 : init_us;
        std::int64_t service_us = init_us + handler_us;
        std::int64_t born_us = request.start_us;
        if (init_us > platform.init_limit_us) {
            // Cut off, and run again inside the invocation, where it is billed and the timeout holds.
            ++tally.init_overruns;
            wait_us = platform.init_limit_us + init_us;
            unbilled_us = platform.init_billed ? 0 : platform.init_limit_us;
            service_us = platform.init_limit_us + std::min(init_us + handler_us, platform.timeout_us);
            if (init_us + handler_us > platform.timeout_us) {
                ++tally.timeouts;
                wait_us = std::min(wait_us, service_us);
                // What a timeout leaves is not used again.
                tally.add_life(request.start_us, request.start_us + service_us);
                born_us = k_counted;
            }
        }
        m_busy.push({request.start_us + service_us, born_us});
        ++tally.contexts_made;
        const double handler_ms = bill(service_us - unbilled_us, tally);
        tally.billed_mb_ms += handler_ms * memory_mb;
        tally.init_mb_ms += static_cast<double>(wait_us - unbilled_us) / 1000 * memory_mb;
        // There was no idle one: those that serve are all.
        m_most_alive = std::max(m_most_alive, m_busy.size());
        tally.most_alive = std::max(tally.most_alive, m_busy.size());
        if constexpr (k_kind == Kind::request) {
            ++tally.cold;
            ++m_hour_tally->cold;
            tally.wait.add(wait_us);
        } else {
            ++tally.cold_pings;
            tally.ping_mb_ms += handler_ms * memory_mb;
        }
        return service_us;
    }

    // Billed in whole milliseconds.
    static double bill(std::int64_t us, Tally& tally) {
        const std::int64_t whole_ms = (us + 999) / 1000;
        const auto ms = static_cast<double>(whole_ms);
        tally.billed_ms += ms;
        return ms;
    }

    // The turns of hours, deploys and pings up to `now_us`, in their order.
    void pass_events(std::int64_t now_us, PoolShared& shared) {
        if (!m_started) start(now_us, shared);
        while (m_next_event_us <= now_us) {
            const std::int64_t at_us = m_next_event_us;
            end_requests(at_us, shared);
            if (at_us == m_next_deploy_us) {
                deploy(at_us, shared);
            } else if (at_us == m_next_ping_us) {
                ping(at_us, shared);
            } else {
                turn_hour(now_us, shared);
            }
            m_next_event_us = std::min({m_next_deploy_us, m_next_ping_us, m_next_hour_us});
        }
    }

    void start(std::int64_t now_us, PoolShared& shared) {
        const Rules& rules = shared.rules;
        m_started = true;
        m_first_us = now_us;
        m_provisioned_idle = rules.platform.provisioned;
        m_most_alive = m_provisioned_idle;
        shared.tally.most_alive = std::max<std::uint64_t>(shared.tally.most_alive, m_provisioned_idle);
        if (rules.keep_warm.every_us > 0) m_next_ping_us = now_us + rules.keep_warm.every_us;
        m_deployed_us = now_us - 1;
        m_next_deploy_us = deploy_after(m_deployed_us, rules.platform);
        m_next_hour_us = Tally::hour_of(now_us) * k_hour_us;
        open_hour(now_us, shared);
        m_next_event_us = std::min({m_next_deploy_us, m_next_ping_us, m_next_hour_us});
    }

    std::int64_t deploy_after(std::int64_t time_us, const Platform& platform) const {
        std::int64_t next_us = k_never_us;
        const auto listed = std::upper_bound(platform.deploys_us.begin(), platform.deploys_us.end(), time_us);
        if (listed != platform.deploys_us.end()) next_us = *listed;
        if (platform.deploy_every_us > 0) {
            const std::int64_t passed =
                std::max<std::int64_t>(time_us - m_first_us, 0) / platform.deploy_every_us;
            next_us = std::min(next_us, m_first_us + (passed + 1) * platform.deploy_every_us);
        }
        return next_us;
    }

    // Idle contexts go now, busy ones when they have answered. Provisioned ones are replaced beforehand.
    void deploy(std::int64_t at_us, PoolShared& shared) {
        end_idle(at_us, shared);
        m_deployed_us = at_us;
        m_next_deploy_us = deploy_after(at_us, shared.rules.platform);
    }

    void ping(std::int64_t at_us, PoolShared& shared) {
        const KeepWarm& keep_warm = shared.rules.keep_warm;
        const Invocation request{
            .start_us = at_us, .duration_us = keep_warm.duration_us, .memory_mb = m_recorded_mb};
        for (std::uint32_t i = 0; i < keep_warm.at_once; ++i) serve<Kind::ping>(request, shared);
        m_next_ping_us = at_us + keep_warm.every_us;
    }

    void turn_hour(std::int64_t now_us, PoolShared& shared) {
        const std::int64_t at_us = m_next_hour_us;
        purge_idle(at_us, shared);
        close_hour();
        const bool quiet = m_busy.empty() && m_idle.size() == 0 && m_next_ping_us == k_never_us;
        open_hour(quiet ? now_us : at_us, shared);
    }

    void open_hour(std::int64_t time_us, PoolShared& shared) {
        m_hour_tally = &shared.tally.hour_at(time_us);
        m_next_hour_us = (Tally::hour_of(time_us) + 1) * k_hour_us;
        m_most_alive = m_busy.size() + m_idle.size() + m_provisioned_idle;
    }

    void close_hour() { m_hour_tally->most_alive += m_most_alive; }

    BusySet m_busy;
    IdleSet<k_routing> m_idle;
    std::size_t m_provisioned_idle = 0;
    std::size_t m_purge_size = 64;
    std::int64_t m_next_event_us = INT64_MIN;
    std::int64_t m_next_hour_us = 0;
    std::int64_t m_next_ping_us = k_never_us;
    std::int64_t m_next_deploy_us = k_never_us;
    std::int64_t m_deployed_us = 0;
    std::int64_t m_first_us = 0;
    HourTally* m_hour_tally = nullptr;
    std::size_t m_most_alive = 0;          // in this hour
    std::uint32_t m_recorded_init_us = 0;  // the last that the log recorded
    std::uint16_t m_recorded_mb = 0;       // the same
    bool m_started = false;
};

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

template <Routing k_routing>
std::unique_ptr<Scenario> make_routed(const Rules& rules, std::uint64_t seed) {
    return std::make_unique<RoutedScenario<k_routing>>(rules, seed);
}

}  // namespace

std::unique_ptr<Scenario> make_scenario(const Rules& rules, std::uint64_t seed) {
    constexpr std::array k_by_routing = {make_routed<Routing::most_recent>,
                                         make_routed<Routing::least_recent>, make_routed<Routing::random>,
                                         make_routed<Routing::oldest>, make_routed<Routing::newest>};
    return k_by_routing.at(static_cast<std::size_t>(rules.platform.routing))(rules, seed);
}

}  // namespace ballast
