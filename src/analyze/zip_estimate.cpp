#include "analyze/zip_estimate.hpp"

#define ZLIB_CONST  // next_in points to what is only read
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "analyze/file_window.hpp"
#include "base/interrupt.hpp"
#include "base/parallel.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t k_block_bytes = 4'096;         // of a sample
constexpr std::uint64_t k_whole_block_bytes = 65'536;  // where all is deflated
constexpr std::uint64_t k_window_bytes = 32'768;       // how far back deflate looks
constexpr std::uint64_t k_max_blocks = 256;
constexpr std::size_t k_max_more_kinds = 48;  // that are sampled though none of those blocks lies in them
constexpr int k_level = 6;

// Of the zip format (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16): a local and a central header with a name each,
// and the end record.
constexpr std::uint64_t k_headers_bytes = 30 + 46;
constexpr std::uint64_t k_end_bytes = 22;

struct Block {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    double weight = 1;
};

// The blocks of one file to deflate, in the file's order. A block drawn twice is there twice.
struct Sample {
    std::size_t file = 0;  // among the package's entries
    std::size_t kind = 0;
    bool drawn = true;  // false for one that only its kind has
    std::vector<Block> blocks = {};
    double left = 0;    // what deflate leaves of each block, 0 to 1, times the block's weight
    double weight = 0;  // the sum of the blocks' weights
};

struct Kinds {
    std::vector<std::size_t> files;    // all that are not empty, those of a kind side by side
    std::vector<std::size_t> of;       // the kind of each entry
    std::vector<std::uint64_t> bytes;  // of each kind
    std::vector<std::size_t> largest;  // the largest file of each kind
    std::size_t count() const { return bytes.size(); }
};

Kinds sort_into_kinds(const std::vector<Entry>& entries) {
    std::vector<std::pair<std::string, std::size_t>> files;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].kind == EntryKind::file && entries[i].size > 0)
            files.emplace_back(kind_of_name(entries[i].path), i);
    }
    std::sort(files.begin(), files.end());
    Kinds kinds;
    kinds.of.resize(entries.size());
    for (std::size_t at = 0; at < files.size(); ++at) {
        const std::size_t file = files[at].second;
        if (at == 0 || files[at].first != files[at - 1].first) {
            kinds.bytes.push_back(0);
            kinds.largest.push_back(file);
        }
        kinds.files.push_back(file);
        kinds.of[file] = kinds.count() - 1;
        kinds.bytes.back() += entries[file].size;
        if (entries[file].size > entries[kinds.largest.back()].size) kinds.largest.back() = file;
    }
    return kinds;
}

// The block of those that the file is cut into which holds `offset`.
Block sampled_block(std::uint64_t offset, std::uint64_t file_bytes) {
    const std::uint64_t start = offset / k_block_bytes * k_block_bytes;
    return {start, std::min(k_block_bytes, file_bytes - start), 1};
}

std::vector<Block> all_blocks(std::uint64_t file_bytes) {
    std::vector<Block> blocks;
    for (std::uint64_t at = 0; at < file_bytes; at += k_whole_block_bytes) {
        const std::uint64_t size = std::min(k_whole_block_bytes, file_bytes - at);
        blocks.push_back({at, size, static_cast<double>(size)});
    }
    return blocks;
}

// All blocks of all files where there are few, each with the weight of its bytes; else those at evenly
// spread points, whose bytes count by how likely they are drawn.
std::vector<Sample> draw(const std::vector<Entry>& entries, const Kinds& kinds, std::uint64_t all_bytes) {
    const bool whole = all_bytes <= k_max_blocks * k_block_bytes;
    std::vector<Sample> samples;
    std::uint64_t before = 0;  // the bytes of the files that came already
    std::uint64_t drawn = 0;
    for (const std::size_t file : kinds.files) {
        const std::uint64_t size = entries[file].size;
        Sample sample = {file, kinds.of[file]};
        if (whole) {
            sample.blocks = all_blocks(size);
        } else {
            // The middle of the drawn-th of equal parts; in double, since the product may not fit.
            const auto point = [&] {
                return (static_cast<double>(drawn) + 0.5) * static_cast<double>(all_bytes) /
                       double{k_max_blocks};
            };
            while (drawn < k_max_blocks && point() < static_cast<double>(before + size)) {
                const auto offset =
                    static_cast<std::uint64_t>(std::max(point() - static_cast<double>(before), 0.0));
                sample.blocks.push_back(sampled_block(std::min(offset, size - 1), size));
                ++drawn;
            }
        }
        before += size;
        if (!sample.blocks.empty()) samples.push_back(std::move(sample));
    }
    return samples;
}

// One block in the middle of the largest file of each of the largest kinds that have none.
void draw_for_kinds(const std::vector<Entry>& entries, const Kinds& kinds, std::vector<Sample>& samples) {
    std::vector<bool> sampled(kinds.count());
    for (const auto& sample : samples) sampled[sample.kind] = true;
    std::vector<std::size_t> missing;
    for (std::size_t kind = 0; kind < kinds.count(); ++kind) {
        if (!sampled[kind]) missing.push_back(kind);
    }
    std::stable_sort(missing.begin(), missing.end(),
                     [&](auto a, auto b) { return kinds.bytes[a] > kinds.bytes[b]; });
    missing.resize(std::min(missing.size(), k_max_more_kinds));
    for (const std::size_t kind : missing) {
        const std::size_t file = kinds.largest[kind];
        Sample sample = {file, kind, false};
        sample.blocks.push_back(sampled_block(entries[file].size / 2, entries[file].size));
        samples.push_back(std::move(sample));
    }
}

