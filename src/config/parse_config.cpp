#include "config/parse_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/nearest_word.hpp"
#include "base/relative_path.hpp"
#include "base/root_path.hpp"
#include "config/checks.hpp"
#include "config/toml_scan.hpp"
#include "config/toml_values.hpp"

namespace ballast {
namespace {

class ConfigReader : TomlValues {
  public:
    using TomlValues::TomlValues;

    Result<Config> read(const toml::table& table) {
        BALLAST_CHECK(read_keys(table, k_keys, ""));
        BALLAST_CHECK(check_level());
        BALLAST_CHECK(check_start_groups());
        return std::move(m_config);
    }

  private:
    struct Key {
        std::string_view name;
        Result<void> (ConfigReader::*read)(const TomlItem&);
    };
    static const std::array<Key, 12> k_keys;
    static const std::array<Key, 2> k_limit_keys;
    static const std::array<Key, 1> k_start_keys;

    Result<void> read_keys(const toml::table& table, std::span<const Key> keys, std::string_view within) {
        for (const auto& item : in_file_order(table)) {
            const auto key =
                std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == item.key; });
            if (key == keys.end()) return refuse_key(item, keys, within);
            BALLAST_CHECK((this->*key->read)(item));
        }
        return {};
    }

    tl::unexpected<Error> refuse_key(const TomlItem& item, std::span<const Key> keys,
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

    Result<void> read_text(const TomlItem& item, std::string& text, FaultOf (*fault)(std::string_view)) {
        BALLAST_TRY(text, string(item));
        return check(item, fault(text));
    }

    Result<void> read_name(const TomlItem& item) { return read_text(item, m_config.name, name_fault); }
    Result<void> read_store(const TomlItem& item) { return read_text(item, m_config.store, store_fault); }
    Result<void> read_root(const TomlItem& item) { return read_text(item, m_config.root, root_fault); }

    Result<void> read_include(const TomlItem& item) {
        BALLAST_TRY(m_config.include, patterns(item));
        if (!m_config.include.empty()) return {};
        return refuse(item, "'include' is empty", "leave it out to offload what is classified as binaries");
    }

    Result<void> read_exclude(const TomlItem& item) {
        BALLAST_TRY(m_config.exclude, patterns(item));
        return {};
    }

    Result<void> read_groups(const TomlItem& item) {
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

    Result<void> read_codec(const TomlItem& item) {
        static const std::vector<std::string> k_names = {"auto", "zstd", "lz4", "raw"};  // as CodecChoice
        BALLAST_TRY(const std::string name, string(item));
        const auto found = std::ranges::find(k_names, name);
        if (found != k_names.end()) {
            m_config.codec = static_cast<CodecChoice>(found - k_names.begin());
            return {};
        }
        return refuse(item,
                      fmt::format("'codec' names the unknown codec '{}'", printable(name.substr(0, 80))),
                      suggestion(name, k_names));
    }

    Result<void> read_level(const TomlItem& item) {
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

    Result<void> read_frame(const TomlItem& item) {
        BALLAST_TRY(m_config.frame_bytes, size(item));
        if (m_config.frame_bytes >= k_min_frame_bytes && m_config.frame_bytes <= k_max_configured_frame_bytes)
            return {};
        return refuse(
            item,
            fmt::format("'frame' is {}, but must be from 64 KB to 4 MB", format_size(m_config.frame_bytes)),
            "1MB serves most trees");
    }

    Result<void> read_limit(const TomlItem& item, std::uint64_t& limit) const {
        BALLAST_TRY(limit, size(item));
        if (limit != 0) return {};
        return refuse(item, fmt::format("'{}' is 0, which nothing can keep to", item.key));
    }

    Result<void> read_max_size(const TomlItem& item) { return read_limit(item, m_config.max_size); }
    Result<void> read_max_unpacked(const TomlItem& item) { return read_limit(item, m_config.max_unpacked); }

    Result<void> read_limits(const TomlItem& item) {
        BALLAST_TRY(const auto* const limits, table(item, "a table, like [limits]"));
        return read_keys(*limits, k_limit_keys, " in [limits]");
    }

    Result<void> read_env(const TomlItem& item) {
        BALLAST_TRY(const auto* const env, table(item, "a table, like [env]"));
        for (const auto& entry : in_file_order(*env)) {
            BALLAST_CHECK(check(entry, variable_fault(entry.key)));
            BALLAST_TRY(std::string value, string(entry));
            BALLAST_CHECK(check(entry, variable_value_fault(value)));
            m_config.env.emplace(entry.key, std::move(value));
        }
        return {};
    }

    Result<void> read_start(const TomlItem& item) {
        BALLAST_TRY(const auto* const start, table(item, "a table, like [start]"));
        return read_keys(*start, k_start_keys, " in [start]");
    }

    Result<void> read_start_groups(const TomlItem& item) {
        const auto* array = item.node->as_array();
        if (array == nullptr) return refuse_kind(item, "an array of groups' names, like [\"pdf\"]");
        if (array->empty())
            return refuse(item, "'groups' in [start] names none", "leave it out for the whole tree");
        for (const auto& element : *array) {
            const TomlItem name{item.key, &element, element.source().begin};
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

    Config m_config;
    TomlItem m_level = {};
    TomlItem m_start_groups = {};
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
