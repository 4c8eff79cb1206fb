#include "config/load_config.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "config/checks.hpp"
#include "config/parse_config.hpp"

namespace ballast {
namespace {

namespace fs = std::filesystem;

// The path without '/' at its end, and with the real name where it ends in "." or "..".
std::string named_path(const std::string& package_path) {
    std::string path = package_path;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    const auto name = file_name(path);
    if (!name.empty() && name != "." && name != "..") return path;
    std::error_code error;
    const auto real = fs::canonical(path.empty() ? "." : path, error);
    return error ? path : real.string();
}

// The package's ballast.toml; "" when it has none.
Result<std::string> find_config(const std::string& package_path) {
    const std::string path = named_path(package_path);
    const auto slash = path.find_last_of('/');
    const std::string beside = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
    for (const auto& candidate :
         {path + "/" + std::string(k_config_file), beside + std::string(k_config_file)}) {
        struct stat status = {};
        if (::stat(candidate.c_str(), &status) == 0) return candidate;
        if (errno != ENOENT && errno != ENOTDIR)
            return fail_errno(errno, printable(candidate), "cannot be read");
    }
    return std::string();
}

// BALLAST_* of the environment; one that is empty is not set.
Result<void> apply_variable(Config& config, const char* variable,
                            Result<void> (*apply)(Config&, const std::string&, std::string_view)) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') return {};
    return apply(config, value, variable);
}

}  // namespace

std::string default_name(const std::string& package_path) {
    constexpr std::string_view k_fallback = "package";
    const std::string path = named_path(package_path);
    std::string name(file_name(path));
    if (name.ends_with(".zip")) name.resize(name.size() - 4);
    for (auto& c : name) {
        if (name_fault(std::string(1, 'a') + c)) c = '-';
    }
    // A name starts with a letter or digit.
    while (!name.empty() && name_fault(name.substr(0, 1))) name.erase(0, 1);
    if (name.size() > 128) name.resize(128);
    return name.empty() ? std::string(k_fallback) : name;
}

Result<ConfigText> read_config(const std::string& path) {
    BALLAST_TRY(std::string text, read_file(path, k_mib));
    return ConfigText{std::move(text), printable(path)};
}

Result<Config> load_config(const std::string& package_path, const std::optional<ConfigText>& given) {
    Config config;
    std::optional<ConfigText> found = given;
    if (!found) {
        BALLAST_TRY(const std::string path, find_config(package_path));
        if (!path.empty()) BALLAST_SET(found, read_config(path));
    }
    if (found) BALLAST_SET(config, parse_config(found->text, found->shown));
    BALLAST_CHECK(apply_variable(config, "BALLAST_NAME", set_name));
    BALLAST_CHECK(apply_variable(config, "BALLAST_STORE", set_store));
    BALLAST_CHECK(apply_variable(config, "BALLAST_ROOT", set_root));
    if (config.name.empty()) config.name = default_name(package_path);
    return config;
}

}  // namespace ballast
