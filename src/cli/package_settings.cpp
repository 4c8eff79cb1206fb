#include "cli/package_settings.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "package/open_package.hpp"
#include "package/read_entry.hpp"

namespace ballast {

void add_config_flags(CLI::App& command, ConfigFlags& flags) {
    command
        .add_option("--config", flags.config,
                    "the configuration (default: ballast.toml in the package, or beside it)")
        ->type_name("FILE");
    command
        .add_option("--store", flags.store,
                    "where packs are kept: s3://BUCKET/PREFIX, file:///DIR, or a plain path")
        ->type_name("URL");
    command.add_option("--root", flags.root, "where contexts hydrate (default: /tmp/ballast)")
        ->type_name("DIR");
    command
        .add_option("--name", flags.name, "the family that versions belong to (default: the package's name)")
        ->type_name("NAME");
    for (auto [flag, list, what] :
         {std::tuple("--include", &flags.include, "what leaves, as a gitignore pattern; may be repeated"),
          std::tuple("--exclude", &flags.exclude, "what stays; may be repeated")}) {
        command.add_option(flag, *list, what)
            ->type_name("PATTERN")
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
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

void warn(const std::string& text) {
    std::fputs(("ballast: warning: " + printable(text) + "\n").c_str(), stderr);
}

Colours colours_of_stdout() {
    const char* refused = std::getenv("NO_COLOR");
    const bool wanted = refused == nullptr || *refused == '\0';
    return wanted && ::isatty(STDOUT_FILENO) == 1 ? Colours::on : Colours::off;
}

}  // namespace ballast
