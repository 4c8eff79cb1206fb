#include "cli/package_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "config/load_config.hpp"
#include "package/read_entry.hpp"

namespace ballast {
namespace {

// The ballast.toml that lies at the top of a zip. A directory's is found without opening the package, and a
// container image has none.
Result<std::optional<ConfigText>> config_in(const Package& package) {
    const auto index = find_file(package, k_config_file);
    if (!index) return std::nullopt;
    BALLAST_TRY(std::string text, read_entry(package, *index, k_max_config_bytes));
    return ConfigText{std::move(text), printable(package.name()) + ": " + std::string(k_config_file)};
}

Result<Config> load_settings(const std::string& path, const std::optional<ConfigText>& given,
                             const ConfigFlags& flags) {
    BALLAST_TRY(Config config, load_config(path, given));
    if (!flags.store.empty()) BALLAST_CHECK(set_store(config, flags.store, "--store"));
    if (!flags.name.empty()) BALLAST_CHECK(set_name(config, flags.name, "--name"));
    if (!flags.root.empty()) BALLAST_CHECK(set_root(config, flags.root, "--root"));
    if (!flags.include.empty()) config.include = flags.include;
    if (!flags.exclude.empty()) config.exclude = flags.exclude;
    return config;
}

// What an archive holds can lower the limit that it was opened under.
Result<void> check_unpacked(const Package& package, std::uint64_t limit) {
    std::uint64_t bytes = 0;
    for (const auto& entry : package.entries()) {
        bytes += entry.size;
        if (bytes <= limit) continue;
        return fail(ErrorCode::corrupt, package.name() + ": " + printable(entry.path),
                    fmt::format("with it the {} unpacks to more than {}, which is not allowed",
                                package.image() == nullptr ? "zip" : "image", format_size(limit)));
    }
    return {};
}

}  // namespace

void add_config_flags(Command& command, ConfigFlags& flags) {
    command.option("--config FILE", flags.config,
                   "the configuration (default: ballast.toml in the package, or beside it)");
    command.option("--store URL", flags.store,
                   "where packs are kept: s3://BUCKET/PREFIX, file:///DIR, or a plain path");
    command.option("--root DIR", flags.root, "where contexts hydrate (default: /tmp/ballast)");
    command.option("--name NAME", flags.name,
                   "the family that versions belong to (default: the package's name)");
    command.option("--include PATTERN", flags.include, "what leaves, as a gitignore pattern; may be repeated")
        .repeatable();
    command.option("--exclude PATTERN", flags.exclude, "what stays; may be repeated").repeatable();
}

Result<LoadedPackage> load_package(const std::string& path, const ConfigFlags& flags, Images images) {
    std::optional<ConfigText> given;
    if (!flags.config.empty()) BALLAST_SET(given, read_config(flags.config));
    Result<Config> config = load_settings(path, given, flags);
    std::error_code error;
    const bool may_have_own = !given && std::filesystem::is_regular_file(path, error);
    // What is wrong beside a zip does not matter when there is a ballast.toml in it.
    if (!config && !may_have_own) return pass_on(std::move(config));
    PackageLimits limits;
    if (config) limits.max_unpacked_bytes = std::max(limits.max_unpacked_bytes, config->max_unpacked);
    BALLAST_TRY(auto package, open_package(path, limits, images));
    if (may_have_own && package->image() == nullptr) {
        BALLAST_TRY(const auto own, config_in(*package));
        if (own) config = load_settings(path, own, flags);
    }
    if (!config) return pass_on(std::move(config));
    if (std::filesystem::is_regular_file(path, error))
        BALLAST_CHECK(check_unpacked(*package, config->max_unpacked));
    BALLAST_TRY(Inventory inventory, Inventory::take(*package));
    return LoadedPackage{std::move(*config), std::move(package), std::move(inventory)};
}

}  // namespace ballast
