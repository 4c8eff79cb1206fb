#include "config/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/relative_path.hpp"
#include "base/root_path.hpp"
#include "config/checks.hpp"
#include "config/patterns.hpp"
#include "config/toml.hpp"
#include "config/toml_scan.hpp"

namespace ballast {
namespace {

std::string_view kind_of(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table:
            return "a table";
        case toml::node_type::array:
            return "an array";
        case toml::node_type::string:
            return "a string";
        case toml::node_type::integer:
            return "a whole number";
        case toml::node_type::floating_point:
            return "a number with a fraction";
        case toml::node_type::boolean:
            return "true or false";
        case toml::node_type::none:
            return "nothing";
        default:
            return "a date or time";
    }
}

struct Item {
    std::string_view key;
    const toml::node* node;
    toml::source_position at;
};

// The table's items as they stand in the file: toml++ keeps them sorted by key, but the order of
// groups has a meaning, and of several errors the first in the file is told.
std::vector<Item> in_file_order(const toml::table& table) {
    std::vector<Item> items;
    items.reserve(table.size());
    for (auto&& [key, node] : table) items.push_back({key.str(), &node, key.source().begin});
    std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.at < b.at; });
    return items;
}

class ConfigReader {
  public:
    explicit ConfigReader(const std::string& shown) : m_shown(shown) {}

    Result<Config> read(const toml::table& table) {
        BALLAST_CHECK(read_keys(table, k_keys, ""));
        BALLAST_CHECK(check_level());
        BALLAST_CHECK(check_start_groups());
        return std::move(m_config);
    }

  private:
    struct Key {
        std::string_view name;
        Result<void> (ConfigReader::*read)(const Item&);
    };
    static const std::array<Key, 12> k_keys;
    static const std::array<Key, 2> k_limit_keys;
    static const std::array<Key, 1> k_start_keys;

    tl::unexpected<Error> refuse(const Item& item, std::string_view message,
                                 std::string_view hint = {}) const {
        return refuse_at(item.at, message, hint);
    }

    tl::unexpected<Error> refuse_at(toml::source_position at, std::string_view message,
                                    std::string_view hint) const {
        return fail(ErrorCode::usage, fmt::format("{}:{}", m_shown, at.line), message, hint);
    }

    // "'level' is a string, but must be a whole number"
    tl::unexpected<Error> refuse_kind(const Item& item, std::string_view must_be) const {
        return refuse(item, fmt::format("'{}' is {}, but must be {}", printable(item.key),
                                        kind_of(*item.node), must_be));
    }

    Result<void> check(const Item& item, const FaultOf& fault) const {
        if (!fault) return {};
        return refuse(item, fmt::format("'{}' {}", printable(item.key), fault->message), fault->hint);
    }

