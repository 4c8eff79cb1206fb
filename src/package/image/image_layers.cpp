#include "package/image/image_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_whiteout = ".wh.";
constexpr std::string_view k_opaque = ".wh..wh..opq";
constexpr std::string_view k_aufs = ".wh..wh.";  // what AUFS kept for itself
constexpr int k_max_links = 40;                  // as Linux

// Paths average under 100 bytes; see zip_tree.cpp.
constexpr std::uint64_t k_max_path_bytes_an_entry = 256;

}  // namespace

// The bytes of a file, and how many names it has left.
struct ImageLayers::Contents {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::size_t layer = 0;
    std::size_t names = 0;
};

struct ImageLayers::Node {
    EntryKind kind = EntryKind::directory;
    std::uint16_t mode = 0755;
    std::string target = {};
    std::shared_ptr<Contents> contents = nullptr;  // of a file
    Node* parent = nullptr;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children = {};
};

ImageLayers::ImageLayers(std::string archive, const PackageLimits& limits)
    : m_archive(std::move(archive)), m_limits(limits), m_top(std::make_unique<Node>()) {}

ImageLayers::~ImageLayers() = default;

tl::unexpected<Error> ImageLayers::corrupt(std::string_view path, std::string_view message) const {
    return fail(ErrorCode::corrupt, m_archive + ": " + printable(path), message);
}

// "./usr/bin/" and "/usr/bin" are "usr/bin"; "" is the top.
Result<std::string> ImageLayers::clean(std::string_view path) const {
    while (path.starts_with("./") || path.starts_with('/')) path.remove_prefix(path.starts_with('/') ? 1 : 2);
    while (path.ends_with('/')) path.remove_suffix(1);
    if (path.empty() || path == ".") return std::string();
    if (const auto fault = relative_path_fault(path); !fault.empty()) return corrupt(path, fault);
    return std::string(path);
}

Result<ImageLayers::Node*> ImageLayers::add_directory(Node& parent, const std::string& name,
                                                      std::size_t path_bytes) {
    const std::uint64_t most =
        std::max(std::min(m_limits.max_entries, k_gib) * k_max_path_bytes_an_entry, k_mib);
    m_path_bytes += path_bytes;
    if (++m_nodes > m_limits.max_entries || m_path_bytes > most)
        return corrupt(name, "with it the image has more, or longer, paths than are allowed");
    auto node = std::make_unique<Node>();
    node->parent = &parent;
    return parent.children.insert_or_assign(name, std::move(node)).first->second.get();
}

// The directory at a path, following symlinks; nullptr when it is not there and is left so. Errors name the
// member for which it is looked up.
Result<ImageLayers::Node*> ImageLayers::directory_at(std::string_view path, Missing missing,
                                                     std::string_view member) {
    std::deque<std::string> left;
    const auto follow = [&](std::string_view target) {
        std::vector<std::string> components;
        for (std::size_t at = 0; at <= target.size();) {
            const std::size_t end = std::min(target.find('/', at), target.size());
            if (end > at) components.emplace_back(target.substr(at, end - at));
            at = end + 1;
        }
        left.insert(left.begin(), components.begin(), components.end());
    };
    follow(path);
    Node* at = m_top.get();
    int links = 0;
    std::size_t depth_bytes = 0;
    while (!left.empty()) {
        const std::string name = std::move(left.front());
        left.pop_front();
        if (name == ".") continue;
        if (name == "..") {
            if (at->parent != nullptr) at = at->parent;
            continue;
        }
        depth_bytes += name.size() + 1;
        if (depth_bytes > 4 * k_max_path_bytes)
            return corrupt(member, "leads through links of too long a path");
        const auto found = at->children.find(name);
        if (found == at->children.end()) {
            if (missing == Missing::leave) return nullptr;
            BALLAST_TRY(at, add_directory(*at, name, path.size()));
            continue;
        }
        Node& node = *found->second;
        if (node.kind == EntryKind::symlink) {
            if (++links > k_max_links) return corrupt(member, "leads through links in circles");
            if (node.target.starts_with('/')) at = m_top.get();
            follow(node.target);
        } else if (node.kind == EntryKind::file) {
            if (missing == Missing::leave) return nullptr;
            return corrupt(member, fmt::format("lies below {}, which is a file", printable(name)));
        } else {
            at = &node;
        }
    }
    return at;
}

// Takes a node's names away, and what lies below it.
void ImageLayers::drop(Node& node) {
    if (node.contents && --node.contents->names == 0)
        m_layers[node.contents->layer].hidden_bytes += node.contents->bytes;
    for (auto& [name, child] : node.children) drop(*child);
}

Result<void> ImageLayers::hide(std::string_view path) {
    BALLAST_TRY(Node* const parent, directory_at(parent_path(path), Missing::leave, path));
    if (parent == nullptr) return {};
    if (file_name(path) == k_opaque) {
        for (auto& [name, child] : parent->children) drop(*child);
        parent->children.clear();
        return {};
    }
    const auto found = parent->children.find(file_name(path).substr(k_whiteout.size()));
    if (found == parent->children.end()) return {};
    drop(*found->second);
    parent->children.erase(found);
    return {};
}

