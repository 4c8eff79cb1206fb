#include "classify/content_probe.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/interrupt.hpp"
#include "base/parallel.hpp"
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

}  // namespace

Result<std::vector<Content>> probe_contents(const Package& package, const std::vector<std::size_t>& files) {
    std::vector<Content> contents(files.size());
    const auto probe_batch = [&](std::size_t batch) -> Result<void> {
        const std::size_t end = std::min((batch + 1) * k_files_at_a_time, files.size());
        for (std::size_t i = batch * k_files_at_a_time; i < end; ++i) {
            BALLAST_CHECK(check_interrupt(package.name()));
            BALLAST_TRY(contents[i], probe(package, files[i]));
        }
        return {};
    };
    const auto threads = static_cast<unsigned>(
        std::min<std::size_t>({available_cores(), k_max_threads, files.size() / k_files_worth_a_thread + 1}));
    const std::size_t batches = (files.size() + k_files_at_a_time - 1) / k_files_at_a_time;
    BALLAST_CHECK(parallel_for(batches, probe_batch, threads));
    return contents;
}

}  // namespace ballast
