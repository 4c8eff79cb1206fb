#include "classify/package_elf_source.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t k_least_bytes = 4'096;  // read at once: what is asked for next often lies beside
constexpr std::size_t k_skip_bytes = 131'072;   // stays in the cache, unlike the file's own place

}  // namespace

Result<std::unique_ptr<PackageElfSource>> PackageElfSource::create(const Package& package, std::size_t index,
                                                                   std::unique_ptr<FileReader> reader,
                                                                   std::span<const std::byte> start) {
    const auto size = static_cast<std::size_t>(package.entries()[index].size);
    void* memory = ::mmap(nullptr, std::max(size, start.size()), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        return fail_errno(errno, package.name() + ": " + printable(package.entries()[index].path),
                          "cannot map memory");
    }
    std::unique_ptr<PackageElfSource> source(
        new PackageElfSource(package, index, static_cast<std::byte*>(memory), std::max(size, start.size())));
    std::memcpy(memory, start.data(), start.size());
    source->m_reader = std::move(reader);
    source->m_position = start.size();
    source->m_loaded.push_back({0, start.size()});
    return source;
}

PackageElfSource::~PackageElfSource() {
    ::munmap(m_bytes, std::max<std::size_t>(m_size, 1));
}

bool PackageElfSource::is_loaded(std::uint64_t offset, std::uint64_t end) const {
    return std::any_of(m_loaded.begin(), m_loaded.end(),
                       [&](const Interval& loaded) { return loaded.begin <= offset && end <= loaded.end; });
}

Result<void> PackageElfSource::load(std::uint64_t offset, std::uint64_t size) {
    if (size == 0 || is_loaded(offset, offset + size)) return {};
    const std::uint64_t end = std::min<std::uint64_t>(offset + std::max(size, k_least_bytes), m_size);
    auto done = read_to(offset, end);
    if (!done) {
        m_failure = done.error();
        return done;
    }
    m_loaded.push_back({offset, end});
    return {};
}

Result<void> PackageElfSource::read_to(std::uint64_t offset, std::uint64_t end) {
    if (!m_reader || offset < m_position) {
        BALLAST_TRY(m_reader, m_package.open(m_index));
        m_position = 0;
    }
    if (offset > m_position) {
        const auto skipped = std::make_unique_for_overwrite<std::byte[]>(k_skip_bytes);
        while (m_position < offset) {
            const auto step =
                static_cast<std::size_t>(std::min<std::uint64_t>(offset - m_position, k_skip_bytes));
            BALLAST_CHECK(read({skipped.get(), step}));
        }
    }
    return read({m_bytes + offset, static_cast<std::size_t>(end - offset)});
}

Result<void> PackageElfSource::read(std::span<std::byte> out) {
    BALLAST_TRY(const std::size_t count, m_reader->read(out));
    m_position += count;
    if (count == out.size()) return {};
    return fail(ErrorCode::corrupt, m_package.name() + ": " + printable(m_package.entries()[m_index].path),
                fmt::format("ends after {} of {} bytes", m_position, m_size));
}

}  // namespace ballast
