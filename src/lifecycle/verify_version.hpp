#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "format/manifest.hpp"
#include "lifecycle/versions.hpp"
#include "store/store.hpp"

namespace ballast {

// Which of a version's frames are read: all, or some that a seed chooses.
struct Sample {
    double share = 1;         // of the frames, rounded up
    std::uint64_t count = 0;  // where not 0: so many frames, whatever `share` says
    std::uint64_t seed = 0;   // the same seed chooses the same frames of the same manifest
};

// "10%", "2.5%" or "200"; `name_in_errors` is the flag. Errors: usage.
Result<Sample> parse_sample(std::string_view text, std::string_view name_in_errors);

// One object, or one part of it, that is not what it should be.
struct Damage {
    std::string key;
    std::string what;         // "the frame at 16 (4,096 bytes) does not have its digest"
    std::uint64_t files = 0;  // of the version's tree that need it
    std::string first_file;   // the first of these, in path order
};

struct VersionCheck {
    std::vector<Damage> damages;  // by object, in the order of their places
    std::uint64_t frames = 0;     // that the version has
    std::uint64_t checked_frames = 0;
    std::uint64_t checked_bytes = 0;  // compressed
    std::uint64_t requests = 0;       // ranges of packs that were asked for
};

// The check of a version, in two steps, so that the caller knows how much there is to read.
class VersionChecker {
  public:
    // Reads the manifest. When it or the record is damaged, report() has that and run() nothing to do.
    // Errors: those of the store.
    static Result<VersionChecker> open(Store& store, const Version& version, const Sample& sample);

    std::uint64_t bytes_to_read() const { return m_bytes; }

    // Asks for the size of every pack, reads the chosen frames in ranges of neighbouring ones, on all
    // cores, checks each frame's SHA-256 and decodes it. Damage does not end it.
    // Errors: those of the store besides not_found and corrupt, which are damage.
    Result<VersionCheck> run(Progress& progress);

  private:
    VersionChecker(Store& store) : m_store(&store) {}

    Store* m_store;
    std::vector<Manifest> m_manifest;     // one, or none where it is damaged
    std::vector<std::uint32_t> m_frames;  // chosen, by pack and offset
    std::uint64_t m_bytes = 0;
    VersionCheck m_check;
};

}  // namespace ballast