Result<void> ImageLayers::link(const LayerMember& member, Node& node) {
    BALLAST_TRY(const std::string target, clean(member.target));
    BALLAST_TRY(Node* const parent, directory_at(parent_path(target), Missing::leave, member.path));
    const auto found = parent == nullptr ? m_top->children.end() : parent->children.find(file_name(target));
    if (parent == nullptr || found == parent->children.end() || found->second.get() == &node ||
        found->second->kind == EntryKind::directory) {
        return corrupt(member.path,
                       fmt::format("is a hard link to {}, which is not a file", printable(member.target)));
    }
    const Node& linked = *found->second;  // a symlink can have several names too
    node.kind = linked.kind;
    node.mode = linked.mode;
    node.target = linked.target;
    node.contents = linked.contents;
    if (node.contents) ++node.contents->names;
    return {};
}

Result<void> ImageLayers::put(const LayerMember& member, const std::string& path) {
    BALLAST_TRY(Node* const parent, directory_at(parent_path(path), Missing::make, path));
    const std::string name(file_name(path));
    const auto found = parent->children.find(name);
    const bool merges = found != parent->children.end() && member.kind == TarKind::directory &&
                        found->second->kind == EntryKind::directory;
    if (merges) {
        found->second->mode = member.mode;
        return {};
    }
    std::unique_ptr<Node> replaced;  // a hard link may name the file that it replaces
    if (found != parent->children.end()) replaced = std::move(found->second);
    BALLAST_TRY(Node* const node, add_directory(*parent, name, path.size()));
    node->mode = member.mode;
    ImageLayer& layer = m_layers.back();
    if (member.kind == TarKind::hard_link) {
        BALLAST_CHECK(link(member, *node));
        if (node->kind == EntryKind::file) ++layer.files;
    } else if (member.kind == TarKind::symlink) {
        node->kind = EntryKind::symlink;
        node->mode = 0777;
        node->target = member.target;
        if (node->target.empty() || node->target.size() > k_max_path_bytes)
            return corrupt(path, "is a symlink without a target, or with one longer than 4095 bytes");
    } else if (member.kind == TarKind::file) {
        node->kind = EntryKind::file;
        node->contents =
            std::make_shared<Contents>(Contents{member.offset, member.size, m_layers.size() - 1, 1});
        layer.bytes += member.size;
        ++layer.files;
    }
    if (replaced) drop(*replaced);
    return {};
}

Result<void> ImageLayers::add(const std::string& name, const std::string& command,
                              const std::vector<LayerMember>& members) {
    m_layers.push_back({name, command});
    std::vector<std::pair<std::string, const LayerMember*>> kept;
    for (const auto& member : members) {
        BALLAST_TRY(std::string path, clean(member.path));
        const std::string_view last = file_name(path);
        if (last == k_opaque || (last.starts_with(k_whiteout) && !last.starts_with(k_aufs))) {
            BALLAST_CHECK(hide(path));
        } else if (!path.empty() && path.find(k_aufs) == std::string::npos) {
            kept.emplace_back(std::move(path), &member);
        }
    }
    for (const auto& [path, member] : kept) {
        BALLAST_CHECK(check_interrupt(m_archive));
        if (member->kind != TarKind::other) BALLAST_CHECK(put(*member, path));
    }
    return {};
}

Result<void> ImageLayers::flatten_into(const Node& node, const std::string& path, std::size_t depth,
                                       Flat& flat, std::uint64_t& bytes) const {
    for (const auto& [name, child] : node.children) {
        Entry entry = {path.empty() ? name : fmt::format("{}/{}", path, name), child->kind, child->mode};
        if (const auto fault = relative_path_fault(entry.path); !fault.empty())
            return corrupt(entry.path, fault);
        if (child->contents) {
            entry.size = child->contents->bytes;
            if (entry.size > m_limits.max_unpacked_bytes - bytes) {
                return corrupt(entry.path,
                               fmt::format("with it the image unpacks to more than {}, which is not allowed",
                                           format_size(m_limits.max_unpacked_bytes)));
            }
            bytes += entry.size;
        }
        if (child->target.starts_with('/')) {
            for (std::size_t i = 0; i < depth; ++i) entry.target += "../";
            const std::size_t start = std::min(child->target.find_first_not_of('/'), child->target.size());
            entry.target += child->target.substr(start);
            if (entry.target.empty()) entry.target = ".";
        } else {
            entry.target = child->target;
        }
        const std::string child_path = entry.path;
        flat.offsets.push_back(child->contents ? child->contents->offset : 0);
        flat.entries.push_back(std::move(entry));
        BALLAST_CHECK(flatten_into(*child, child_path, depth + 1, flat, bytes));
    }
    return {};
}

Result<ImageLayers::Flat> ImageLayers::flatten() const {
    Flat flat;
    std::uint64_t bytes = 0;
    BALLAST_CHECK(flatten_into(*m_top, {}, 0, flat, bytes));
    return flat;
}

}  // namespace ballast
