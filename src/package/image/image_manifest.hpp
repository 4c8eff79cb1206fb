#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ballast {

// The layers of one image, as its archive's JSON files name them, from the lowest up.
struct ImageManifest {
    struct Layer {
        std::string path;     // of the layer's tar, in the archive
        std::string name;     // its digest, or that path
        std::string command;  // from the image's history; "" where that does not say
    };
    std::string platform;  // "linux/amd64"; "" where it does not say
    std::vector<Layer> layers = {};
};

// The text of a file in the archive, nullopt when there is none of this path.
using ImageFileLookup = std::function<std::optional<std::string_view>(const std::string& path)>;

// Follows manifest.json (of `docker save`), or else index.json (OCI image layout) over manifests to the
// configuration. All of it is hostile: what has not the expected shape is corrupt. `archive` is named in
// errors. Errors: usage for an archive that is not an image, holds several, or has encrypted layers; corrupt.
Result<ImageManifest> read_image_manifest(const ImageFileLookup& file, const std::string& archive);

}  // namespace ballast
