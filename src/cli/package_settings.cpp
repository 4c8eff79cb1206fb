#include "cli/package_settings.hpp"

#include <filesystem>
#include <optional>

#include "base/file.hpp"
#include "base/relative_path.hpp"

namespace ballast {

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

namespace {

// The ballast.toml that lies at the top of a zip. A directory's is found without opening the package.
Result<std::optional<ConfigText>> config_in_zip(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
    const auto opened = open_package(path);
    // A container image has no configuration; what is none of them is told when it is opened.
    if (!opened && opened.error().code == ErrorCode::usage) return std::nullopt;
    if (!opened) return tl::unexpected<Error>(opened.error());
    const auto& package = *opened;
    const auto& entries = package->entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].kind != EntryKind::file || entries[i].path != k_config_file) continue;
        BALLAST_TRY(std::string text, read_entry(*package, i, k_max_config_bytes));
        return ConfigText{std::move(text), printable(path) + ": " + std::string(k_config_file)};
    }
    return std::nullopt;
}

Result<Config> load_config_of(const std::string& path, const ConfigFlags& flags) {
    std::optional<ConfigText> given;
    if (!flags.config.empty()) {
        BALLAST_TRY(given, read_config(flags.config));
    } else {
        BALLAST_TRY(given, config_in_zip(path));
    }
    return load_config(path, given);
}

Result<LoadedPackage> load_settings(const std::string& path, const ConfigFlags& flags) {
    LoadedPackage loaded;
    BALLAST_TRY(loaded.config, load_config_of(path, flags));
    if (!flags.store.empty()) BALLAST_CHECK(set_store(loaded.config, flags.store, "--store"));
    if (!flags.name.empty()) BALLAST_CHECK(set_name(loaded.config, flags.name, "--name"));
    if (!flags.root.empty()) BALLAST_CHECK(set_root(loaded.config, flags.root, "--root"));
    if (!flags.include.empty()) loaded.config.include = flags.include;
    if (!flags.exclude.empty()) loaded.config.exclude = flags.exclude;
    return loaded;
}

}  // namespace

Result<LoadedPackage> load_package(const std::string& path, const ConfigFlags& flags) {
    BALLAST_TRY(LoadedPackage loaded, load_settings(path, flags));
    BALLAST_TRY(loaded.package, open_package(path, {.max_unpacked_bytes = loaded.config.max_unpacked}));
    BALLAST_TRY(loaded.facts, classify(*loaded.package));
    return loaded;
}

Result<LoadedPackage> load_package_or_image(const std::string& path, const ConfigFlags& flags) {
    BALLAST_TRY(LoadedPackage loaded, load_settings(path, flags));
    BALLAST_TRY(Openable opened,
                open_package_or_image(path, {.max_unpacked_bytes = loaded.config.max_unpacked}));
    loaded.package = std::move(opened.package);
    loaded.image = opened.image;
    BALLAST_TRY(loaded.facts, classify(*loaded.package));
    return loaded;
}

}  // namespace ballast
