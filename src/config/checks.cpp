#include "config/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest_word.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

// Whether all of `text` holds for `allowed`, and it has 1 to `max_bytes` bytes.
bool consists_of(std::string_view text, std::size_t max_bytes, bool (*allowed)(char)) {
    return !text.empty() && text.size() <= max_bytes && std::all_of(text.begin(), text.end(), allowed);
}

FaultOf file_store_fault(std::string_view rest) {
    if (rest.starts_with("//") && rest.substr(2).starts_with('/')) return std::nullopt;
    return Fault{"names no absolute path", "write three slashes: file:///var/lib/ballast"};
}

FaultOf s3_store_fault(std::string_view rest) {
    const std::string_view form = "write s3://BUCKET/PREFIX?endpoint=URL&region=REGION";
    if (!rest.starts_with("//")) return Fault{"names no bucket", std::string(form)};
    const auto authority = rest.substr(2, rest.find_first_of("/?", 2) - 2);
    if (authority.find('@') != std::string_view::npos) {
        return Fault{"holds credentials, which would be packed into ballast.lock",
                     "leave them to AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"};
    }
    const bool is_bucket = authority.size() >= 3 && consists_of(authority, 63, [](char c) {
                               return is_lower(c) || is_digit(c) || c == '.' || c == '-';
                           });
    if (!is_bucket)
        return Fault{fmt::format("names '{}', which cannot be a bucket", printable(authority.substr(0, 80))),
                     std::string(form)};
    return std::nullopt;
}

}  // namespace

FaultOf name_fault(std::string_view name) {
    const bool is_name =
        consists_of(name, 128,
                    [](char c) {
                        return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '+' || c == '-';
                    }) &&
        (is_letter(name.front()) || is_digit(name.front()));
    if (is_name) return std::nullopt;
    return Fault{fmt::format("is '{}', which cannot be a name", printable(name.substr(0, 80))),
                 "use up to 128 letters, digits, '.', '_', '+' and '-', with a letter or digit first"};
}

FaultOf group_name_fault(std::string_view name) {
    const bool is_name =
        consists_of(name, 64,
                    [](char c) { return is_lower(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; }) &&
        (is_lower(name.front()) || is_digit(name.front()));
    if (is_name) return std::nullopt;
    return Fault{"cannot be a group's name",
                 "use up to 64 lower-case letters, digits, '.', '_' and '-', with a letter or digit first"};
}

FaultOf store_fault(std::string_view url) {
    if (url.empty()) return Fault{"is empty"};
    if (url.find('\0') != std::string_view::npos) return Fault{"holds a NUL byte"};
    const auto colon = url.find(':');
    // A plain path may hold a ':' too, but not before its first '/'.
    if (colon == std::string_view::npos || colon > url.find('/')) return std::nullopt;
    const auto scheme = url.substr(0, colon);
    const auto rest = url.substr(colon + 1);
    if (scheme == "file") return file_store_fault(rest);
    if (scheme == "s3") return s3_store_fault(rest);
    return Fault{fmt::format("has the unknown scheme '{}'", printable(scheme.substr(0, 80))),
                 "use file:///DIR, s3://BUCKET/PREFIX or a plain path; write a path with ':' as ./PATH"};
}

FaultOf variable_fault(std::string_view name) {
    if (name.empty()) return Fault{"is empty, and a variable's name cannot be"};
    if (name.find('=') != std::string_view::npos) return Fault{"holds '=', which ends a variable's name"};
    if (name.find('\0') != std::string_view::npos) return Fault{"holds a NUL byte"};
    if (name == "PATH" || name == "LD_LIBRARY_PATH") {
        return Fault{"would replace what exec sets",
                     "exec puts the tree's directories before what the variable holds; leave it out"};
    }
    if (name.starts_with("BALLAST_")) return Fault{"is kept for Ballast itself", "choose another name"};
    return std::nullopt;
}

FaultOf variable_value_fault(std::string_view value) {
    static constexpr std::string_view k_known = "tree";
    if (value.find('\0') != std::string_view::npos) return Fault{"holds a NUL byte"};
    for (auto open = value.find('{'); open != std::string_view::npos; open = value.find('{', open + 1)) {
        std::size_t end = open + 1;
        while (end < value.size() && (is_letter(value[end]) || is_digit(value[end]) || value[end] == '_'))
            ++end;
        if (end == value.size() || value[end] != '}' || end == open + 1) continue;
        const auto word = value.substr(open + 1, end - open - 1);
        if (word == k_known) continue;
        return Fault{
            fmt::format("has the unknown placeholder '{{{}}}'", word.substr(0, 80)),
            "'{tree}', the tree's path, is the one that is replaced; other variables are not expanded"};
    }
    return std::nullopt;
}

}  // namespace ballast
