#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "simulate/platform.hpp"
#include "simulate/random.hpp"

// The two sets of a function's contexts: those that serve a request, and those that are idle.

namespace ballast {

struct IdleContext {
    std::int64_t deadline_us;  // when it expires unless it is used
    std::int64_t born_us;
};

struct BusyContext {
    std::int64_t end_us;
    std::int64_t born_us;
};

// A heap of four children a node, the next to end at the top. The way down compares four ends without a
// branch to be guessed wrongly, always to the bottom: with 1,000 contexts 2.5 times as fast as
// std::pop_heap.
class EndHeap {
  public:
    std::size_t size() const { return m_size; }
    // REQUIRES: not empty.
    std::int64_t next_end_us() const { return m_nodes[0].end_us; }

    void push(BusyContext context) {
        if (m_nodes.size() < m_size + k_children + 1) m_nodes.resize(2 * m_size + 2 * k_children, k_none);
        rise(m_size++, context);
    }

    BusyContext pop() {
        const BusyContext top = m_nodes[0];
        const BusyContext last = m_nodes[--m_size];
        m_nodes[m_size] = k_none;
        std::size_t hole = 0;
        for (std::size_t child = 1; child < m_size; child = k_children * hole + 1) {
            const std::size_t left = child + (m_nodes[child + 1].end_us < m_nodes[child].end_us ? 1 : 0);
            const std::size_t right = child + (m_nodes[child + 3].end_us < m_nodes[child + 2].end_us ? 3 : 2);
            const std::size_t least = m_nodes[right].end_us < m_nodes[left].end_us ? right : left;
            m_nodes[hole] = m_nodes[least];
            hole = least;
        }
        if (m_size > 0) rise(hole, last);
        return top;
    }

  private:
    static constexpr std::size_t k_children = 4;
    static constexpr BusyContext k_none{INT64_MAX, 0};

    void rise(std::size_t hole, BusyContext context) {
        while (hole > 0) {
            const std::size_t parent = (hole - 1) / k_children;
            if (m_nodes[parent].end_us <= context.end_us) break;
            m_nodes[hole] = m_nodes[parent];
            hole = parent;
        }
        m_nodes[hole] = context;
    }

    std::vector<BusyContext> m_nodes;  // beyond m_size, and for four more at least, k_none
    std::size_t m_size = 0;
};

// The busy ones, the next to end first: ascending in a ring. A new one is put in from the back, which is
// where it belongs when durations are alike. When more than k_sorted are busy a heap takes over.
class BusySet {
  public:
    bool empty() const { return size() == 0; }
    std::size_t size() const { return m_size + m_heap.size(); }
    // REQUIRES: not empty.
    std::int64_t next_end_us() const { return m_size == 0 ? m_heap.next_end_us() : m_ring[m_head].end_us; }

    BusyContext pop() {
        if (m_size > 0) {
            --m_size;
            return m_ring[std::exchange(m_head, (m_head + 1) & m_mask)];
        }
        const BusyContext ended = m_heap.pop();
        if (m_heap.size() <= k_sorted / 2) to_ring();
        return ended;
    }

    void push(BusyContext context) {
        if (m_size == m_ring.size() || m_heap.size() > 0) [[unlikely]] {
            if (m_size == k_sorted) to_heap();
            if (m_heap.size() > 0) return m_heap.push(context);
            grow();
        }
        std::size_t at = m_head + m_size++;
        for (; at != m_head && m_ring[(at - 1) & m_mask].end_us > context.end_us; --at) {
            m_ring[at & m_mask] = m_ring[(at - 1) & m_mask];
        }
        m_ring[at & m_mask] = context;
    }

  private:
    static constexpr std::size_t k_sorted = 32;

    void to_heap() {
        while (m_size > 0) m_heap.push(pop());
    }

    void to_ring() {
        m_head = 0;
        while (m_heap.size() > 0) m_ring[m_size++] = m_heap.pop();
    }

    void grow() {
        std::vector<BusyContext> wider(m_size == 0 ? 2 : 2 * m_size);
        for (std::size_t i = 0; i < m_size; ++i) wider[i] = m_ring[(m_head + i) & m_mask];
        m_ring = std::move(wider);
        m_mask = m_ring.size() - 1;
        m_head = 0;
    }

    std::vector<BusyContext> m_ring;  // a power of two, at most k_sorted
    std::size_t m_mask = 0;
    std::size_t m_head = 0;
    std::size_t m_size = 0;
    EndHeap m_heap;  // in use when it is not empty; the ring is then
};

// The idle ones, in the order in which the routing takes them. One that has expired stays until it is come
// across: `died(context)` is called for each, once.
template <Routing k_routing>
class IdleSet {
  public:
    std::size_t size() const { return m_list.size() - m_head; }

    // REQUIRES: called in the order in which they fell idle.
    void push(IdleContext context) {
        m_list.push_back(context);
        if constexpr (is_heap()) std::push_heap(m_list.begin(), m_list.end(), behind);
    }

    // Takes one that lives at `now_us`; false when there is none.
    template <typename Died>
    bool take(std::int64_t now_us, IdleContext& taken, Random& random, Died&& died) {
        while (size() > 0) {
            if constexpr (k_routing == Routing::random) {
                const auto chosen =
                    static_cast<std::size_t>(draw_unit(random) * static_cast<double>(m_list.size()));
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
            const IdleContext candidate = next();
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

    static bool behind(const IdleContext& a, const IdleContext& b) {
        return k_routing == Routing::oldest ? a.born_us > b.born_us : a.born_us < b.born_us;
    }

    const IdleContext& next() const {
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

    std::vector<IdleContext> m_list;
    std::size_t m_head = 0;  // least_recent alone takes from the front
};

}  // namespace ballast
