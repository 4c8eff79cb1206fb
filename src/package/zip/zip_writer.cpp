#include "package/zip/zip_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "package/writing.hpp"
#include "package/zip/zip_source.hpp"

namespace ballast {
namespace {

// 1980-01-01 00:00, the first moment that MS-DOS times can say: year 0, month 1, day 1.
constexpr zip_uint16_t k_dos_date = (0U << 9U) | (1U << 5U) | 1U;
constexpr zip_uint16_t k_dos_time = 0;
constexpr zip_uint32_t k_dos_directory = 0x10;
constexpr zip_uint32_t k_deflate_level = 9;

// The end record alone: an empty zip, which libzip would remove instead of writing.
constexpr std::array k_empty_zip = {'P',  'K',  '\5', '\6', '\0', '\0', '\0', '\0', '\0', '\0', '\0',
                                    '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0'};

int wants_stop(zip_t*, void*) {
    return interrupt_requested() ? 1 : 0;
}

class ZipWriter final : public PackageWriter {
  public:
    ZipWriter(std::string path, Replace existing, AtomicFile file, Fd spool)
        : m_path(std::move(path)),
          m_existing(existing),
          m_file(std::move(file)),
          m_spool(std::move(spool)),
          m_output{.fd = m_file.fd().value(), .name = m_path} {}

    Result<void> open();
    Result<void> add_directory(const Entry& entry) override;
    Result<void> add_symlink(const Entry& entry) override;
    Result<void> add_file(const Entry& entry, FileReader& reader) override;
    Result<void> commit() override;

  private:
    // Adds an entry whose `bytes` are the spool's next.
    Result<void> add(const std::string& name, std::uint64_t bytes, mode_t mode, zip_int32_t method);
    std::string shown(std::string_view path) const { return m_path + ": " + printable(path); }

    std::string m_path;
    Replace m_existing;
    AtomicFile m_file;
    Fd m_spool;
    std::uint64_t m_spooled = 0;
    ZipOutput m_output;
    ZipHandle m_archive;  // before what it writes to and reads from is gone
};

Result<void> ZipWriter::open() {
    BALLAST_TRY(m_archive, open_zip_for_writing(m_output));
    zip_register_cancel_callback_with_state(m_archive.get(), &wants_stop, nullptr, nullptr);
    return {};
}

Result<void> ZipWriter::add(const std::string& name, std::uint64_t bytes, mode_t mode, zip_int32_t method) {
    zip_t* const archive = m_archive.get();
    const auto refuse = [&] {
        return fail(ErrorCode::unavailable, shown(name), "cannot add: " + zip_failure(archive));
    };
    zip_source_t* const source = make_range_source(m_spool, m_spooled, bytes);
    if (source == nullptr) return fail(ErrorCode::unavailable, shown(name), "cannot add: out of memory");
    // ENC_GUESS marks names that are UTF-8 as such and stores all others as they are.
    const zip_int64_t added = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_GUESS);
    if (added < 0) {
        auto refused = refuse();
        zip_source_free(source);
        return refused;
    }
    m_spooled += bytes;
    const auto index = static_cast<zip_uint64_t>(added);
    const zip_uint32_t attributes =
        (static_cast<zip_uint32_t>(mode) << 16U) | (S_ISDIR(mode) ? k_dos_directory : 0U);
    // The time by its stored form: the function that takes a time_t goes through the time zone.
    const bool done = zip_set_file_compression(archive, index, method,
                                               method == ZIP_CM_DEFLATE ? k_deflate_level : 0) == 0 &&
                      zip_file_set_dostime(archive, index, k_dos_time, k_dos_date, 0) == 0 &&
                      zip_file_set_external_attributes(archive, index, 0, ZIP_OPSYS_UNIX, attributes) == 0;
    if (!done) return refuse();
    return {};
}

Result<void> ZipWriter::add_directory(const Entry& entry) {
    BALLAST_CHECK(check_entry_path(entry.path));
    return add(entry.path + "/", 0, S_IFDIR | (entry.mode & k_permission_bits), ZIP_CM_STORE);
}

Result<void> ZipWriter::add_symlink(const Entry& entry) {
    BALLAST_CHECK(check_entry_path(entry.path));
    BALLAST_CHECK(pwrite_all(m_spool, as_bytes(entry.target), m_spooled, shown(entry.path)));
    return add(entry.path, entry.target.size(), S_IFLNK | 0777, ZIP_CM_STORE);
}

Result<void> ZipWriter::add_file(const Entry& entry, FileReader& reader) {
    BALLAST_CHECK(check_entry_path(entry.path));
    BALLAST_CHECK(copy_file(reader, entry, m_spool, m_spooled, shown(entry.path)));
    return add(entry.path, entry.size, S_IFREG | (entry.mode & k_permission_bits),
               entry.size == 0 ? ZIP_CM_STORE : ZIP_CM_DEFLATE);
}

Result<void> ZipWriter::commit() {
    if (zip_get_num_entries(m_archive.get(), 0) == 0) {
        BALLAST_CHECK(m_file.write(std::as_bytes(std::span(k_empty_zip))));
    } else if (zip_close(m_archive.get()) == 0) {
        (void)m_archive.release();
    } else {
        BALLAST_CHECK(check_interrupt(m_path));
        if (m_output.failure) return tl::unexpected(*m_output.failure);
        return fail(ErrorCode::unavailable, m_path, "cannot write the zip: " + zip_failure(m_archive.get()));
    }
    BALLAST_CHECK(check_replaceable(m_path, m_existing));
    BALLAST_CHECK(m_file.commit());
    return {};
}

// A file without a name, so that nothing is left of it however this process ends.
Result<Fd> open_spool(const std::string& directory) {
    Fd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (fd) return fd;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
        return fail_errno(errno, directory, "cannot create a temporary file");
    }
    std::string path = directory + "/.ballast-XXXXXX";  // file systems without O_TMPFILE
    fd = Fd(::mkostemp(path.data(), O_CLOEXEC));
    if (!fd) return fail_errno(errno, directory, "cannot create a temporary file");
    ::unlink(path.c_str());
    return fd;
}

}  // namespace

Result<std::unique_ptr<PackageWriter>> create_zip_writer(const std::string& path, Replace existing) {
    BALLAST_TRY(Fd spool, open_spool(containing_directory(path)));
    BALLAST_TRY(AtomicFile file, AtomicFile::create(path));
    auto writer = std::make_unique<ZipWriter>(path, existing, std::move(file), std::move(spool));
    BALLAST_CHECK(writer->open());
    return writer;
}

}  // namespace ballast
