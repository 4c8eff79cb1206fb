#include "lifecycle/gc_mark.hpp"

#include <fmt/format.h>

#include <ctime>

#include "base/duration.hpp"
#include "base/file.hpp"
#include "format/keys.hpp"
#include "format/utc_time.hpp"
#include "lifecycle/protocol.hpp"
#include "lifecycle/random_name.hpp"
#include "lifecycle/versions.hpp"

namespace ballast {

std::chrono::nanoseconds boot_time() {
    timespec now = {};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

Result<GcMark> GcMark::write(Store& store, RemovalMark mark, RunningClock clock) {
    BALLAST_TRY(const std::string random, random_name());
    mark.created = utc_now();
    GcMark written(store, std::move(mark), mark_key(random), std::move(clock));
    written.m_begun = written.m_clock();
    // "Already there" is an answer to our own first attempt that was lost: nobody else has this key.
    BALLAST_CHECK(store.put_if_absent(written.m_key, as_bytes(write_removal_mark(written.m_mark))));
    BALLAST_TRY(const ObjectInfo info, store.head(written.m_key));
    written.m_written = info.modified;
    return written;
}

GcMark::GcMark(GcMark&& other) noexcept
    : m_store(other.m_store),
      m_mark(std::move(other.m_mark)),
      m_key(std::exchange(other.m_key, {})),
      m_written(other.m_written),
      m_clock(std::move(other.m_clock)),
      m_begun(other.m_begun) {}

GcMark::~GcMark() {
    if (!m_key.empty()) (void)m_store->remove(m_key);
}

Result<void> GcMark::check() const {
    if (m_clock() - m_begun > k_mark_works) {
        return fail(
            ErrorCode::unavailable, shown_object(*m_store, m_key),
            fmt::format("gc stopped after {}, so that no push waits longer", format_duration(k_mark_works)),
            "run it again: it goes on where it stopped");
    }
    BALLAST_TRY(const bool there, object_exists(*m_store, m_key));
    if (!there) {
        return fail(ErrorCode::unavailable, shown_object(*m_store, m_key),
                    "another gc took this one's mark away, as that of one that was killed",
                    "run it again: it goes on where it stopped");
    }
    return {};
}

}  // namespace ballast
