#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace ballast {

// A flock(2) on a file, held until the object, and every process that inherited its descriptor,
// is gone; so it dies with its holder. POSIX semaphores and fcntl locks lost: the platform has no
// /dev/shm, and fcntl locks vanish when any descriptor of the file is closed.
class FileLock {
  public:
    enum class Mode : std::uint8_t { shared, exclusive };
    enum class Wait : std::uint8_t { yes, no };

    // Opens or creates `name` in the directory and locks it. A lock file that was removed or
    // replaced while we waited is opened anew, so that all holders agree on one file.
    // With Wait::no, a lock that another process holds gives an empty FileLock, not an error.
    // Blocks (interrupted by signals: code interrupted once stop was requested).
    // With a deadline, which needs polling, the error at its end has code unavailable.
    using Deadline = std::chrono::steady_clock::time_point;
    static Result<FileLock> acquire(int directory_fd, const std::string& name,
                                    std::string_view name_in_errors, Mode mode, Wait wait,
                                    Deadline deadline = Deadline::max());

    explicit operator bool() const { return static_cast<bool>(m_fd); }

    // Lets the lock live on in programs that this process executes.
    Result<void> keep_across_exec();

  private:
    Fd m_fd;
};

}  // namespace ballast
