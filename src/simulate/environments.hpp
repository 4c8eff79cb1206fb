#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "simulate/platform.hpp"

// The two sets of a function's environments: those that serve a request, and those that are idle.

namespace ballast {

struct IdleEnvironment {
    std::int64_t deadline_us;  // when it expires unless it is used
    std::int64_t born_us;
};

struct BusyEnvironment {
    std::int64_t end_us;
    std::int64_t born_us;
};

// The busy ones, the next to end first: ascending in a ring. A new one is put in from the back, where it belongs
// when durations are alike; with more than k_sorted busy a heap takes over. 
class BusySet {
  public:
    bool empty() const { return m_size == 0; }
    std::size_t size() const { return m_size; }
    // REQUIRES: not empty.
    std::int64_t next_end_us() const { return m_heaped ? m_heap.front().end_us : m_ring[m_head].end_us; }

    BusyEnvironment pop() {
        --m_size;
        if (!m_heaped) return m_ring[std::exchange(m_head, (m_head + 1) & m_mask)];
        std::pop_heap(m_heap.begin(), m_heap.end(), later);
        const BusyEnvironment ended = m_heap.back();
        m_heap.pop_back();
        if (m_size <= k_sorted / 2) to_ring();
        return ended;
    }

    void push(BusyEnvironment environment) {
        if (m_size == m_ring.size() && !m_heaped) grow();
        ++m_size;
        if (m_heaped) {
            m_heap.push_back(environment);
            std::push_heap(m_heap.begin(), m_heap.end(), later);
            return;
        }
        std::size_t at = m_head + m_size - 1;
        for (; at != m_head && m_ring[(at - 1) & m_mask].end_us > environment.end_us; --at) {
            m_ring[at & m_mask] = m_ring[(at - 1) & m_mask];
        }
        m_ring[at & m_mask] = environment;
    }

  private:
    static constexpr std::size_t k_sorted = 64;

    static bool later(const BusyEnvironment& a, const BusyEnvironment& b) { return a.end_us > b.end_us; }

    void grow() {
        std::vector<BusyEnvironment> all;
        all.reserve(2 * m_size + 2);
        for (std::size_t i = 0; i < m_size; ++i) all.push_back(m_ring[(m_head + i) & m_mask]);
        if (m_size == k_sorted) {
            m_heap = std::move(all);  // ascending is a heap already
            m_heaped = true;
            return;
        }
        all.resize(m_size == 0 ? 2 : 2 * m_size);
        m_ring = std::move(all);
        m_mask = m_ring.size() - 1;
        m_head = 0;
    }

    void to_ring() {
        std::sort_heap(m_heap.begin(), m_heap.end(), later);  // descending
        std::copy(m_heap.rbegin(), m_heap.rend(), m_ring.begin());
        m_heap.clear();
        m_head = 0;
        m_heaped = false;
    }

    std::vector<BusyEnvironment> m_ring;  // a power of two
    std::size_t m_mask = 0;
    std::size_t m_head = 0;
    std::size_t m_size = 0;
    bool m_heaped = false;
    std::vector<BusyEnvironment> m_heap;
};

// The idle ones, in the order in which the routing takes them. One that has expired stays until it is come across:
// `died(environment)` is called for each, once.
template <Routing k_routing>
class IdleSet {
  public:
    std::size_t size() const { return m_list.size() - m_head; }

    // REQUIRES: called in the order in which they fell idle.
    void push(IdleEnvironment environment) {
        m_list.push_back(environment);
        if constexpr (k_routing == Routing::oldest || k_routing == Routing::newest) {
            std::push_heap(m_list.begin(), m_list.end(), behind);
        }
    }

    // Takes one that lives at `now_us`; false when there is none.
    template <typename Died>
    bool take(std::int64_t now_us, IdleEnvironment& taken, Random& random, Died&& died) {
        while (size() > 0) {
            if constexpr (k_routing == Routing::random) {
                const auto chosen = static_cast<std::size_t>(draw_unit(random) * static_cast<double>(m_list.size()));
                std::swap(m_list[chosen], m_list.back());
            }
            taken = next();
            remove_next();
            if (taken.deadline_us > now_us) [[likely]]
                return true;
            died(taken);
        }
        return false;
    }

    // Whether one lives at `now_us`.
    template <typename Died>
    bool any(std::int64_t now_us, Died&& died) {
        while (size() > 0) {
            const IdleEnvironment candidate = next();
            if (candidate.deadline_us > now_us) return true;
            remove_next();
            died(candidate);
        }
        return false;
    }

    // Takes away all that are dead at `now_us`.
    template <typename Died>
    void purge(std::int64_t now_us, Died&& died) {
        auto kept = m_list.begin();
        for (auto at = m_list.begin() + static_cast<std::ptrdiff_t>(m_head); at != m_list.end(); ++at) {
            if (at->deadline_us > now_us) {
                *kept++ = *at;
            } else {
                died(*at);
            }
        }
        m_list.erase(kept, m_list.end());
        m_head = 0;
        if constexpr (is_heap()) std::make_heap(m_list.begin(), m_list.end(), behind);
    }

  private:
    static constexpr bool is_heap() { return k_routing == Routing::oldest || k_routing == Routing::newest; }

    static bool behind(const IdleEnvironment& a, const IdleEnvironment& b) {
        return k_routing == Routing::oldest ? a.born_us > b.born_us : a.born_us < b.born_us;
    }

    const IdleEnvironment& next() const {
        return k_routing == Routing::least_recent || is_heap() ? m_list[m_head] : m_list.back();
    }

    void remove_next() {
        if constexpr (k_routing == Routing::least_recent) {
            if (++m_head >= 64 && 2 * m_head >= m_list.size()) {
                m_list.erase(m_list.begin(), m_list.begin() + static_cast<std::ptrdiff_t>(m_head));
                m_head = 0;
            }
        } else {
            if constexpr (is_heap()) std::pop_heap(m_list.begin(), m_list.end(), behind);
            m_list.pop_back();
        }
    }

    std::vector<IdleEnvironment> m_list;
    std::size_t m_head = 0;  // least_recent alone takes from the front
};

}  // namespace ballast
