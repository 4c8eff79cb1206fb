#include "cli/push_staged.hpp"

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/size.hpp"
#include "cli/slim_source.hpp"
#include "store/file_store.hpp"
#include "store/open_store.hpp"

namespace ballast {

Result<PushReport> push_staged(const std::string& slim_path, const std::string& store_url,
                               Progress::Output output) {
    BALLAST_TRY(const Slim slim, open_slim_package(slim_path));
    BALLAST_TRY(const Manifest manifest, load_manifest(slim));
    BALLAST_TRY(const auto store, open_store(store_url.empty() ? slim.lock.store : store_url));
    const std::string staging = staging_path(slim_path);
    FileStore staged(staging, staging);
    BALLAST_TRY(Push push, Push::begin(slim.lock, manifest, *store));
    const std::uint64_t bytes = push.needs().bytes;
    Progress progress("pushing", bytes, bytes == 0 ? Progress::Output::quiet : output);
    BALLAST_TRY(const PushReport report, push.send(staged, progress));
    progress.finish();
    BALLAST_CHECK(remove_all(staging));
    return report;
}

std::string push_text(const PushReport& report, const std::string& store) {
    if (report.bytes_sent == 0) return fmt::format("pushed  nothing: {} has all of it\n", store);
    return fmt::format("pushed  {} to {} ({} {} sent, {} there already)\n", format_size(report.bytes_sent),
                       store, report.packs_sent, report.packs_sent == 1 ? "pack" : "packs",
                       report.packs_there);
}

}  // namespace ballast
