#include "config/patterns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

// `pattern` without the spaces at its end, as far as no '\' keeps them.
std::string_view without_trailing_spaces(std::string_view pattern) {
    std::size_t end = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] == '\\' && at + 1 < pattern.size()) {
            end = ++at + 1;
        } else if (pattern[at] != ' ') {
            end = at + 1;
        }
    }
    return pattern.substr(0, end);
}

// What `text` asks for that no path of a package has, or "". Patterns with brackets, which may hold a
// '/' of their own, or with "**", which can stand for nothing, are not judged.
std::string_view impossible_part(std::string_view text) {
    if (text.find('[') != std::string_view::npos || text.find("**") != std::string_view::npos) return {};
    if (text.starts_with('/') || text.ends_with('/') || text.find("//") != std::string_view::npos)
        return "//";
    for (const auto component : split_components(text)) {
        if (component == "." || component == "..") return component;
    }
    return {};
}

std::string quoted(std::string_view pattern) {
    return fmt::format("pattern '{}'", printable(pattern));
}

}  // namespace

Result<Patterns::Rule> Patterns::Rule::compile(std::string_view pattern) {
    const auto refuse = [&](std::string_view message, std::string_view hint = {}) {
        return fail(ErrorCode::usage, quoted(pattern.substr(0, 80)), message, hint);
    };
    if (pattern.size() > k_max_pattern_bytes) return refuse("is longer than any path");
    if (pattern.find('\0') != std::string_view::npos) return refuse("holds a NUL byte");
    if (pattern.find('\n') != std::string_view::npos) {
        return refuse("holds a line break", "write each pattern as an item of its own");
    }
    if (pattern.starts_with('#'))
        return refuse("is a comment in gitignore's syntax", "to match '#' itself, write '\\#'");

    Rule rule;
    auto text = without_trailing_spaces(pattern);
    if (text.starts_with('!')) {
        rule.negated = true;
        text.remove_prefix(1);
    }
    if (text.ends_with('/')) {
        rule.directory_only = true;
        text.remove_suffix(1);
    }
    rule.anchored = text.find('/') != std::string_view::npos;
    if (text.starts_with('/')) text.remove_prefix(1);
    if (text.empty()) return refuse("matches nothing", "to match everything, write '*'");
    if (const auto part = impossible_part(text); !part.empty()) {
        return refuse(fmt::format("matches nothing: no path in a package has '{}'", part),
                      "write paths from the package's top, like usr/lib/a.so");
    }

    auto glob = Glob::compile(text);
    if (!glob) return refuse(glob.error().message, glob.error().hint);
    rule.glob = std::move(*glob);
    return rule;
}

bool Patterns::Rule::match(std::string_view path, Glob::Scratch& scratch) const {
    if (anchored) {
        const auto reach = glob.match(path, scratch);
        return reach.directory || (reach.whole && !directory_only);
    }
    for (std::size_t start = 0; start <= path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const bool is_directory = end != path.size();
        if ((is_directory || !directory_only) && glob.match(path.substr(start, end - start), scratch).whole)
            return true;
        start = end + 1;
    }
    return false;
}

Result<Patterns> Patterns::compile(const std::vector<std::string>& patterns) {
    Patterns compiled;
    compiled.m_rules.reserve(patterns.size());
    for (const auto& pattern : patterns) {
        BALLAST_TRY(auto rule, Rule::compile(pattern));
        compiled.m_rules.push_back(std::move(rule));
    }
    return compiled;
}

bool Patterns::match(std::string_view path) const {
    Glob::Scratch scratch;
    for (auto rule = m_rules.rbegin(); rule != m_rules.rend(); ++rule) {
        if (rule->match(path, scratch)) return !rule->negated;
    }
    return false;
}

}  // namespace ballast
