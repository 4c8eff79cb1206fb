#include "package/image/image_manifest.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_max_listed_layers = 1000;  // Docker stops at 127
constexpr int k_max_nested_indexes = 4;

class ManifestReader {
  public:
    ManifestReader(const ImageFileLookup& file, const std::string& archive)
        : m_file(file), m_archive(archive) {}

    Result<ImageManifest> read() {
        if (m_file("manifest.json")) return read_docker();
        if (m_file("index.json")) {
            BALLAST_TRY(const Json index, json_at("index.json"));
            return read_index(index, 0);
        }
        return fail(ErrorCode::usage, m_archive,
                    "is neither a zip nor a container image: it has no manifest.json "
                    "or index.json",
                    "write the image with 'docker save', or unpack the tar and name the directory");
    }

  private:
    tl::unexpected<Error> corrupt(const std::string& path, std::string_view message) const {
        return fail(ErrorCode::corrupt, m_archive + ": " + printable(path), message);
    }

    Result<Json> json_at(const std::string& path) const {
        const auto text = m_file(path);
        if (!text) return corrupt(path, "is missing, or too large for what it should be");
        Json json = parse_json(*text);
        if (json.is_discarded()) return corrupt(path, "is not JSON");
        return json;
    }

    // "sha256:ab…" is at blobs/sha256/ab… (OCI image layout).
    Result<std::string> blob_path(const Json& descriptor) const {
        const std::string digest = json_string(descriptor, "digest");
        const std::size_t colon = digest.find(':');
        const bool plain =
            digest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789:+._-") == std::string::npos;
        if (colon == std::string::npos || colon == 0 || colon + 1 == digest.size() || !plain)
            return fail(ErrorCode::corrupt, m_archive, "has a descriptor without a digest");
        std::string path = "blobs/" + digest.substr(0, colon) + "/" + digest.substr(colon + 1);
        if (!relative_path_fault(path).empty())
            return fail(ErrorCode::corrupt, m_archive,
                        "has a digest that is not a name: " + printable(digest));
        return path;
    }

    Result<void> check_layers(const Json& layers, const std::string& shown) const {
        if (!layers.is_array()) return corrupt(shown, "names no layers");
        if (layers.size() > k_max_listed_layers) {
            return corrupt(shown,
                           fmt::format("names {} layers, more than {}", layers.size(), k_max_listed_layers));
        }
        return {};
    }

    Result<ImageManifest> read_docker() {
        BALLAST_TRY(const Json images, json_at("manifest.json"));
        if (!images.is_array() || images.empty()) return corrupt("manifest.json", "names no image");
        if (images.size() > 1) {
            return fail(ErrorCode::usage, m_archive, fmt::format("holds {} images", images.size()),
                        "save one image: docker save NAME:TAG");
        }
        ImageManifest manifest;
        const Json& layers = json_member(images.front(), "Layers");
        BALLAST_CHECK(check_layers(layers, "manifest.json"));
        for (const Json& layer : layers) {
            if (!layer.is_string()) return corrupt("manifest.json", "has a layer that is not a path");
            const std::string path = layer.get<std::string>();
            manifest.layers.push_back({path, path, {}});
        }
        const std::string config = json_string(images.front(), "Config");
        if (!config.empty()) BALLAST_CHECK(take_config(config, manifest));
        return manifest;
    }

    // The one image of an index: the only one, or that for linux/amd64. What BuildKit adds about a build has
    // the platform unknown/unknown.
    Result<ImageManifest> read_index(const Json& index, int depth) {
        std::vector<const Json*> images;
        const Json& manifests = json_member(index, "manifests");
        if (!manifests.is_array()) return corrupt("index.json", "names no manifests");
        for (const Json& manifest : manifests) {
            if (json_string(json_member(manifest, "platform"), "os") != "unknown")
                images.push_back(&manifest);
        }
        if (images.size() > 1) {
            std::erase_if(images, [](const Json* image) {
                const Json& platform = json_member(*image, "platform");
                return json_string(platform, "os") != "linux" ||
                       json_string(platform, "architecture") != "amd64";
            });
        }
        if (images.size() != 1) {
            return fail(ErrorCode::usage, m_archive,
                        fmt::format("holds {} images, and not just one for linux/amd64", manifests.size()),
                        "save one image for one platform");
        }
        BALLAST_TRY(const std::string path, blob_path(*images.front()));
        BALLAST_TRY(const Json found, json_at(path));
        if (json_member(found, "manifests").is_array()) {
            if (depth == k_max_nested_indexes) return corrupt(path, "is an index inside too many others");
            return read_index(found, depth + 1);
        }
        return read_oci(found, path);
    }

    Result<ImageManifest> read_oci(const Json& json, const std::string& shown) {
        const Json& layers = json_member(json, "layers");
        BALLAST_CHECK(check_layers(layers, shown));
        ImageManifest manifest;
        for (const Json& layer : layers) {
            if (json_string(layer, "mediaType").ends_with("+encrypted"))
                return fail(ErrorCode::usage, m_archive, "has an encrypted layer", "save it decrypted");
            BALLAST_TRY(std::string path, blob_path(layer));
            manifest.layers.push_back({std::move(path), json_string(layer, "digest"), {}});
        }
        BALLAST_TRY(const std::string config, blob_path(json_member(json, "config")));
        BALLAST_CHECK(take_config(config, manifest));
        return manifest;
    }

    // What the configuration tells is for people: what is wrong with its shape is left out.
    Result<void> take_config(const std::string& path, ImageManifest& manifest) const {
        BALLAST_TRY(const Json config, json_at(path));
        const std::string os = json_string(config, "os");
        const std::string architecture = json_string(config, "architecture");
        if (!os.empty() && !architecture.empty()) manifest.platform = os + "/" + architecture;
        std::vector<std::string> commands;
        const Json& history = json_member(config, "history");
        if (!history.is_array()) return {};
        for (const Json& step : history) {
            const Json& empty = json_member(step, "empty_layer");
            if (!empty.is_boolean() || !empty.get<bool>())
                commands.push_back(json_string(step, "created_by"));
        }
        if (commands.size() != manifest.layers.size()) return {};
        for (std::size_t i = 0; i < commands.size(); ++i) manifest.layers[i].command = std::move(commands[i]);
        return {};
    }

    const ImageFileLookup& m_file;
    const std::string& m_archive;
};

}  // namespace

Result<ImageManifest> read_image_manifest(const ImageFileLookup& file, const std::string& archive) {
    return ManifestReader(file, archive).read();
}

}  // namespace ballast
