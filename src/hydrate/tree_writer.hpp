#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "format/manifest.hpp"
#include "format/selection.hpp"

namespace ballast {

// The directories of a tree below one descriptor, each opened from its parent, never through a
// symlink. Keeps the last used ones open, few enough for any descriptor limit. Not thread-safe.
class TreeDirectories {
  public:
    TreeDirectories(int top, std::string name_in_errors)
        : m_top(top), m_name_in_errors(std::move(name_in_errors)) {}

    // The descriptor of the directory at `path` ("" is the top), valid until the next call.
    // Errors: corrupt when a symlink or file stands in the way.
    Result<int> open(std::string_view path);

    const std::string& name_in_errors() const { return m_name_in_errors; }

  private:
    static constexpr std::size_t k_kept_open = 64;
    struct Open {
        Fd fd;
        std::uint64_t used = 0;
    };
    int m_top;
    std::string m_name_in_errors;
    std::uint64_t m_clock = 0;
    std::unordered_map<std::string, Open> m_open;
};

// Writes the selected entries below one directory. Thread-safe: one thread writes at a time, since
// two that create files fight over the directory's and the journal's locks (measured: 253 MB in
// files of 128 KiB take one thread 0.08 s and two 0.21 s).
class TreeWriter {
  public:
    enum class Leftovers : std::uint8_t { none, replace };  // replace: taking up a killed hydration

    TreeWriter(const Manifest& manifest, const Selection& selection, int top, std::string name_in_errors,
               Leftovers leftovers);

    // Makes the directories (mode 0700 until finish) and the empty files. Call first, once.
    Result<void> prepare();

    // Tells, before any write_frame, that a killed hydration wrote this frame.
    void skip_frame(const NeededFrame& frame);

    // Writes the pieces of a decoded frame, and finishes the files that it completes.
    Result<void> write_frame(const NeededFrame& frame, std::span<const std::byte> decoded);

    // Makes further names and symlinks. Call last, once.
    Result<void> finish();

  private:
    struct OpenFile {
        Fd fd;
        bool has_hole = false;
    };
    Result<Fd> create(const ManifestEntry& entry, bool continued);
    Result<void> write_piece(const Piece& piece, std::span<const std::byte> bytes);
    Result<void> complete(const Target& target, const OpenFile& file);
    Result<void> make_further_name(const FurtherName& name);
    std::string shown(const ManifestEntry& entry) const;

    const Manifest& m_manifest;
    const Selection& m_selection;
    Leftovers m_leftovers;
    std::mutex m_mutex;
    TreeDirectories m_directories;
    std::vector<std::uint32_t> m_frames_left;             // by target
    std::vector<bool> m_started;                          // by target: some frame of it is written
    std::unordered_map<std::uint32_t, OpenFile> m_files;  // by target: files of several frames
};

// Gives the directories at `paths` (parents first) their modes, deepest first. Read-only directories
// could not be written into before.
Result<void> apply_directory_modes(TreeDirectories& directories, const Manifest& manifest,
                                   std::span<const std::uint32_t> directory_entries);

}  // namespace ballast
