#include "package/image/image_package.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/environment.hpp"
#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "package/image/image_layers.hpp"
#include "package/image/image_manifest.hpp"
#include "package/image/tar_reader.hpp"

namespace ballast {
namespace {

// Manifests and configurations; those of real images have kilobytes.
constexpr std::uint64_t k_max_json_bytes = 8 * k_mib;
constexpr std::uint64_t k_max_all_json_bytes = 64 * k_mib;
constexpr int k_max_aliases = 8;

// What an archive may swell to, as with zips (zip_tree.cpp); one gzip inside another does more than honest
// layers, which reach 10:1.
constexpr std::uint64_t k_unsuspicious_bytes = 256 * k_mib;
constexpr std::uint64_t k_max_overall_ratio = 200;

Result<Fd> make_nameless_file() {
    std::string parent = environment("TMPDIR");
    if (parent.empty()) parent = "/tmp";
    std::string path = parent + "/ballast-image-XXXXXX";
    Fd fd(::mkostemp(path.data(), O_CLOEXEC));
    if (!fd) return fail_errno(errno, parent, "cannot make a temporary file");
    if (::unlink(path.c_str()) != 0)
        return fail_errno(errno, path, "cannot remove the temporary file's name");
    return fd;
}

class SpoolReader final : public FileReader {
  public:
    SpoolReader(const Fd& spool, std::uint64_t offset, std::uint64_t bytes, const std::string& name)
        : m_spool(spool), m_offset(offset), m_left(bytes), m_name(name) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), m_left));
        BALLAST_CHECK(pread_exact(m_spool, out.first(count), m_offset, m_name));
        m_offset += count;
        m_left -= count;
        return count;
    }

  private:
    const Fd& m_spool;
    std::uint64_t m_offset;
    std::uint64_t m_left;
    const std::string& m_name;
};

class UnpackedImage final : public Package {
  public:
    UnpackedImage(std::string name, Fd spool, ImageLayers::Flat flat, ImageFacts facts)
        : m_name(std::move(name)),
          m_spool(std::move(spool)),
          m_flat(std::move(flat)),
          m_facts(std::move(facts)) {}

    const std::string& name() const override { return m_name; }
    const std::vector<Entry>& entries() const override { return m_flat.entries; }
    const ImageFacts* image() const override { return &m_facts; }
    Result<std::unique_ptr<FileReader>> open(std::size_t index) const override {
        return std::make_unique<SpoolReader>(m_spool, m_flat.offsets[index], m_flat.entries[index].size,
                                             m_name);
    }

  private:
    std::string m_name;
    Fd m_spool;
    ImageLayers::Flat m_flat;
    ImageFacts m_facts;
};

// "./a/../b" and "b" are the same member of the outer tar.
std::string member_name(std::string_view path) {
    std::vector<std::string_view> components;
    for (const auto component : split_components(path)) {
        if (component.empty() || component == ".") continue;
        if (component != "..") {
            components.push_back(component);
        } else if (!components.empty()) {
            components.pop_back();
        }
    }
    return fmt::format("{}", fmt::join(components, "/"));
}

class ImageReader {
  public:
    ImageReader(const Fd& fd, std::string name, const PackageLimits& limits)
        : m_fd(fd), m_name(std::move(name)), m_limits(limits) {}

    Result<std::unique_ptr<Package>> read() {
        struct stat info = {};
        if (::fstat(m_fd.value(), &info) != 0) return fail_errno(errno, m_name, "cannot stat");
        m_archive_bytes = static_cast<std::uint64_t>(info.st_size);
        BALLAST_CHECK(read_outer());
        const ImageFileLookup file = [&](const std::string& path) -> std::optional<std::string_view> {
            const auto found = m_json.find(real_name(path));
            if (found == m_json.end()) return std::nullopt;
            return std::string_view(found->second);
        };
        BALLAST_TRY(const ImageManifest manifest, read_image_manifest(file, m_name));
        for (const auto& layer : manifest.layers) m_members.try_emplace(real_name(layer.path));
        BALLAST_TRY(m_spool, make_nameless_file());
        BALLAST_CHECK(unpack_layers());
        ImageLayers layers(m_name, m_limits);
        for (const auto& layer : manifest.layers) {
            const auto& members = m_members[real_name(layer.path)];
            if (!members)
                return fail(ErrorCode::corrupt, m_name + ": " + printable(layer.path),
                            "is a layer that is missing");
            BALLAST_CHECK(layers.add(layer.name, layer.command, *members));
        }
        BALLAST_TRY(ImageLayers::Flat flat, layers.flatten());
        ImageFacts facts = {manifest.platform, layers.layers()};
        return std::make_unique<UnpackedImage>(m_name, std::move(m_spool), std::move(flat), std::move(facts));
    }

  private:
    // Docker's older versions wrote equal layers once, and symlinks to them.
    std::string real_name(std::string_view path) const {
        std::string name = member_name(path);
        for (int i = 0; i < k_max_aliases; ++i) {
            const auto found = m_aliases.find(name);
            if (found == m_aliases.end()) break;
            name = found->second;
        }
        return name;
    }