class Deflater {
  public:
    Deflater() {
        // Raw deflate, as zips hold it, with zlib's usual memory.
        m_ready = deflateInit2(&m_stream, k_level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK;
        m_out.resize(deflateBound(&m_stream, k_whole_block_bytes) + 64);
    }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;
    ~Deflater() {
        if (m_ready) deflateEnd(&m_stream);
    }

    // How much deflate leaves of a block that follows `seen`, at most 1: what does not shrink is stored.
    double ratio(std::span<const std::byte> seen, std::span<const std::byte> block) {
        if (!m_ready || deflateReset(&m_stream) != Z_OK) return 1;
        if (!seen.empty()) {
            deflateSetDictionary(&m_stream, reinterpret_cast<const Bytef*>(seen.data()),
                                 static_cast<uInt>(seen.size()));
        }
        m_stream.next_in = reinterpret_cast<const Bytef*>(block.data());
        m_stream.avail_in = static_cast<uInt>(block.size());
        m_stream.next_out = m_out.data();
        m_stream.avail_out = static_cast<uInt>(m_out.size());
        if (deflate(&m_stream, Z_FINISH) != Z_STREAM_END) return 1;
        return std::min(1.0, static_cast<double>(m_stream.total_out) / static_cast<double>(block.size()));
    }

  private:
    z_stream m_stream = {};
    bool m_ready = false;
    std::vector<Bytef> m_out;
};

Result<void> deflate_sample(const Package& package, Deflater& deflater, Sample& sample) {
    BALLAST_CHECK(check_interrupt(package.name()));
    BALLAST_TRY(FileWindow window, FileWindow::open(package, sample.file, k_window_bytes));
    for (const Block& block : sample.blocks) {
        BALLAST_CHECK(window.move_to(block.offset, block.size));
        sample.left += block.weight * deflater.ratio(window.before(), window.bytes());
        sample.weight += block.weight;
    }
    return {};
}

// Each sample's result is its own, so that their sum does not depend on which thread was faster.
Result<void> deflate_all(const Package& package, std::vector<Sample>& samples) {
    constexpr unsigned k_threads = 2;
    const auto deflate_one = [&](std::size_t i) {
        thread_local Deflater deflater;  // its memory takes longer to make than a block to deflate
        return deflate_sample(package, deflater, samples[i]);
    };
    return parallel_for(samples.size(), deflate_one, k_threads);
}

struct Ratio {
    double left = 0;
    double weight = 0;
    void add(const Sample& sample) {
        left += sample.left;
        weight += sample.weight;
    }
    double value(double otherwise) const { return weight > 0 ? left / weight : otherwise; }
};

// The ratio of each kind, such that together they leave what the mean of all leaves.
std::vector<double> ratios_of(const Kinds& kinds, const std::vector<Sample>& samples,
                              std::uint64_t all_bytes) {
    Ratio all;
    std::vector<Ratio> of(kinds.count());
    for (const auto& sample : samples) {
        if (sample.drawn) all.add(sample);
        of[sample.kind].add(sample);
    }
    const double mean = all.value(0);
    std::vector<double> ratios;
    double left = 0;
    for (std::size_t kind = 0; kind < kinds.count(); ++kind) {
        ratios.push_back(of[kind].value(mean));
        left += ratios.back() * static_cast<double>(kinds.bytes[kind]);
    }
    const double scale = left > 0 ? mean * static_cast<double>(all_bytes) / left : 1;
    for (auto& ratio : ratios) ratio *= scale;
    return ratios;
}

}  // namespace

std::string kind_of_name(std::string_view path) {
    const std::string_view name = file_name(path);
    if (name.find(".so.") != std::string_view::npos) return ".so";
    std::string kind(extension(name));
    for (char& letter : kind) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return kind;
}

std::uint64_t zip_headers_bytes(const std::vector<Entry>& entries) {
    std::uint64_t bytes = k_end_bytes;
    for (const auto& entry : entries) {
        const std::uint64_t slash = entry.kind == EntryKind::directory ? 1 : 0;
        bytes += k_headers_bytes + 2 * (entry.path.size() + slash) + entry.target.size();
    }
    return bytes;
}

Result<ZipEstimate> estimate_zip(const Package& package) {
    const auto& entries = package.entries();
    const Kinds kinds = sort_into_kinds(entries);
    const auto all_bytes = std::accumulate(kinds.bytes.begin(), kinds.bytes.end(), std::uint64_t{0});
    std::vector<Sample> samples = draw(entries, kinds, all_bytes);
    draw_for_kinds(entries, kinds, samples);
    BALLAST_CHECK(deflate_all(package, samples));
    const std::vector<double> ratios = ratios_of(kinds, samples, all_bytes);
    ZipEstimate estimate;
    estimate.file_bytes.resize(entries.size());
    double carried = 0;  // so that the parts' rounding does not add up
    for (const std::size_t file : kinds.files) {
        const double part = ratios[kinds.of[file]] * static_cast<double>(entries[file].size) + carried;
        estimate.file_bytes[file] = static_cast<std::uint64_t>(std::max(std::floor(part), 0.0));
        carried = part - static_cast<double>(estimate.file_bytes[file]);
        estimate.bytes += estimate.file_bytes[file];
    }
    estimate.bytes += zip_headers_bytes(entries);
    return estimate;
}

}  // namespace ballast
