#include "format/keys.hpp"

#include <algorithm>

namespace ballast {

std::optional<Digest> digest_of_key(std::string_view prefix, std::string_view key) {
    if (!key.starts_with(prefix)) return std::nullopt;
    const auto digest = Digest::parse(key.substr(prefix.size()), key);
    if (!digest) return std::nullopt;
    return *digest;
}

bool is_version_name(std::string_view name) {
    const auto is_alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !name.empty() && name.size() <= 128 && is_alphanumeric(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) {
               return is_alphanumeric(c) || c == '.' || c == '_' || c == '+' || c == '-';
           });
}

}  // namespace ballast
