#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "format/entry.hpp"
#include "package/image/image_facts.hpp"
#include "package/image/tar_reader.hpp"
#include "package/package.hpp"

namespace ballast {

// A member of a layer's tar, and where its bytes were put.
struct LayerMember : TarMember {
    std::uint64_t offset = 0;
};

// The files of an image, layer over layer (OCI image specification, "Image Layer Filesystem Changeset"):
// whiteouts remove what lower layers have, never what their own has; a path that comes again replaces the
// one before, but for directories, which merge. As container runtimes do, a path through a symlink leads
// where the link leads inside the image, and a link never leads above its top.
class ImageLayers {
  public:
    // `archive` is named in errors.
    ImageLayers(std::string archive, const PackageLimits& limits);
    ~ImageLayers();

    // Puts a layer over those before. Errors: corrupt for paths that climb or lie below a file, hard links to
    // nothing, links in circles, more or longer paths than the limits allow.
    Result<void> add(const std::string& name, const std::string& command,
                     const std::vector<LayerMember>& members);

    // What there is at the end, as Package::entries() promises, absolute symlinks as relative ones.
    struct Flat {
        std::vector<Entry> entries;
        std::vector<std::uint64_t> offsets;  // of each file's bytes
    };
    // Errors: corrupt when all names together, each with its file's size, have more than the limits allow.
    Result<Flat> flatten() const;

    const std::vector<ImageLayer>& layers() const { return m_layers; }

  private:
    struct Node;
    struct Contents;
    enum class Missing : std::uint8_t { make, leave };

    Result<std::string> clean(std::string_view path) const;
    Result<Node*> directory_at(std::string_view path, Missing missing, std::string_view member);
    Result<Node*> add_directory(Node& parent, const std::string& name, std::size_t path_bytes);
    Result<void> put(const LayerMember& member, const std::string& path);
    Result<void> link(const LayerMember& member, Node& node);
    Result<void> hide(std::string_view path);
    void drop(Node& node);
    Result<void> flatten_into(const Node& node, const std::string& path, std::size_t depth, Flat& flat,
                              std::uint64_t& bytes) const;
    tl::unexpected<Error> corrupt(std::string_view path, std::string_view message) const;

    std::string m_archive;
    PackageLimits m_limits;
    std::unique_ptr<Node> m_top;
    std::vector<ImageLayer> m_layers;
    std::uint64_t m_nodes = 0;
    std::uint64_t m_path_bytes = 0;
};

}  // namespace ballast
