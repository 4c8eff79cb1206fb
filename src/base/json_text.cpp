#include "base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace ballast {
namespace {

constexpr auto k_replace = nlohmann::ordered_json::error_handler_t::replace;

// Bounded before parsing: the library parses nested arrays without recursion but destroys them with it, so a
// megabyte of '[' could end the stack.
bool is_too_deep(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') in_string = !in_string;
        if (in_string) {
            if (c == '\\') ++i;
            continue;
        }
        if ((c == '[' || c == '{') && ++depth > k_most_json_depth) return true;
        if (c == ']' || c == '}') --depth;
    }
    return false;
}

}  // namespace

nlohmann::json parse_json(std::string_view text) {
    if (is_too_deep(text)) return nlohmann::json(nlohmann::json::value_t::discarded);
    return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

const nlohmann::json& json_member(const nlohmann::json& object, const char* key) {
    static const nlohmann::json k_none;
    if (!object.is_object()) return k_none;
    const auto found = object.find(key);
    return found != object.end() ? *found : k_none;
}

std::string json_string(const nlohmann::json& object, const char* key) {
    const auto& member = json_member(object, key);
    return member.is_string() ? member.get<std::string>() : std::string();
}

std::string json_text(const nlohmann::ordered_json& json) {
    return json.dump(2, ' ', false, k_replace) + "\n";
}

std::string json_line(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, k_replace);
}

}  // namespace ballast
