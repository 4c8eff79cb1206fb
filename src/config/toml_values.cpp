#include "config/toml_values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/enum_name.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "config/patterns.hpp"

namespace ballast {
namespace {

std::string_view kind_of(const toml::node& node) {
    return enum_name(node.type(), {"nothing", "a table", "an array", "a string", "a whole number",
                                   "a number with a fraction", "true or false", "a date or time",
                                   "a date or time", "a date or time"});
}

}  // namespace

std::vector<TomlItem> in_file_order(const toml::table& table) {
    std::vector<TomlItem> items;
    items.reserve(table.size());
    for (auto&& [key, node] : table) items.push_back({key.str(), &node, key.source().begin});
    std::stable_sort(items.begin(), items.end(),
                     [](const TomlItem& a, const TomlItem& b) { return a.at < b.at; });
    return items;
}

tl::unexpected<Error> TomlValues::refuse(const TomlItem& item, std::string_view message,
                                         std::string_view hint) const {
    return fail(ErrorCode::usage, fmt::format("{}:{}", m_shown, item.at.line), message, hint);
}

tl::unexpected<Error> TomlValues::refuse_kind(const TomlItem& item, std::string_view must_be) const {
    return refuse(
        item, fmt::format("'{}' is {}, but must be {}", printable(item.key), kind_of(*item.node), must_be));
}

Result<void> TomlValues::check(const TomlItem& item, const FaultOf& fault) const {
    if (!fault) return {};
    return refuse(item, fmt::format("'{}' {}", printable(item.key), fault->message), fault->hint);
}

Result<std::string> TomlValues::string(const TomlItem& item) const {
    const auto* text = item.node->as_string();
    if (text == nullptr) return refuse_kind(item, "a string");
    return text->get();
}

Result<const toml::table*> TomlValues::table(const TomlItem& item, std::string_view must_be) const {
    const auto* table = item.node->as_table();
    if (table == nullptr) return refuse_kind(item, must_be);
    return table;
}

Result<std::vector<std::string>> TomlValues::patterns(const TomlItem& item) const {
    const auto* array = item.node->as_array();
    if (array == nullptr) return refuse_kind(item, "an array of patterns, like [\"*.so\", \"/usr/\"]");
    std::vector<std::string> patterns;
    for (const auto& element : *array) {
        const TomlItem pattern{item.key, &element, element.source().begin};
        const auto* text = element.as_string();
        if (text == nullptr) {
            return refuse(pattern, fmt::format("'{}' holds {}, but must hold patterns, which are strings",
                                               printable(item.key), kind_of(element)));
        }
        patterns.push_back(text->get());
        const auto compiled = Patterns::compile({patterns.back()});
        if (!compiled) {
            const auto& error = compiled.error();
            return refuse(pattern,
                          fmt::format("{} of '{}': {}", error.object, printable(item.key), error.message),
                          error.hint);
        }
    }
    return patterns;
}

Result<std::uint64_t> TomlValues::size(const TomlItem& item) const {
    const auto* number = item.node->as_integer();
    if (number != nullptr && number->get() >= 0) return static_cast<std::uint64_t>(number->get());
    const auto* text = item.node->as_string();
    if (number == nullptr && text == nullptr) return refuse_kind(item, "a size, like \"1MB\" or 1048576");
    if (text != nullptr) {
        auto size = parse_size(text->get());
        if (size) return *size;
    }
    const auto value = number != nullptr ? std::to_string(number->get()) : "'" + printable(text->get()) + "'";
    return refuse(item, fmt::format("'{}' is {}, which is not a size", item.key, value),
                  "write it like \"250MB\", \"1.5GB\" or 262144000");
}

}  // namespace ballast
