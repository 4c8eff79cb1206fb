#include "package/zip/zip_package.hpp"

#include "package/zip/zip_directory.hpp"
#include "package/zip/zip_extents.hpp"
#include "package/zip/zip_reader.hpp"
#include "package/zip/zip_tree.hpp"

namespace ballast {
namespace {

class ZipPackage final : public Package {
  public:
    ZipPackage(Fd fd, std::string name, std::vector<ZipRecord> records, ZipTree tree)
        : m_fd(std::move(fd)),
          m_name(std::move(name)),
          m_records(std::move(records)),
          m_tree(std::move(tree)) {}

    const std::string& name() const override { return m_name; }
    const std::vector<Entry>& entries() const override { return m_tree.entries; }
    Result<std::unique_ptr<FileReader>> open(std::size_t index) const override {
        return open_zip_entry(m_fd, record_of(index), m_name);
    }

    std::optional<StoredFile> stored(std::size_t index) const override {
        if (m_tree.entries[index].kind != EntryKind::file) return std::nullopt;
        return StoredFile{record_of(index).compressed_bytes, record_of(index).crc};
    }

    // Reads and checks the symlinks' targets, which completes the entries.
    Result<void> read_links();

  private:
    // REQUIRES: the entry is a file or a symlink: directories may have no record.
    const ZipRecord& record_of(std::size_t index) const { return m_records[m_tree.records[index]]; }

    Fd m_fd;
    std::string m_name;
    std::vector<ZipRecord> m_records;
    ZipTree m_tree;
};

Result<void> ZipPackage::read_links() {
    for (std::size_t i = 0; i < m_tree.entries.size(); ++i) {
        Entry& entry = m_tree.entries[i];
        if (entry.kind != EntryKind::symlink) continue;
        BALLAST_TRY(const auto reader, open(i));
        entry.target.resize(static_cast<std::size_t>(record_of(i).bytes));
        BALLAST_CHECK(reader->read(std::as_writable_bytes(std::span(entry.target))));
    }
    return check_zip_links(m_tree.entries, m_name);
}

}  // namespace

Result<std::unique_ptr<Package>> open_zip_package(Fd fd, const std::string& name,
                                                  const PackageLimits& limits) {
    BALLAST_TRY(ZipDirectory directory, read_zip_directory(fd, name, limits.max_entries));
    BALLAST_CHECK(locate_zip_entries(fd, name, directory));
    BALLAST_TRY(ZipTree tree, make_zip_tree(directory.records, name, limits));
    auto package =
        std::make_unique<ZipPackage>(std::move(fd), name, std::move(directory.records), std::move(tree));
    BALLAST_CHECK(package->read_links());
    return package;
}

}  // namespace ballast
