#include "cli/slim_source.hpp"

#include <filesystem>
#include <memory>

#include "base/file.hpp"
#include "package/open_package.hpp"
#include "package/package.hpp"
#include "package/read_entry.hpp"

namespace ballast {
namespace {

Result<std::string> read_named(const Package& package, std::string_view path, std::uint64_t max_bytes) {
    const auto index = find_file(package, path);
    if (!index) {
        return fail(ErrorCode::not_found, package.name(),
                    "not a slim package: it has no " + std::string(path),
                    "name one with --package, or make one with 'ballast pack'");
    }
    return read_entry(package, *index, max_bytes);
}

}  // namespace

Result<Slim> open_slim_package(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return open_slim_directory(path);
    BALLAST_TRY(std::shared_ptr<const Package> package, open_package(path));
    BALLAST_TRY(const std::string text, read_named(*package, k_lock_file, k_max_lock_bytes));
    Slim slim;
    slim.name = path;
    BALLAST_TRY(slim.lock, parse_lock(text, path + ": " + std::string(k_lock_file)));
    slim.read_manifest = [package] { return read_named(*package, k_manifest_file, k_max_manifest_bytes); };
    return slim;
}

}  // namespace ballast
