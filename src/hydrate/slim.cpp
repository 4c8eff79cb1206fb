#include "hydrate/slim.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>

#include "base/environment.hpp"
#include "base/file.hpp"

namespace ballast {
namespace {

bool is_slim_directory(const std::string& directory) {
    struct stat info = {};
    return ::stat((directory + "/" + std::string(k_lock_file)).c_str(), &info) == 0;
}

}  // namespace

Result<Slim> open_slim_directory(const std::string& directory) {
    const std::string lock_path = directory + "/" + std::string(k_lock_file);
    auto text = read_file(lock_path, k_max_lock_bytes);
    if (!text) {
        if (text.error().code == ErrorCode::not_found) {
            return fail(ErrorCode::not_found, directory, "not a slim package: it has no ballast.lock",
                        "name one with --package, or make one with 'ballast pack'");
        }
        return pass_on(std::move(text));
    }
    Slim slim;
    slim.name = directory;
    BALLAST_TRY(slim.lock, parse_lock(*text, lock_path));
    slim.read_manifest = [path = directory + "/" + std::string(k_manifest_file)] {
        return read_file(path, k_max_manifest_bytes);
    };
    return slim;
}

std::string default_slim_directory() {
    std::array<char, PATH_MAX> buffer = {};
    const auto length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
    std::string own(buffer.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    const auto slash = own.find_last_of('/');
    own = slash == std::string::npos ? "." : own.substr(0, slash);
    if (is_slim_directory(own)) return own;
    std::string task_root = environment("LAMBDA_TASK_ROOT");
    if (!task_root.empty()) return task_root;
    const std::string usual = "/var/task";
    return is_slim_directory(usual) ? usual : own;
}

Result<Manifest> load_manifest(const Slim& slim) {
    const std::string name_in_errors = slim.name + "/" + std::string(k_manifest_file);
    BALLAST_TRY(std::string bytes, slim.read_manifest());
    if (bytes.size() != slim.lock.manifest_bytes || sha256(as_bytes(bytes)) != slim.lock.manifest) {
        return fail(ErrorCode::corrupt, name_in_errors, "does not have the digest that ballast.lock pins",
                    "the package is damaged: deploy it again");
    }
    BALLAST_TRY(Manifest manifest, Manifest::parse(std::move(bytes), name_in_errors));
    if (manifest.tree() != slim.lock.tree) {
        return fail(ErrorCode::corrupt, name_in_errors, "describes another tree than ballast.lock",
                    "the package is damaged: deploy it again");
    }
    return manifest;
}

Result<std::vector<std::string>> groups_for_entry(const Manifest& manifest, const std::string& entry) {
    const auto* found = manifest.find(entry);
    if (found == nullptr) {
        return fail(ErrorCode::not_found, entry, "the tree has no such entry",
                    "name it as it was in the package, like usr/bin/gs");
    }
    if (found->kind == EntryKind::directory || manifest.groups().size() <= 1)
        return std::vector<std::string>();
    return std::vector{std::string(manifest.groups()[found->group])};
}

}  // namespace ballast
