#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "base/result.hpp"
#include "config/toml.hpp"

namespace ballast {

struct TomlItem {
    std::string_view key;
    const toml::node* node;
    toml::source_position at;
};

// The table's items as they stand in the file: toml++ keeps them sorted by key, but the order of
// groups has a meaning, and of several errors the first in the file is told.
std::vector<TomlItem> in_file_order(const toml::table& table);

// Takes values out of items. Errors: usage, which name the file, the line, the key and what it must be.
class TomlValues {
  public:
    // `name_in_errors` names the file in errors, and must outlive this.
    explicit TomlValues(const std::string& name_in_errors) : m_name_in_errors(name_in_errors) {}

  protected:
    tl::unexpected<Error> refuse(const TomlItem& item, std::string_view message,
                                 std::string_view hint = {}) const;
    // "'level' is a string, but must be a whole number"
    tl::unexpected<Error> refuse_kind(const TomlItem& item, std::string_view must_be) const;
    Result<void> check(const TomlItem& item, const std::optional<Fault>& fault) const;

    Result<std::string> string(const TomlItem& item) const;
    Result<const toml::table*> table(const TomlItem& item, std::string_view must_be) const;
    // An array of patterns that compile.
    Result<std::vector<std::string>> patterns(const TomlItem& item) const;
    Result<std::uint64_t> size(const TomlItem& item) const;

  private:
    const std::string& m_name_in_errors;
};

}  // namespace ballast
