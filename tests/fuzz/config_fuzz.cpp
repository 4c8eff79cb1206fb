#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/relative_path.hpp"
#include "config/parse_config.hpp"
#include "config/patterns.hpp"

// Settings and patterns come with packages that others wrote. Whatever is accepted must hold what
// Config promises; no input may take more than bounded time and stack.
//
// The input is a ballast.toml. Its first lines, as far as they start with '#', are also tried as
// patterns by themselves, and the whole of it as a path.

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_config(std::string_view text) {
    const auto config = ballast::parse_config(text, "ballast.toml");
    if (!config) {
        require(config.error().code == ballast::ErrorCode::usage && !config.error().message.empty());
        return;
    }
    require(config->root.starts_with('/') && !ballast::split_components(config->root).empty());
    require(config->frame_bytes >= ballast::k_min_frame_bytes);
    require(config->frame_bytes <= ballast::k_max_configured_frame_bytes);
    require(config->max_size != 0 && config->max_unpacked != 0);
    if (config->level) require(*config->level >= 1 && *config->level <= ballast::k_max_zstd_level);
    for (const auto& [name, value] : config->env)
        require(!name.empty() && name.find('=') == std::string::npos);
    require(ballast::Patterns::compile(config->include).has_value());
    require(ballast::Patterns::compile(config->exclude).has_value());
    for (const auto& group : config->groups) require(ballast::Patterns::compile(group.patterns).has_value());
}

void check_patterns(std::string_view text) {
    static constexpr std::array<std::string_view, 4> k_paths = {"a", "usr/lib/liba.so.1", "a/b/c/d/e/f/g",
                                                                "aaaaaaaaaaaaaaaaab"};
    std::vector<std::string> patterns;
    for (auto rest = text; rest.starts_with('#');) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        patterns.emplace_back(line.substr(1));
        const auto alone = ballast::Patterns::compile({patterns.back()});
        if (!alone) {
            patterns.pop_back();
            continue;
        }
        for (const auto path : k_paths) alone->match(path);
    }
    const auto all = ballast::Patterns::compile(patterns);
    require(all.has_value());
    all->match(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_config(text);
    check_patterns(text);
    return 0;
}
