#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/sha256.hpp"

// A stored record is a JSON object whose field "ballast" is the format, which is 1. Each record names its
// fields once, in a function that takes a FieldReader or a FieldWriter.

namespace ballast {

struct RecordKind {
    std::string_view name;         // "lock"
    std::string_view hint;         // of errors that name a field
    std::string_view format_hint;  // for a format that is not known
};

// Reads one untrusted record field by field: every field must be there, of its type, and none besides. The
// first fault is kept. Errors: corrupt, naming the document and the field.
class FieldReader {
  public:
    FieldReader(std::string_view text, std::string_view name_in_errors, const RecordKind& kind);
    ~FieldReader();

    void field(const char* name, std::uint64_t& out);
    void field(const char* name, std::string& out);
    void field(const char* name, Digest& out);
    void field(const char* name, std::vector<std::string>& out);
    void field(const char* name, std::vector<Digest>& out);
    void field(const char* name, std::map<std::string, std::string>& out);

    // A list that is left out when it is empty.
    void field_unless_empty(const char* name, std::vector<std::string>& out);

    // Notes the fault `what` of the field unless it is `good`.
    void require(bool good, const char* field, std::string_view what);

    // The first fault; one, too, when the object has a field that was not read.
    Result<void> finish();

  private:
    template <typename Value, typename IsGood>
    void take(const char* name, Value& out, std::string_view what, IsGood is_good);
    std::unique_ptr<nlohmann::json> m_json;
    std::set<std::string> m_read;
    std::string m_name_in_errors;
    std::string m_hint;
    std::optional<Error> m_fault;
};

// Writes a record, its fields in the order in which they are named.
class FieldWriter {
  public:
    FieldWriter();
    ~FieldWriter();

    // Of the types that a FieldReader reads.
    template <typename Value>
    void field(const char* name, const Value& value);
    void field_unless_empty(const char* name, const std::vector<std::string>& value);

    std::string text() const;

  private:
    std::unique_ptr<nlohmann::ordered_json> m_json;
};

}  // namespace ballast
