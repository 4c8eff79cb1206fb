#include "hydrate/slim.hpp"

#include "base/file.hpp"

namespace ballast {

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

Result<Manifest> load_manifest(const Slim& slim) {
    const std::string shown = slim.name + "/" + std::string(k_manifest_file);
    BALLAST_TRY(std::string bytes, slim.read_manifest());
    if (bytes.size() != slim.lock.manifest_bytes || sha256(as_bytes(bytes)) != slim.lock.manifest) {
        return fail(ErrorCode::corrupt, shown, "does not have the digest that ballast.lock pins",
                    "the package is damaged: deploy it again");
    }
    BALLAST_TRY(Manifest manifest, Manifest::parse(std::move(bytes), shown));
    if (manifest.tree() != slim.lock.tree) {
        return fail(ErrorCode::corrupt, shown, "describes another tree than ballast.lock",
                    "the package is damaged: deploy it again");
    }
    return manifest;
}

}  // namespace ballast
