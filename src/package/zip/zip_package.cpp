#include "package/zip/zip_package.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>

#include "base/relative_path.hpp"
#include "package/zip/zip_directory.hpp"
#include "package/zip/zip_source.hpp"
#include "package/zip/zip_tree.hpp"

namespace ballast {
namespace {

// libzip archives over one file, each lent to one reader at a time, since libzip is not thread-safe.
// A lock around one archive lost: decoding would be serial. An archive for each reader lost: opening
// one reads the whole directory, 20 ms for 10,000 entries. Thread-safe.
class HandlePool {
  public:
    HandlePool(Fd fd, std::uint64_t bytes, std::string archive)
        : m_fd(std::move(fd)), m_bytes(bytes), m_archive(std::move(archive)) {}

    const std::string& archive() const { return m_archive; }

    Result<ZipHandle> take() {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_idle.empty()) {
                ZipHandle handle = std::move(m_idle.back());
                m_idle.pop_back();
                return handle;
            }
        }
        return open_zip_for_reading(m_fd, m_bytes, m_archive);
    }

    void give_back(ZipHandle handle) {
        const std::lock_guard lock(m_mutex);
        m_idle.push_back(std::move(handle));
    }

  private:
    Fd m_fd;
    std::uint64_t m_bytes;
    std::string m_archive;
    std::mutex m_mutex;
    std::vector<ZipHandle> m_idle;
};

class ZipFileReader final : public FileReader {
  public:
    ZipFileReader(HandlePool& pool, ZipHandle handle, zip_file_t* file, std::uint64_t bytes, std::string path)
        : m_pool(pool), m_handle(std::move(handle)), m_file(file), m_left(bytes), m_path(std::move(path)) {}

    ~ZipFileReader() override {
        zip_fclose(m_file);
        m_pool.give_back(std::move(m_handle));
    }

    Result<std::size_t> read(std::span<std::byte> out) override;

  private:
    tl::unexpected<Error> fail_decoding() const;
    Result<void> check_end();

    HandlePool& m_pool;
    ZipHandle m_handle;
    zip_file_t* m_file;
    std::uint64_t m_left;
    std::string m_path;
    bool m_checked = false;
};

tl::unexpected<Error> ZipFileReader::fail_decoding() const {
    zip_error_t* error = zip_file_get_error(m_file);
    if (zip_error_code_zip(error) == ZIP_ER_READ) {
        return fail_errno(zip_error_code_system(error), m_pool.archive(), "cannot read");
    }
    return distrust(m_pool.archive(), m_path,
                    zip_error_code_zip(error) == ZIP_ER_CRC ? "its bytes do not match their CRC"
                                                            : "its compressed bytes are broken");
}

// libzip compares CRC and size when it is asked for more than there is.
Result<void> ZipFileReader::check_end() {
    m_checked = true;
    std::byte more = {};
    const zip_int64_t count = zip_fread(m_file, &more, 1);
    if (count < 0) return fail_decoding();
    if (count > 0) return distrust(m_pool.archive(), m_path, "holds more bytes than the directory says");
    return {};
}

Result<std::size_t> ZipFileReader::read(std::span<std::byte> out) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), m_left));
    std::size_t filled = 0;
    while (filled < wanted) {
        const zip_int64_t count = zip_fread(m_file, out.data() + filled, wanted - filled);
        if (count < 0) return fail_decoding();
        if (count == 0)
            return distrust(m_pool.archive(), m_path, "holds fewer bytes than the directory says");
        filled += static_cast<std::size_t>(count);
    }
    m_left -= filled;
    if (m_left == 0 && !m_checked) BALLAST_CHECK(check_end());
    return filled;
}

class ZipPackage final : public Package {
  public:
    ZipPackage(Fd fd, std::uint64_t bytes, const std::string& name) : m_pool(std::move(fd), bytes, name) {}

    const std::string& name() const override { return m_pool.archive(); }
    const std::vector<Entry>& entries() const override { return m_tree.entries; }
    Result<std::unique_ptr<FileReader>> open(std::size_t index) const override {
        return open_record(index, m_tree.entries[index].size);
    }

    std::optional<StoredFile> stored(std::size_t index) const override { return m_stored[index]; }

    // Takes the tree over, once libzip agrees with the records it was made of, and completes it.
    Result<void> adopt(ZipTree tree, const std::vector<ZipRecord>& records);

