#include "package/zip/zip_tree.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "format/links.hpp"
#include "package/zip/zip_format.hpp"

namespace ballast {
namespace {

// Deflate's best is a match of 258 bytes in two bits (RFC 1951: a one-bit length and a one-bit distance).
constexpr std::uint64_t k_max_deflate_ratio = 258 * 8 / 2;

// What a whole archive may swell to. Real packages reach 10:1; debug symbols and sparse images, which
// do better, do it on less than this size.
constexpr std::uint64_t k_unsuspicious_bytes = 256 * k_mib;
constexpr std::uint64_t k_max_overall_ratio = 200;

// Paths average under 100 bytes. Without this bound a few names of 4095 bytes, each a chain of two
// thousand implied directories, would fill the memory.
constexpr std::uint64_t k_max_path_bytes_an_entry = 256;

// What the methods that zips are known to use are called: APPNOTE.TXT, section 4.4.5.
std::string method_name(std::uint16_t method) {
    if (method == 9) return "Deflate64";
    if (method == 12) return "bzip2";
    if (method == 14) return "LZMA";
    if (method == 93) return "Zstandard";
    if (method == 95) return "xz";
    return fmt::format("method {}", method);
}

Result<void> check_record(const ZipRecord& record, const std::string& archive) {
    constexpr std::uint16_t k_unreadable =
        k_zip_flag_encrypted | k_zip_flag_strong_encryption | k_zip_flag_hidden_directory;
    if ((record.flags & k_unreadable) != 0) {
        return distrust(archive, record.name, "is encrypted", "write the zip without a password");
    }
    if (record.method != k_zip_stored && record.method != k_zip_deflated) {
        return distrust(
            archive, record.name,
            fmt::format("is compressed by {}, which is not supported", method_name(record.method)),
            "write the zip with deflate, as 'zip -r' does");
    }
    if (record.method == k_zip_stored && record.bytes != record.compressed_bytes) {
        return distrust(archive, record.name, "is stored as it is, but in another size than its own");
    }
    const std::uint64_t needed =
        record.bytes / k_max_deflate_ratio + (record.bytes % k_max_deflate_ratio != 0 ? 1 : 0);
    if (needed > record.compressed_bytes) {
        return distrust(archive, record.name,
                        fmt::format("claims {} bytes out of {}, more than deflate can hold: a zip bomb",
                                    format_count(record.bytes), format_count(record.compressed_bytes)));
    }
    const bool from_windows =
        record.host == k_zip_host_dos || record.host == k_zip_host_windows || record.host == k_zip_host_vfat;
    if (from_windows && record.name.find('\\') != std::string::npos) {
        return distrust(archive, record.name, "has a backslash in a zip made on Windows",
                        "write it with a tool that separates names with '/', as the format demands");
    }
    return {};
}

// "" for a mode that can be in a package.
std::string_view mode_fault(mode_t mode, bool named_as_directory) {
    switch (mode & S_IFMT) {
        case 0:
        case S_IFREG:
        case S_IFDIR:
        case S_IFLNK:
            break;
        case S_IFSOCK:
            return "is a socket, which a package cannot hold";
        case S_IFIFO:
            return "is a FIFO, which a package cannot hold";
        case S_IFCHR:
        case S_IFBLK:
            return "is a device, which a package cannot hold";
        default:
            return "has a mode that means nothing";
    }
    const mode_t type = mode & S_IFMT;
    if (type != 0 && (type == S_IFDIR) != named_as_directory) {
        return "is a directory by its name or by its mode, and not by the other";
    }
    if (named_as_directory || type == S_IFLNK) return {};
    if ((mode & S_ISUID) != 0) return "is a set-uid file, which a package cannot hold";
    if ((mode & S_ISGID) != 0) return "is a set-gid file, which a package cannot hold";
    return {};
}

Result<Entry> make_entry(const ZipRecord& record, const std::string& archive) {
    BALLAST_CHECK(check_record(record, archive));
    Entry entry;
    entry.path = record.name;
    const bool named_as_directory = entry.path.ends_with('/');
    if (named_as_directory) entry.path.pop_back();
    if (const auto fault = relative_path_fault(entry.path); !fault.empty()) {
        return distrust(archive, record.name, fault);
    }
    const bool has_mode = record.host == k_zip_host_unix || record.host == k_zip_host_os_x;
    const mode_t mode = has_mode ? record.attributes >> 16U : 0;
    if (const auto fault = mode_fault(mode, named_as_directory); !fault.empty()) {
        return distrust(archive, record.name, fault);
    }
    entry.mode = static_cast<std::uint16_t>(mode & k_permission_bits);
    if (named_as_directory) {
        if (record.bytes != 0)
            return distrust(archive, record.name, "is a directory that holds bytes of its own");
        entry.kind = EntryKind::directory;
        if (mode == 0) entry.mode = 0755;
    } else if (S_ISLNK(mode)) {
        if (record.bytes > k_max_path_bytes) {
            return distrust(archive, record.name, "is a symlink whose target is longer than 4095 bytes");
        }
        entry.kind = EntryKind::symlink;
        entry.mode = 0777;
    } else {
        entry.size = record.bytes;
        if (mode == 0) entry.mode = 0644;
    }
    return entry;
}

// The sums over all entries. The compressed bytes are counted, not the file's size, which padding swells.
Result<void> check_sums(const std::vector<ZipRecord>& records, const std::string& archive,
                        const PackageLimits& limits) {
    std::uint64_t bytes = 0;
    std::uint64_t compressed_bytes = 0;
    for (const ZipRecord& record : records) {
        if (record.bytes > limits.max_unpacked_bytes || bytes > limits.max_unpacked_bytes - record.bytes) {
            return distrust(archive, record.name,
                            fmt::format("with it the zip unpacks to more than {}, which is not allowed",
                                        format_size(limits.max_unpacked_bytes)));
        }
        bytes += record.bytes;
        compressed_bytes += record.compressed_bytes;
    }
    if (bytes > k_unsuspicious_bytes && bytes / k_max_overall_ratio > compressed_bytes) {
        const auto largest = std::max_element(records.begin(), records.end(),
                                              [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
        return distrust(archive, largest->name,
                        fmt::format("is the largest of entries that unpack from {} to {}: a zip bomb",
                                    format_size(compressed_bytes), format_size(bytes)));
    }
    return {};
}

// Puts entries, which come in path_before() order, into the tree, each after its parents.
class TreeBuilder {
  public:
    TreeBuilder(const std::string& archive, const PackageLimits& limits)
        : m_archive(archive),
          m_max_entries(limits.max_entries),
          m_max_path_bytes(std::max(std::min(limits.max_entries, k_gib) * k_max_path_bytes_an_entry, k_mib)) {
    }

    Result<void> add(Entry entry, std::size_t record);
    ZipTree take() { return std::move(m_tree); }

  private:
    Result<void> append(Entry entry, std::size_t record);

    const std::string& m_archive;
    std::uint64_t m_max_entries;
    std::uint64_t m_max_path_bytes;
    std::uint64_t m_path_bytes = 0;
    ZipTree m_tree;
    std::vector<std::size_t> m_ancestors;  // of the last entry, and itself: indexes into the tree
};

Result<void> TreeBuilder::add(Entry entry, std::size_t record) {
    const auto& entries = m_tree.entries;
    if (!entries.empty() && entries.back().path == entry.path) {
        return distrust(m_archive, entry.path, "is there twice");
    }
    while (!m_ancestors.empty() && !lies_in(entry.path, entries[m_ancestors.back()].path))
        m_ancestors.pop_back();
    std::size_t known = 0;
    if (!m_ancestors.empty()) {
        const Entry& parent = entries[m_ancestors.back()];
        if (parent.kind != EntryKind::directory) {
            return distrust(m_archive, entry.path,
                            fmt::format("lies below {}, which is a {}", printable(parent.path),
                                        parent.kind == EntryKind::symlink ? "symlink" : "file"));
        }
        known = parent.path.size() + 1;
    }
    for (auto slash = entry.path.find('/', known); slash != std::string::npos;
         slash = entry.path.find('/', slash + 1)) {
        BALLAST_CHECK(
            append({.path = entry.path.substr(0, slash), .kind = EntryKind::directory, .mode = 0755},
                   ZipTree::k_implied));
    }
    return append(std::move(entry), record);
}

Result<void> TreeBuilder::append(Entry entry, std::size_t record) {
    m_path_bytes += entry.path.size();
    if (m_tree.entries.size() == m_max_entries || m_path_bytes > m_max_path_bytes) {
        return distrust(m_archive, entry.path, "with it the zip has more, or longer, paths than are allowed");
    }
    m_ancestors.push_back(m_tree.entries.size());
    m_tree.entries.push_back(std::move(entry));
    m_tree.records.push_back(record);
    return {};
}

}  // namespace

Result<ZipTree> make_zip_tree(const std::vector<ZipRecord>& records, const std::string& archive,
                              const PackageLimits& limits) {
    std::vector<Entry> found;
    found.reserve(records.size());
    for (const ZipRecord& record : records) {
        BALLAST_TRY(auto entry, make_entry(record, archive));
        found.push_back(std::move(entry));
    }
    BALLAST_CHECK(check_sums(records, archive, limits));
    std::vector<std::size_t> order(found.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return path_before(found[a].path, found[b].path); });
    TreeBuilder builder(archive, limits);
    for (const std::size_t record : order) BALLAST_CHECK(builder.add(std::move(found[record]), record));
    return builder.take();
}

Result<void> check_zip_links(const std::vector<Entry>& entries, const std::string& archive) {
    std::unordered_map<std::string_view, std::string_view> targets;
    for (const Entry& entry : entries) {
        if (entry.kind == EntryKind::symlink) targets.emplace(entry.path, entry.target);
    }
    const LinkLookup lookup = [&](std::string_view path) -> std::optional<std::string_view> {
        const auto at = targets.find(path);
        if (at == targets.end()) return std::nullopt;
        return at->second;
    };
    for (const Entry& link : entries) {
        if (link.kind != EntryKind::symlink) continue;
        BALLAST_CHECK(check_interrupt(archive));
        if (!link_stays_inside(link.path, link.target)) {
            return distrust(
                archive, link.path,
                fmt::format("is a symlink that leads out of the package, to '{}'", printable(link.target)));
        }
        if (!resolve_link(link.path, link.target, lookup)) {
            return distrust(archive, link.path,
                            fmt::format("is a symlink to '{}' that leads out of the package through others, "
                                        "or in circles",
                                        printable(link.target)));
        }
    }
    return {};
}

}  // namespace ballast
