#include "base/relative_path.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace ballast {
namespace {

// What must not reach a terminal as it is: control characters (C0, DEL, and C1, which some terminals
// obey), line and paragraph separators, and the marks that reorder text, with which a name can be made
// to look like another.
bool is_control(char32_t point) {
    return point < 0x20 || (point >= 0x7F && point <= 0x9F) || (point >= 0x2028 && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0x200E || point == 0x200F || point == 0x061C;
}

}  // namespace

std::string_view relative_path_fault(std::string_view path) {
    if (path.empty()) return "the path is empty";
    if (path.size() > k_max_path_bytes) return "the path is longer than 4095 bytes";
    if (path.front() == '/') return "the path is absolute";
    if (path.find('\0') != std::string_view::npos) return "the path holds a NUL byte";
    std::size_t start = 0;
    while (start <= path.size()) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const auto component = path.substr(start, end - start);
        if (component.empty()) return "the path has an empty component";
        if (component == ".") return "the path has a '.' component";
        if (component == "..") return "the path climbs with '..'";
        if (component.size() > k_max_component_bytes) return "a name is longer than 255 bytes";
        start = end + 1;
    }
    return {};
}

bool link_stays_inside(std::string_view path, std::string_view target) {
    if (target.empty() || target.size() > k_max_path_bytes || target.front() == '/') return false;
    if (target.find('\0') != std::string_view::npos) return false;
    auto depth = static_cast<std::ptrdiff_t>(split_components(parent_path(path)).size());
    for (const auto component : split_components(target)) {
        if (component == "..") {
            if (--depth < 0) return false;
        } else if (component != ".") {
            ++depth;
        }
    }
    return true;
}

std::string link_destination(std::string_view path, std::string_view target) {
    auto components = split_components(parent_path(path));
    for (const auto component : split_components(target)) {
        if (component == "..") {
            if (!components.empty()) components.pop_back();
        } else if (component != ".") {
            components.push_back(component);
        }
    }
    return fmt::format("{}", fmt::join(components, "/"));
}

bool path_before(std::string_view left, std::string_view right) {
    const auto rank = [](char c) {
        return c == '/' ? 0U : static_cast<unsigned>(static_cast<unsigned char>(c)) + 1U;
    };
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                        [&](char a, char b) { return rank(a) < rank(b); });
}

std::string_view parent_path(std::string_view path) {
    const auto slash = path.find_last_of('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view file_name(std::string_view path) {
    const auto slash = path.find_last_of('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool lies_in(std::string_view path, std::string_view directory) {
    return path.size() > directory.size() && path[directory.size()] == '/' && path.starts_with(directory);
}

std::string join_path(std::string_view directory, std::string_view path) {
    return directory.empty() ? std::string(path) : fmt::format("{}/{}", directory, path);
}

std::string_view extension(std::string_view path) {
    const auto name = file_name(path);
    const auto dot = name.find_last_of('.');
    return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot);
}

std::vector<std::string_view> split_components(std::string_view path) {
    std::vector<std::string_view> components;
    std::size_t start = 0;
    while (start < path.size()) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        if (end > start) components.push_back(path.substr(start, end - start));
        start = end + 1;
    }
    return components;
}

std::string printable(std::string_view path) {
    std::string text;
    while (!path.empty()) {
        const CodePoint point = first_code_point(path);
        const bool readable = point.bytes != 0 && !is_control(point.value);
        const std::size_t length = std::max<std::size_t>(point.bytes, 1);
        const auto character = path.substr(0, length);
        if (readable) text += character;
        for (const char c : readable ? std::string_view() : character)
            text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        path.remove_prefix(length);
    }
    return text;
}

}  // namespace ballast
