#include "package/image/tar_reader.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "format/entry.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_buffer_bytes = 131'072;
constexpr std::uint64_t k_block_bytes = 512;

TarKind kind_of(archive_entry* entry) {
    if (archive_entry_hardlink(entry) != nullptr) return TarKind::hard_link;
    switch (archive_entry_filetype(entry)) {
        case AE_IFREG:
            return TarKind::file;
        case AE_IFDIR:
            return TarKind::directory;
        case AE_IFLNK:
            return TarKind::symlink;
        default:
            return TarKind::other;
    }
}

void support_compression(archive* archive) {
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_zstd(archive);
}

// Names are bytes here. libarchive keeps those that it cannot convert to the locale as they are, and has
// those of pax headers, which are UTF-8, in that form too.
std::string text_of(const char* bytes, const char* utf8) {
    if (bytes != nullptr) return bytes;
    return utf8 != nullptr ? utf8 : "";
}

}  // namespace

TarReader::TarReader(std::string name) : m_name(std::move(name)), m_archive(archive_read_new()) {
    archive_read_support_format_tar(m_archive);
    archive_read_support_format_empty(m_archive);
}

TarReader::~TarReader() {
    archive_read_free(m_archive);
    archive_read_free(m_unpacker);  // which may be none
}

Result<std::unique_ptr<TarReader>> TarReader::open(const Fd& fd, const std::string& name) {
    if (::lseek(fd.value(), 0, SEEK_SET) != 0) return fail_errno(errno, name, "cannot seek");
    std::unique_ptr<TarReader> reader(new TarReader(name));
    support_compression(reader->m_archive);
    if (archive_read_open_fd(reader->m_archive, fd.value(), k_buffer_bytes) != ARCHIVE_OK)
        return reader->fail_reading();
    return reader;
}

Result<std::unique_ptr<TarReader>> TarReader::open(Source source, const std::string& name) {
    std::unique_ptr<TarReader> reader(new TarReader(name));
    reader->m_source = std::move(source);
    reader->m_packed = std::make_unique_for_overwrite<std::byte[]>(k_buffer_bytes);
    reader->m_plain = std::make_unique_for_overwrite<std::byte[]>(k_buffer_bytes);
    reader->m_unpacker = archive_read_new();
    support_compression(reader->m_unpacker);
    archive_read_support_format_raw(reader->m_unpacker);
    archive_read_support_format_empty(reader->m_unpacker);
    archive_entry* all = nullptr;
    if (archive_read_open(reader->m_unpacker, reader.get(), nullptr, &TarReader::give_packed, nullptr) !=
        ARCHIVE_OK)
        return reader->fail_unpacking();
    const int status = archive_read_next_header(reader->m_unpacker, &all);
    if (status != ARCHIVE_OK && status != ARCHIVE_EOF) return reader->fail_unpacking();
    reader->m_ended = status == ARCHIVE_EOF;
    if (archive_read_open(reader->m_archive, reader.get(), nullptr, &TarReader::give_plain, nullptr) !=
        ARCHIVE_OK)
        return reader->fail_reading();
    return reader;
}

std::ptrdiff_t TarReader::give_packed(archive* unpacker, void* self, const void** bytes) {
    auto& reader = *static_cast<TarReader*>(self);
    auto count = reader.m_source({reader.m_packed.get(), k_buffer_bytes});
    if (!count) {
        archive_set_error(unpacker, EIO, "cannot be read");
        reader.m_error = std::move(count).error();
        return -1;
    }
    *bytes = reader.m_packed.get();
    return static_cast<std::ptrdiff_t>(*count);
}

std::ptrdiff_t TarReader::give_plain(archive* tar, void* self, const void** bytes) {
    auto& reader = *static_cast<TarReader*>(self);
    *bytes = reader.m_plain.get();
    if (!reader.m_ended) {
        const auto count = archive_read_data(reader.m_unpacker, reader.m_plain.get(), k_buffer_bytes);
        if (count > 0) reader.m_given += static_cast<std::uint64_t>(count);
        if (count > 0) return count;
        if (count < 0) {
            archive_set_error(tar, EIO, "cannot be unpacked");
            if (!reader.m_error) reader.m_error = reader.fail_unpacking().value();
            return -1;
        }
        reader.m_ended = true;
    }
    // umoci ends its layers with the last file's last byte, without the zeros up to a whole block and the two
    // empty blocks after it; Docker takes that. Only zeros that are no file's bytes are made up.
    const std::uint64_t missing = (k_block_bytes - reader.m_given % k_block_bytes) % k_block_bytes;
    if (reader.m_left > 0 || missing == 0) return 0;
    std::memset(reader.m_plain.get(), 0, missing);
    reader.m_given += missing;
    return static_cast<std::ptrdiff_t>(missing);
}

tl::unexpected<Error> TarReader::fail_unpacking() {
    if (m_error) return pass_on(*m_error);
    const char* cause = archive_error_string(m_unpacker);
    return fail(ErrorCode::corrupt, m_name,
                std::string("cannot be unpacked: ") + (cause != nullptr ? cause : "unknown cause"));
}

tl::unexpected<Error> TarReader::fail_reading() {
    if (m_error) return pass_on(*m_error);
    const char* cause = archive_error_string(m_archive);
    return fail(ErrorCode::corrupt, m_name,
                std::string("cannot be read as a tar: ") + (cause != nullptr ? cause : "unknown cause"));
}

Result<std::optional<TarMember>> TarReader::next() {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(m_archive, &entry);
    if (status == ARCHIVE_EOF) return std::optional<TarMember>();
    // A warning is about what cannot be converted, such as a name to the locale.
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return fail_reading();
    TarMember member;
    member.path = text_of(archive_entry_pathname(entry), archive_entry_pathname_utf8(entry));
    member.kind = kind_of(entry);
    member.mode = static_cast<std::uint16_t>(archive_entry_perm(entry) & k_permission_bits);
    if (member.kind == TarKind::file) {
        if (archive_entry_size(entry) < 0)
            return fail(ErrorCode::corrupt, m_name, "has a member of a negative size");
        member.size = static_cast<std::uint64_t>(archive_entry_size(entry));
    }
    m_left = member.size;
    if (member.kind == TarKind::hard_link)
        member.target = text_of(archive_entry_hardlink(entry), archive_entry_hardlink_utf8(entry));
    if (member.kind == TarKind::symlink)
        member.target = text_of(archive_entry_symlink(entry), archive_entry_symlink_utf8(entry));
    return std::optional(std::move(member));
}

Result<std::size_t> TarReader::read(std::span<std::byte> out) {
    const auto count = archive_read_data(m_archive, out.data(), out.size());
    if (count < 0) return fail_reading();
    m_left -= std::min(m_left, static_cast<std::uint64_t>(count));
    return static_cast<std::size_t>(count);
}

}  // namespace ballast
