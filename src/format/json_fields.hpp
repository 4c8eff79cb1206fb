#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace ballast {

// Reads one untrusted JSON object field by field: every field must be there, of its type, and none
// besides. Errors: corrupt, naming the document and the field.
class JsonFields {
  public:
    static Result<JsonFields> parse(std::string_view text, std::string_view shown, std::string_view hint);

    Result<void> read(const char* field, std::uint64_t& out);
    Result<void> read(const char* field, std::string& out);
    Result<void> read(const char* field, Digest& out);
    Result<void> read(const char* field, std::vector<std::string>& out);
    Result<void> read(const char* field, std::vector<Digest>& out);
    Result<void> read(const char* field, std::map<std::string, std::string>& out);

    // Whether the object has a field that may be left out.
    bool has(const char* field) const;

    // An error when the object has a field that was not read.
    Result<void> refuse_unread() const;

    tl::unexpected<Error> refuse(const char* field, std::string_view what) const;

  private:
    const nlohmann::json* find(const char* field);
    std::shared_ptr<const nlohmann::json> m_json;
    std::set<std::string> m_read;
    std::string m_shown;
    std::string m_hint;
};

}  // namespace ballast
