#pragma once

#include <utility>

namespace ballast {

// Owns one file descriptor and closes it. Not thread-safe; movable.
class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) : m_fd(fd) {}
    Fd(Fd&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    Fd& operator=(Fd&& other) noexcept;
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    explicit operator bool() const { return m_fd >= 0; }
    int value() const { return m_fd; }

    // Gives up ownership without closing.
    int release() { return std::exchange(m_fd, -1); }
    void reset();

  private:
    int m_fd = -1;
};

}  // namespace ballast
