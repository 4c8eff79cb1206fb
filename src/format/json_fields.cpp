#include "format/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

constexpr const char* k_format_field = "ballast";
constexpr std::uint64_t k_format = 1;

bool is_text(const nlohmann::json& json) {
    return json.is_string();
}

nlohmann::ordered_json json_of(const Digest& digest) {
    return digest.hex();
}

nlohmann::ordered_json json_of(const std::vector<Digest>& digests) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& digest : digests) list.push_back(digest.hex());
    return list;
}

template <typename Value>
nlohmann::ordered_json json_of(const Value& value) {
    return value;
}

}  // namespace

FieldReader::FieldReader(std::string_view text, std::string_view name_in_errors, const RecordKind& kind)
    : m_json(std::make_unique<nlohmann::json>(parse_json(text))),
      m_name_in_errors(name_in_errors),
      m_hint(kind.hint) {
    if (!m_json->is_object()) {
        m_fault =
            Error{ErrorCode::corrupt, m_name_in_errors, "not a JSON object, or nested too deeply", m_hint};
        return;
    }
    std::uint64_t format = 0;
    field(k_format_field, format);
    if (!m_fault && format != k_format) {
        m_fault =
            Error{ErrorCode::corrupt, m_name_in_errors,
                  fmt::format("{} format {} is not known", kind.name, format), std::string(kind.format_hint)};
    }
}

FieldReader::~FieldReader() = default;

void FieldReader::require(bool good, const char* field, std::string_view what) {
    if (!good && !m_fault)
        m_fault =
            Error{ErrorCode::corrupt, m_name_in_errors, fmt::format("field '{}': {}", field, what), m_hint};
}

template <typename Value, typename IsGood>
void FieldReader::take(const char* name, Value& out, std::string_view what, IsGood is_good) {
    m_read.insert(name);
    const auto at = m_json->find(name);
    const bool good = at != m_json->end() && is_good(*at);
    if (good) at->get_to(out);
    require(good, name, what);
}

void FieldReader::field(const char* name, std::uint64_t& out) {
    take(name, out, "missing, or not a whole number",
         [](const auto& value) { return value.is_number_unsigned(); });
}

void FieldReader::field(const char* name, std::string& out) {
    take(name, out, "missing, or not a text", is_text);
    require(out.find('\0') == std::string::npos, name, "holds a NUL byte");
}

void FieldReader::field(const char* name, Digest& out) {
    std::string text;
    field(name, text);
    const auto digest = Digest::parse(text, m_name_in_errors);
    if (!digest) return require(false, name, digest.error().message);
    out = *digest;
}

void FieldReader::field(const char* name, std::vector<std::string>& out) {
    take(name, out, "missing, or not a list of texts", [](const auto& value) {
        return value.is_array() && std::all_of(value.begin(), value.end(), is_text);
    });
}

void FieldReader::field(const char* name, std::vector<Digest>& out) {
    std::vector<std::string> texts;
    field(name, texts);
    out.clear();
    for (const auto& text : texts) {
        const auto digest = Digest::parse(text, m_name_in_errors);
        if (!digest) return require(false, name, digest.error().message);
        out.push_back(*digest);
    }
}

void FieldReader::field(const char* name, std::map<std::string, std::string>& out) {
    take(name, out, "missing, or not a table of texts", [](const auto& value) {
        return value.is_object() && std::all_of(value.begin(), value.end(), is_text);
    });
}

void FieldReader::field_unless_empty(const char* name, std::vector<std::string>& out) {
    if (!m_json->contains(name)) return;
    field(name, out);
    require(!out.empty(), name, "names none");
}

Result<void> FieldReader::finish() {
    if (!m_fault) {
        for (const auto& [name, value] : m_json->items())
            require(m_read.contains(name), printable(name).c_str(), "not known");
    }
    if (m_fault) return pass_on(*m_fault);
    return {};
}

FieldWriter::FieldWriter() : m_json(std::make_unique<nlohmann::ordered_json>()) {
    field(k_format_field, k_format);
}

FieldWriter::~FieldWriter() = default;

template <typename Value>
void FieldWriter::field(const char* name, const Value& value) {
    (*m_json)[name] = json_of(value);
}
template void FieldWriter::field(const char*, const std::uint64_t&);
template void FieldWriter::field(const char*, const std::string&);
template void FieldWriter::field(const char*, const Digest&);
template void FieldWriter::field(const char*, const std::vector<std::string>&);
template void FieldWriter::field(const char*, const std::vector<Digest>&);
template void FieldWriter::field(const char*, const std::map<std::string, std::string>&);

void FieldWriter::field_unless_empty(const char* name, const std::vector<std::string>& value) {
    if (!value.empty()) field(name, value);
}

std::string FieldWriter::text() const {
    return json_text(*m_json);
}

}  // namespace ballast