    // The JSON files, and which is a link to which.
    Result<void> read_outer() {
        BALLAST_TRY(const auto tar, TarReader::open(m_fd, m_name));
        std::uint64_t members = 0;
        std::uint64_t json_bytes = 0;
        for (;;) {
            BALLAST_CHECK(check_interrupt(m_name));
            BALLAST_TRY(const auto member, tar->next());
            if (!member) return {};
            if (++members > m_limits.max_entries)
                return fail(ErrorCode::corrupt, m_name, "has more members than are allowed");
            const std::string name = member_name(member->path);
            if (member->kind == TarKind::symlink)
                m_aliases[name] = member_name(std::string(parent_path(name)) + "/" + member->target);
            if (member->kind == TarKind::hard_link) m_aliases[name] = member_name(member->target);
            if (member->kind != TarKind::file || member->size > k_max_json_bytes) continue;
            BALLAST_TRY(auto text, read_json(*tar, member->size));
            json_bytes += text.size();
            if (json_bytes > k_max_all_json_bytes)
                return fail(ErrorCode::corrupt, m_name, "has more JSON than any image");
            if (!text.empty()) m_json[name] = std::move(text);
        }
    }

    // "" for what does not start like JSON.
    static Result<std::string> read_json(TarReader& tar, std::uint64_t size) {
        std::string text(static_cast<std::size_t>(size), '\0');
        std::size_t filled = 0;
        while (filled < text.size()) {
            const auto space = std::as_writable_bytes(std::span(text)).subspan(filled);
            BALLAST_TRY(const std::size_t count, tar.read(filled == 0 ? space.first(1) : space));
            if (count == 0) break;
            filled += count;
            if (text.front() != '{' && text.front() != '[') return std::string();
        }
        text.resize(filled);
        return text;
    }

    Result<void> unpack_layers() {
        BALLAST_TRY(const auto tar, TarReader::open(m_fd, m_name));
        for (;;) {
            BALLAST_TRY(const auto member, tar->next());
            if (!member) return {};
            if (member->kind != TarKind::file) continue;
            const auto wanted = m_members.find(member_name(member->path));
            if (wanted == m_members.end() || wanted->second) continue;
            BALLAST_TRY(wanted->second, unpack_layer(*tar, m_name + ": " + printable(member->path)));
        }
    }

    Result<std::vector<LayerMember>> unpack_layer(TarReader& outer, const std::string& name_in_errors) {
        BALLAST_TRY(const auto tar, TarReader::open([&](std::span<std::byte> out) { return outer.read(out); },
                                                    name_in_errors));
        std::vector<LayerMember> members;
        for (;;) {
            BALLAST_CHECK(check_interrupt(m_name));
            BALLAST_TRY(auto member, tar->next());
            if (!member) return members;
            m_path_bytes += member->path.size() + member->target.size();
            if (++m_count > 4 * m_limits.max_entries || m_path_bytes > 2 * k_gib)
                return fail(ErrorCode::corrupt, name_in_errors,
                            "has more, or longer, paths than are allowed");
            members.push_back({std::move(*member), m_spooled});
            if (members.back().kind == TarKind::file)
                BALLAST_CHECK(spool(*tar, members.back(), name_in_errors));
        }
    }

    // Room for what is read is checked before it is, and a bomb noticed while it goes off.
    Result<void> spool(TarReader& tar, const LayerMember& member, const std::string& name_in_errors) {
        const std::string path = name_in_errors + ": " + printable(member.path);
        if (member.size > m_limits.max_unpacked_bytes - m_spooled) {
            return fail(ErrorCode::corrupt, path,
                        fmt::format("with it the layers unpack to more than {}, which is not allowed",
                                    format_size(m_limits.max_unpacked_bytes)));
        }
        std::uint64_t left = member.size;
        while (left > 0) {
            BALLAST_CHECK(check_interrupt(m_name));
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, m_buffer.size()));
            BALLAST_TRY(const std::size_t count, tar.read(std::span(m_buffer).first(wanted)));
            if (count == 0) return fail(ErrorCode::corrupt, path, "ends before its size");
            if (auto written =
                    pwrite_all(m_spool, std::span(m_buffer).first(count), m_spooled, "temporary file");
                !written) {
                if (written.error().code == ErrorCode::no_space)
                    written.error().hint = "set TMPDIR to a directory with room for the unpacked image";
                return written;
            }
            m_spooled += count;
            left -= count;
            if (m_spooled > k_unsuspicious_bytes && m_spooled / k_max_overall_ratio > m_archive_bytes) {
                return fail(ErrorCode::corrupt, path,
                            fmt::format("layers unpack from {} to more than {}: a bomb",
                                        format_size(m_archive_bytes), format_size(m_spooled)));
            }
        }
        return {};
    }

    const Fd& m_fd;
    std::string m_name;
    PackageLimits m_limits;
    std::uint64_t m_archive_bytes = 0;
    std::unordered_map<std::string, std::string> m_json;
    std::unordered_map<std::string, std::string> m_aliases;
    std::unordered_map<std::string, std::optional<std::vector<LayerMember>>>
        m_members;  // of the layers wanted
    Fd m_spool;
    std::uint64_t m_spooled = 0;
    std::uint64_t m_count = 0;
    std::uint64_t m_path_bytes = 0;
    std::vector<std::byte> m_buffer = std::vector<std::byte>(1U << 20U);
};

}  // namespace

bool is_image_start(std::span<const std::byte> start) {
    const auto has = [&](std::size_t at, std::string_view magic) {
        return start.size() >= at + magic.size() &&
               std::memcmp(start.data() + at, magic.data(), magic.size()) == 0;
    };
    return has(257, "ustar") || has(0, "\x1f\x8b") || has(0, "\x28\xb5\x2f\xfd");
}

Result<std::unique_ptr<Package>> open_image_package(Fd fd, const std::string& name,
                                                    const PackageLimits& limits) {
    return ImageReader(fd, name, limits).read();
}

}  // namespace ballast
