#pragma once

#include <string>
#include <vector>

#include "format/manifest.hpp"

namespace ballast {

// What a manifest describes.
struct ManifestParts {
    std::vector<ManifestEntry> entries;
    std::vector<ManifestContent> contents;
    std::vector<ManifestFrame> frames;
    std::vector<ManifestPack> packs;
    std::vector<std::string> groups;
};

// The bytes of a manifest; the same parts give the same bytes. The tree digest is computed here.
std::string write_manifest(const ManifestParts& parts);

}  // namespace ballast
