#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/size.hpp"

namespace ballast {

// A named part of a tree, hydrated together: the files that its gitignore-style patterns match.
struct GroupConfig {
    std::string name;  // [a-z0-9][a-z0-9._-]{0,63}
    std::vector<std::string> patterns;
};

enum class CodecChoice : std::uint8_t { automatic, zstd, lz4, raw };

inline constexpr std::uint64_t k_min_frame_bytes = 64 * k_kib;
inline constexpr std::uint64_t k_max_configured_frame_bytes = 4 * k_mib;
inline constexpr int k_max_zstd_level = 22;
inline constexpr int k_max_lz4_level = 12;

// Everything that ballast.toml, the environment and flags can set, the later winning.
// docs/configuration.md describes each key.
struct Config {
    std::string name;                   // the family of versions: [A-Za-z0-9][A-Za-z0-9._+-]{0,127}
    std::string store;                  // store URL; "" when none was given
    std::string root = "/tmp/ballast";  // where contexts hydrate; absolute, never "/"
    std::vector<std::string> include;   // what leaves the package; empty: what is classified as binaries
    std::vector<std::string> exclude;   // what stays, whatever else says it leaves
    std::vector<GroupConfig> groups;    // in the file's order; the first that matches a file has it
    CodecChoice codec = CodecChoice::automatic;
    std::optional<int> level;           // of zstd (1 to 22) or lz4 (1 to 12); only with one of these chosen
    std::uint64_t frame_bytes = k_mib;  // 64 KiB to 4 MiB
    std::uint64_t max_size = 262'144'000;     // the unzipped limit of the platform
    std::uint64_t max_unpacked = 10 * k_gib;  // what a package may unpack to
    std::map<std::string, std::string> env;   // set by exec; "{tree}" is replaced
    std::vector<std::string> start_groups;    // what a start hydrates, each known; empty: all of the tree
};

inline constexpr std::string_view k_config_file = "ballast.toml";
inline constexpr std::uint64_t k_max_config_bytes = 256 * k_kib;

// What flags and variables set; `name_in_errors` is "--root" or "BALLAST_ROOT".
// Errors: usage, naming `name_in_errors`, when Config's promises would not hold; then nothing is changed.
Result<void> set_name(Config& config, const std::string& value, std::string_view name_in_errors);
Result<void> set_store(Config& config, const std::string& value, std::string_view name_in_errors);
Result<void> set_root(Config& config, const std::string& value, std::string_view name_in_errors);

}  // namespace ballast
