#include "classify/content_probe.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>

#include "base/interrupt.hpp"
#include "classify/package_elf_source.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_start_bytes = 4096;  // most of an ELF file's headers
constexpr std::size_t k_smallest_bytes = 8;  // "!<arch>\n" is the shortest that says anything
constexpr std::size_t k_files_at_a_time = 16;
constexpr std::size_t k_files_worth_a_thread = 64;  // starting one costs about as much as reading these
constexpr unsigned k_max_threads = 4;

bool starts_with(std::span<const std::byte> bytes, std::string_view text) {
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

Content::Kind kind_of(std::span<const std::byte> start) {
    if (is_elf(start)) return Content::Kind::elf;
    if (starts_with(start, "!<arch>\n") || starts_with(start, "!<thin>\n")) return Content::Kind::archive;
    return starts_with(start, "#!") ? Content::Kind::script : Content::Kind::other;
}

Result<Content> probe(const Package& package, std::size_t index) {
    const Entry& entry = package.entries()[index];
    Content content;
    if (entry.size < k_smallest_bytes) return content;
    BALLAST_TRY(auto reader, package.open(index));
    std::array<std::byte, k_start_bytes> buffer;
    BALLAST_TRY(const std::size_t count, reader->read(buffer));
    const auto start = std::span<const std::byte>(buffer).first(count);
    content.kind = kind_of(start);
    if (content.kind != Content::Kind::elf) return content;
    BALLAST_TRY(const auto source, PackageElfSource::create(package, index, std::move(reader), start));
    auto info = read_elf(*source, entry.path);
    if (info) {
        content.elf = std::move(*info);
    } else if (source->failure()) {
        return pass_on(*source->failure());
    } else {
        content.elf_fault = std::move(info.error().message);
    }
    return content;
}

class Prober {
  public:
    Prober(const Package& package, const std::vector<std::size_t>& files)
        : m_package(package), m_files(files), m_contents(files.size()) {}

    Result<std::vector<Content>> run() {
        const std::size_t wanted =
            std::min<std::size_t>({std::max(std::thread::hardware_concurrency(), 1U), k_max_threads,
                                   m_files.size() / k_files_worth_a_thread + 1});
        std::vector<std::thread> others;
        for (std::size_t i = 1; i < wanted; ++i) others.emplace_back([this] { work(); });
        work();
        for (auto& thread : others) thread.join();
        if (m_error) return pass_on(std::move(*m_error));
        return std::move(m_contents);
    }

  private:
    void work() {
        for (;;) {
            const std::size_t first = m_next.fetch_add(k_files_at_a_time);
            if (first >= m_files.size()) return;
            const std::size_t last = std::min(first + k_files_at_a_time, m_files.size());
            for (std::size_t i = first; i < last; ++i) {
                auto content =
                    check_interrupt(m_package.name()).and_then([&] { return probe(m_package, m_files[i]); });
                if (!content) return fail_at(i, std::move(content.error()));
                m_contents[i] = std::move(*content);
            }
        }
    }

    // Files before the failing one are all probed, whoever has them: the error that is given does not
    // depend on which thread is faster.
    void fail_at(std::size_t position, Error error) {
        m_next = m_files.size();
        const std::lock_guard lock(m_mutex);
        if (m_error && m_error_position < position) return;
        m_error = std::move(error);
        m_error_position = position;
    }

    const Package& m_package;
    const std::vector<std::size_t>& m_files;
    std::vector<Content> m_contents;
    std::atomic<std::size_t> m_next = 0;
    std::mutex m_mutex;
    std::optional<Error> m_error;
    std::size_t m_error_position = 0;
};

}  // namespace

Result<std::vector<Content>> probe_contents(const Package& package, const std::vector<std::size_t>& files) {
    return Prober(package, files).run();
}

}  // namespace ballast
