#include "pack/push_staged.hpp"

#include "base/file.hpp"
#include "store/file_store.hpp"

namespace ballast {

Result<PushReport> push_staged(const Lock& lock, const Manifest& manifest, const std::string& slim_path,
                               Store& store, Progress::Output output) {
    const std::string staging = staging_path(slim_path);
    FileStore staged(staging, staging);
    BALLAST_TRY(Push push, Push::begin(lock, manifest, store));
    const std::uint64_t bytes = push.needs().bytes;
    Progress progress("pushing", bytes, bytes == 0 ? Progress::Output::quiet : output);
    BALLAST_TRY(const PushReport report, push.send(staged, progress));
    progress.finish();
    BALLAST_CHECK(remove_all(staging));
    return report;
}

}  // namespace ballast
