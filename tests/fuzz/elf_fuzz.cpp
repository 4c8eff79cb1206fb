// read_elf() on arbitrary bytes. The input is laid so that it ends at a page that cannot be read: libelf
// is not built with the sanitizers, which would not see it read beyond.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

#include "elf/elf.hpp"

namespace {

class GuardedBytes {
  public:
    GuardedBytes(const std::uint8_t* data, std::size_t size) {
        const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        const std::size_t readable = (size + page - 1) / page * page;
        m_mapped_bytes = readable + page;
        m_mapping =
            ::mmap(nullptr, m_mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (m_mapping == MAP_FAILED) std::abort();
        auto* const start = static_cast<std::byte*>(m_mapping);
        std::byte* const input = start + readable - size;
        if (size > 0) std::memcpy(input, data, size);
        // Not writable either: libelf must not convert in place what the caller gave to be read.
        if (readable > 0 && ::mprotect(start, readable, PROT_READ) != 0) std::abort();
        if (::mprotect(start + readable, page, PROT_NONE) != 0) std::abort();
        m_input = {input, size};
    }
    GuardedBytes(const GuardedBytes&) = delete;
    GuardedBytes& operator=(const GuardedBytes&) = delete;
    ~GuardedBytes() { ::munmap(m_mapping, m_mapped_bytes); }

    std::span<const std::byte> input() const { return m_input; }

  private:
    void* m_mapping = nullptr;
    std::size_t m_mapped_bytes = 0;
    std::span<const std::byte> m_input;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const GuardedBytes bytes(data, size);
    const auto info = ballast::read_elf(bytes.input(), "input");
    if (!info && info.error().code != ballast::ErrorCode::corrupt) std::abort();
    if (info && info->needed.size() > 4096) std::abort();
    return 0;
}