  private:
    Result<std::unique_ptr<FileReader>> open_record(std::size_t index, std::uint64_t bytes) const;
    Result<void> compare(const std::vector<ZipRecord>& records) const;
    Result<void> read_target(std::size_t index, std::uint64_t bytes);

    mutable HandlePool m_pool;
    ZipTree m_tree;
    std::vector<std::optional<StoredFile>> m_stored;  // one an entry
};

Result<std::unique_ptr<FileReader>> ZipPackage::open_record(std::size_t index, std::uint64_t bytes) const {
    const std::string& path = m_tree.entries[index].path;
    BALLAST_TRY(ZipHandle handle, m_pool.take());
    zip_file_t* file = zip_fopen_index(handle.get(), m_tree.records[index], 0);
    if (file == nullptr) {
        const std::string cause = zip_failure(handle.get());
        m_pool.give_back(std::move(handle));
        return distrust(name(), path, "cannot be decoded: " + cause);
    }
    return std::make_unique<ZipFileReader>(m_pool, std::move(handle), file, bytes, path);
}

// Two readers of one format can disagree, and what was checked must be what is decoded.
Result<void> ZipPackage::compare(const std::vector<ZipRecord>& records) const {
    BALLAST_TRY(ZipHandle handle, m_pool.take());
    const auto count = zip_get_num_entries(handle.get(), ZIP_FL_UNCHANGED);
    bool same = count >= 0 && static_cast<std::uint64_t>(count) == records.size();
    for (std::size_t i = 0; same && i < records.size(); ++i) {
        zip_stat_t seen = {};
        const char* seen_name = zip_get_name(handle.get(), i, ZIP_FL_ENC_RAW);
        same = seen_name != nullptr && zip_stat_index(handle.get(), i, 0, &seen) == 0 &&
               records[i].name == seen_name && records[i].bytes == seen.size &&
               records[i].compressed_bytes == seen.comp_size && records[i].crc == seen.crc &&
               records[i].method == seen.comp_method && seen.encryption_method == ZIP_EM_NONE;
    }
    m_pool.give_back(std::move(handle));
    if (!same) return distrust(name(), {}, "the directory can be read in two ways");
    return {};
}

Result<void> ZipPackage::read_target(std::size_t index, std::uint64_t bytes) {
    BALLAST_TRY(const auto reader, open_record(index, bytes));
    std::string target(static_cast<std::size_t>(bytes), '\0');
    BALLAST_CHECK(reader->read(std::as_writable_bytes(std::span(target))));
    m_tree.entries[index].target = std::move(target);
    return {};
}

Result<void> ZipPackage::adopt(ZipTree tree, const std::vector<ZipRecord>& records) {
    BALLAST_CHECK(compare(records));
    m_tree = std::move(tree);
    m_stored.resize(m_tree.entries.size());
    for (std::size_t i = 0; i < m_tree.entries.size(); ++i) {
        if (m_tree.entries[i].kind == EntryKind::file) {
            const ZipRecord& record = records[m_tree.records[i]];
            m_stored[i] = StoredFile{record.compressed_bytes, record.crc};
        }
        if (m_tree.entries[i].kind != EntryKind::symlink) continue;
        BALLAST_CHECK(read_target(i, records[m_tree.records[i]].bytes));
    }
    return check_zip_links(m_tree.entries, name());
}

}  // namespace

Result<std::unique_ptr<Package>> open_zip_package(Fd fd, const std::string& name,
                                                  const PackageLimits& limits) {
    struct stat info = {};
    if (::fstat(fd.value(), &info) != 0) return fail_errno(errno, name, "cannot stat");
    BALLAST_TRY(const ZipDirectory directory, read_zip_directory(fd, name, limits.max_entries));
    BALLAST_CHECK(check_zip_extents(fd, name, directory));
    BALLAST_TRY(ZipTree tree, make_zip_tree(directory.records, name, limits));
    auto package =
        std::make_unique<ZipPackage>(std::move(fd), static_cast<std::uint64_t>(info.st_size), name);
    if (tree.entries.empty()) return package;  // libzip refuses some empty zips, and is not needed
    BALLAST_CHECK(package->adopt(std::move(tree), directory.records));
    return package;
}

}  // namespace ballast
