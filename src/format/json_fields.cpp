#include "format/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/relative_path.hpp"

namespace ballast {

Result<JsonFields> JsonFields::parse(std::string_view text, std::string_view shown, std::string_view hint) {
    JsonFields fields;
    fields.m_shown = shown;
    fields.m_hint = hint;
    // Depth is bounded before parsing: the library parses nested arrays without recursion but
    // destroys them with it, so a megabyte of '[' could end the stack.
    int depth = 0;
    for (const char c : text) {
        if ((c == '[' || c == '{') && ++depth > 64)
            return fail(ErrorCode::corrupt, shown, "nested too deeply", hint);
        if (c == ']' || c == '}') --depth;
    }
    fields.m_json = std::make_shared<nlohmann::json>(nlohmann::json::parse(text, nullptr, false));
    if (!fields.m_json->is_object()) return fail(ErrorCode::corrupt, shown, "not a JSON object", hint);
    return fields;
}

bool JsonFields::has(const char* field) const {
    return m_json->contains(field);
}

tl::unexpected<Error> JsonFields::refuse(const char* field, std::string_view what) const {
    return fail(ErrorCode::corrupt, m_shown, fmt::format("field '{}': {}", field, what), m_hint);
}

const nlohmann::json* JsonFields::find(const char* field) {
    m_read.insert(field);
    const auto at = m_json->find(field);
    return at == m_json->end() ? nullptr : &*at;
}

Result<void> JsonFields::read(const char* field, std::uint64_t& out) {
    const auto* value = find(field);
    if (value == nullptr || !value->is_number_unsigned())
        return refuse(field, "missing, or not a whole number");
    out = value->get<std::uint64_t>();
    return {};
}

Result<void> JsonFields::read(const char* field, std::string& out) {
    const auto* value = find(field);
    if (value == nullptr || !value->is_string()) return refuse(field, "missing, or not a text");
    out = value->get<std::string>();
    if (out.find('\0') != std::string::npos) return refuse(field, "holds a NUL byte");
    return {};
}

Result<void> JsonFields::read(const char* field, Digest& out) {
    std::string text;
    BALLAST_CHECK(read(field, text));
    auto digest = Digest::parse(text, m_shown);
    if (!digest) return refuse(field, digest.error().message);
    out = *digest;
    return {};
}

Result<void> JsonFields::read(const char* field, std::vector<std::string>& out) {
    const auto* value = find(field);
    const bool good =
        value != nullptr && value->is_array() &&
        std::all_of(value->begin(), value->end(), [](const auto& item) { return item.is_string(); });
    if (!good) return refuse(field, "missing, or not a list of texts");
    out = value->get<std::vector<std::string>>();
    return {};
}

Result<void> JsonFields::read(const char* field, std::vector<Digest>& out) {
    std::vector<std::string> texts;
    BALLAST_CHECK(read(field, texts));
    out.clear();
    for (const auto& text : texts) {
        auto digest = Digest::parse(text, m_shown);
        if (!digest) return refuse(field, digest.error().message);
        out.push_back(*digest);
    }
    return {};
}

Result<void> JsonFields::read(const char* field, std::map<std::string, std::string>& out) {
    const auto* value = find(field);
    const bool good =
        value != nullptr && value->is_object() &&
        std::all_of(value->begin(), value->end(), [](const auto& item) { return item.is_string(); });
    if (!good) return refuse(field, "missing, or not a table of texts");
    out = value->get<std::map<std::string, std::string>>();
    return {};
}

Result<void> JsonFields::refuse_unread() const {
    for (const auto& [field, value] : m_json->items()) {
        if (!m_read.contains(field)) return refuse(printable(field).c_str(), "not known");
    }
    return {};
}

}  // namespace ballast
