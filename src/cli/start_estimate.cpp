#include "cli/start_estimate.hpp"

#include <fmt/format.h>

#include "base/size.hpp"
#include "format/lock.hpp"
#include "format/manifest.hpp"
#include "format/selection.hpp"

namespace ballast {

Result<ColdStartWork> cold_start_work(const std::string& manifest_bytes,
                                      const std::vector<std::string>& names) {
    BALLAST_TRY(const Manifest manifest, Manifest::parse(manifest_bytes, k_manifest_file));
    std::vector<std::uint16_t> groups;
    for (const auto& name : names) {
        if (const auto group = manifest.find_group(name)) groups.push_back(*group);
    }
    const Selection selection = select_entries(manifest, groups, [](const ManifestEntry&) { return false; });
    ColdStartWork work;
    work.files = selection.file_count();
    for (const auto& needed : selection.frames) {
        const auto& frame = manifest.frames()[needed.frame];
        work.compressed_bytes += frame.compressed_bytes;
        (frame.codec == Codec::zstd  ? work.zstd_bytes
         : frame.codec == Codec::lz4 ? work.lz4_bytes
                                     : work.raw_bytes) += frame.bytes;
    }
    return work;
}

std::string estimate_text(const ColdStartWork& work, const ColdStartEstimate& estimate,
                          const std::vector<std::string>& groups) {
    const std::string what = groups.empty() ? "" : fmt::format(" of {}", fmt::join(groups, ", "));
    return fmt::format(
        "start   about {:.1f} s to fetch {} and write {} files{}: a calculation (network {:.1f}, cores "
        "{:.1f})\n",
        estimate.total, format_size(work.compressed_bytes), format_count(work.files), what, estimate.network,
        estimate.cores);
}

std::string estimate_warning(const ColdStartEstimate& estimate) {
    if (estimate.total < k_worrying_seconds) return {};
    return fmt::format(
        "a cold start may take about {:.1f} s, and Lambda's init phase ends at {:.0f} s: what is not done "
        "then goes on in "
        "the first invocation, within its timeout; hydrate groups ([start] in ballast.toml), or pack less",
        estimate.total, k_init_limit_seconds);
}

}  // namespace ballast
