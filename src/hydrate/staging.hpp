#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "hydrate/place.hpp"

namespace ballast {

// The staging directory of one hydration, and the note of which frames are wholly written: one byte
// a frame in a file that is mapped shared, so that noting costs no system call and survives
// SIGKILL. A killed hydration with the same identity is taken up; any other staging is thrown away.
// REQUIRES: hydrate.lock is held. Notes may be made from several threads.
class Staging {
  public:
    // `identity` tells what is staged: the manifest's digest and the groups.
    static Result<Staging> open(const Place& place, const std::string& identity, std::size_t frame_count);
    Staging(Staging&& other) noexcept;
    Staging& operator=(Staging&&) = delete;
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    ~Staging();

    // Of the directory that becomes the tree.
    int tree_fd() const { return m_tree.value(); }
    int fd() const { return m_fd.value(); }
    std::string tree_path() const { return m_path + "/" + k_tree_directory; }

    bool resumed() const { return m_resumed; }
    bool is_written(std::uint32_t frame) const { return m_written[frame] != 0; }
    void note_written(std::uint32_t frame) { m_written[frame] = 1; }

    static Result<void> remove(const Place& place);

  private:
    Staging() = default;
    Fd m_fd;
    Fd m_tree;
    std::string m_path;
    std::uint8_t* m_written = nullptr;
    std::size_t m_frame_count = 0;
    bool m_resumed = false;
};

}  // namespace ballast