    Result<void> read_keys(const toml::table& table, std::span<const Key> keys, std::string_view within) {
        for (const auto& item : in_file_order(table)) {
            const auto key =
                std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == item.key; });
            if (key == keys.end()) return refuse_key(item, keys, within);
            BALLAST_CHECK((this->*key->read)(item));
        }
        return {};
    }

    tl::unexpected<Error> refuse_key(const Item& item, std::span<const Key> keys,
                                     std::string_view within) const {
        const auto is_named = [&](const Key& key) { return key.name == item.key; };
        const auto message = fmt::format("unknown key '{}'{}", printable(item.key.substr(0, 80)), within);
        if (std::any_of(k_limit_keys.begin(), k_limit_keys.end(), is_named)) {
            return refuse(item, message, "write it under [limits]");
        }
        std::vector<std::string> names;
        for (const auto& key : keys) names.emplace_back(key.name);
        return refuse(item, message, suggestion(item.key, names));
    }

    Result<std::string> string(const Item& item) const {
        const auto* text = item.node->as_string();
        if (text == nullptr) return refuse_kind(item, "a string");
        return text->get();
    }

    // A table's item, named as it is in errors.
    Result<const toml::table*> table(const Item& item, std::string_view must_be) const {
        const auto* table = item.node->as_table();
        if (table == nullptr) return refuse_kind(item, must_be);
        return table;
    }

    // An array of patterns that compile.
    Result<std::vector<std::string>> patterns(const Item& item) const {
        const auto* array = item.node->as_array();
        if (array == nullptr) return refuse_kind(item, "an array of patterns, like [\"*.so\", \"/usr/\"]");
        std::vector<std::string> patterns;
        for (const auto& element : *array) {
            const Item pattern{item.key, &element, element.source().begin};
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

    Result<std::uint64_t> size(const Item& item) const {
        const auto* number = item.node->as_integer();
        if (number != nullptr && number->get() >= 0) return static_cast<std::uint64_t>(number->get());
        const auto* text = item.node->as_string();
        if (number == nullptr && text == nullptr) return refuse_kind(item, "a size, like \"1MB\" or 1048576");
        if (text != nullptr) {
            auto size = parse_size(text->get());
            if (size) return *size;
        }
        const auto value =
            number != nullptr ? std::to_string(number->get()) : "'" + printable(text->get()) + "'";
        return refuse(item, fmt::format("'{}' is {}, which is not a size", item.key, value),
                      "write it like \"250MB\", \"1.5GB\" or 262144000");
    }

    Result<void> read_name(const Item& item) {
        BALLAST_TRY(m_config.name, string(item));
        return check(item, name_fault(m_config.name));
    }

    Result<void> read_store(const Item& item) {
        BALLAST_TRY(m_config.store, string(item));
        return check(item, store_fault(m_config.store));
    }

    Result<void> read_root(const Item& item) {
        BALLAST_TRY(m_config.root, string(item));
        return check(item, root_fault(m_config.root));
    }

    Result<void> read_include(const Item& item) {
        BALLAST_TRY(m_config.include, patterns(item));
        if (!m_config.include.empty()) return {};
        return refuse(item, "'include' is empty", "leave it out to offload what is classified as binaries");
    }

    Result<void> read_exclude(const Item& item) {
        BALLAST_TRY(m_config.exclude, patterns(item));
        return {};
    }

    Result<void> read_groups(const Item& item) {
        BALLAST_TRY(const auto* const groups, table(item, "a table, like [groups]"));
        for (const auto& entry : in_file_order(*groups)) {
            BALLAST_CHECK(check(entry, group_name_fault(entry.key)));
            GroupConfig group{std::string(entry.key), {}};
            BALLAST_TRY(group.patterns, patterns(entry));
            if (group.patterns.empty()) {
                return refuse(entry, fmt::format("group '{}' has no patterns", entry.key),
                              "write some, or remove it");
            }
            m_config.groups.push_back(std::move(group));
        }
        return {};
    }

    Result<void> read_codec(const Item& item) {
        struct Choice {
            std::string_view name;
            CodecChoice codec;
        };
        static constexpr std::array k_choices = {
            Choice{"auto", CodecChoice::automatic}, Choice{"zstd", CodecChoice::zstd},
            Choice{"lz4", CodecChoice::lz4}, Choice{"raw", CodecChoice::raw}};
        BALLAST_TRY(const std::string name, string(item));
        std::vector<std::string> known;
        for (const auto& choice : k_choices) {
            if (choice.name == name) {
                m_config.codec = choice.codec;
                return {};
            }
            known.emplace_back(choice.name);
        }
        return refuse(item,
                      fmt::format("'codec' names the unknown codec '{}'", printable(name.substr(0, 80))),
                      suggestion(name, known));
    }

    Result<void> read_level(const Item& item) {
        const auto* number = item.node->as_integer();
        if (number == nullptr) return refuse_kind(item, "a whole number");
        // The codec's range is checked when the codec is known. No codec has a level beyond this one.
        m_config.level = static_cast<int>(std::clamp<std::int64_t>(number->get(), 0, k_max_zstd_level + 1));
        m_level = item;
        return {};
    }

    Result<void> check_level() const {
        if (!m_config.level) return {};
        const auto in_range = [&](std::string_view codec, int last) -> Result<void> {
            if (*m_config.level >= 1 && *m_config.level <= last) return {};
            return refuse(m_level, fmt::format("'level' is {}, but {} has the levels 1 to {}",
                                               m_level.node->as_integer()->get(), codec, last));
        };
        switch (m_config.codec) {
            case CodecChoice::zstd:
                return in_range("zstd", k_max_zstd_level);
            case CodecChoice::lz4:
                return in_range("lz4", k_max_lz4_level);
            case CodecChoice::raw:
                return refuse(m_level, "'level' does not go with codec 'raw', which has none",
                              "remove one of them");
            case CodecChoice::automatic:
                break;
        }
        return refuse(m_level, "'level' needs a fixed codec: each counts its levels in its own way",
                      "add codec = \"zstd\" or \"lz4\", or remove 'level'");
    }

    Result<void> read_frame(const Item& item) {
        BALLAST_TRY(m_config.frame_bytes, size(item));
        if (m_config.frame_bytes >= k_min_frame_bytes && m_config.frame_bytes <= k_max_configured_frame_bytes)
            return {};
        return refuse(
            item,
            fmt::format("'frame' is {}, but must be from 64 KB to 4 MB", format_size(m_config.frame_bytes)),
            "1MB serves most trees");
    }

    Result<void> read_limit(const Item& item, std::uint64_t& limit) const {
        BALLAST_TRY(limit, size(item));
        if (limit != 0) return {};
        return refuse(item, fmt::format("'{}' is 0, which nothing can keep to", item.key));
    }

    Result<void> read_max_size(const Item& item) { return read_limit(item, m_config.max_size); }
    Result<void> read_max_unpacked(const Item& item) { return read_limit(item, m_config.max_unpacked); }

    Result<void> read_limits(const Item& item) {
        BALLAST_TRY(const auto* const limits, table(item, "a table, like [limits]"));
        return read_keys(*limits, k_limit_keys, " in [limits]");
    }

    Result<void> read_env(const Item& item) {
        BALLAST_TRY(const auto* const env, table(item, "a table, like [env]"));
        for (const auto& entry : in_file_order(*env)) {
            BALLAST_CHECK(check(entry, variable_fault(entry.key)));
            BALLAST_TRY(std::string value, string(entry));
            BALLAST_CHECK(check(entry, variable_value_fault(value)));
            m_config.env.emplace(entry.key, std::move(value));
        }
        return {};
    }

    Result<void> read_start(const Item& item) {
        BALLAST_TRY(const auto* const start, table(item, "a table, like [start]"));
        return read_keys(*start, k_start_keys, " in [start]");
    }

    Result<void> read_start_groups(const Item& item) {
        const auto* array = item.node->as_array();
        if (array == nullptr) return refuse_kind(item, "an array of groups' names, like [\"pdf\"]");
        if (array->empty())
            return refuse(item, "'groups' in [start] names none", "leave it out for the whole tree");
        for (const auto& element : *array) {
            const Item name{item.key, &element, element.source().begin};
            const auto* text = element.as_string();
            if (text == nullptr)
                return refuse(name, "'groups' in [start] must hold names, which are strings");
            m_config.start_groups.push_back(text->get());
        }
        m_start_groups = item;
        return {};
    }

    // When all keys are read, so that [start] may stand before [groups].
    Result<void> check_start_groups() {
        std::vector<std::string> known;
        for (const auto& group : m_config.groups) known.push_back(group.name);
        known.emplace_back("default");
        for (const auto& name : m_config.start_groups) {
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            return refuse(m_start_groups,
                          fmt::format("'groups' in [start] names '{}', which [groups] does not have",
                                      printable(name.substr(0, 80))),
                          suggestion(name, known));
        }
        return {};
    }

    const std::string& m_shown;
    Config m_config;
    Item m_level = {};
    Item m_start_groups = {};
};

constexpr std::array<ConfigReader::Key, 12> ConfigReader::k_keys = {{
    {"name", &ConfigReader::read_name},
    {"store", &ConfigReader::read_store},
    {"root", &ConfigReader::read_root},
    {"include", &ConfigReader::read_include},
    {"exclude", &ConfigReader::read_exclude},
    {"groups", &ConfigReader::read_groups},
    {"codec", &ConfigReader::read_codec},
    {"level", &ConfigReader::read_level},
    {"frame", &ConfigReader::read_frame},
    {"limits", &ConfigReader::read_limits},
    {"env", &ConfigReader::read_env},
    {"start", &ConfigReader::read_start},
}};

constexpr std::array<ConfigReader::Key, 1> ConfigReader::k_start_keys = {{
    {"groups", &ConfigReader::read_start_groups},
}};

constexpr std::array<ConfigReader::Key, 2> ConfigReader::k_limit_keys = {{
    {"max_size", &ConfigReader::read_max_size},
    {"max_unpacked", &ConfigReader::read_max_unpacked},
}};

// Bounds the stack that toml++ takes; ten times what a large configuration has.
constexpr std::size_t k_max_dots = 1000;

// "Error while parsing key: ..." as it goes on after "not TOML: ".
std::string toml_message(const toml::parse_error& error) {
    constexpr std::string_view k_opening = "Error ";
    std::string_view description = error.description();
    if (description.starts_with(k_opening)) description.remove_prefix(k_opening.size());
    return fmt::format("not TOML: {}", printable(description));
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::string& shown) {
    if (text.size() > k_max_config_bytes) {
        return fail(
            ErrorCode::usage, shown,
            fmt::format("has {} bytes, more than the {} that are read", text.size(), k_max_config_bytes),
            "shorten its lists with patterns that match more");
    }
    const auto scan = scan_toml(text);
    if (scan.non_ascii_line) {
        return fail(ErrorCode::usage, fmt::format("{}:{}", shown, *scan.non_ascii_line),
                    "not TOML: a character outside quotes and comments is not ASCII",
                    "quote it; quotes themselves are the plain ' and \"");
    }
    if (scan.dots > k_max_dots) {
        return fail(ErrorCode::usage, shown,
                    fmt::format("has {} dots outside quotes, more than any setting needs", scan.dots));
    }
    const auto parsed = toml::parse(text, std::string_view(shown));
    if (!parsed) {
        const auto& error = parsed.error();
        return fail(ErrorCode::usage, fmt::format("{}:{}", shown, error.source().begin.line),
                    toml_message(error));
    }
    return ConfigReader(shown).read(parsed.table());
}

}  // namespace ballast
