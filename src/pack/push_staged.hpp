#pragma once

#include <string>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "format/lock.hpp"
#include "format/manifest.hpp"
#include "pack/push.hpp"
#include "store/store.hpp"

namespace ballast {

// Pushes what pack_package() staged beside the slim package, whose lock and manifest these are, then removes
// the staged packs: the store has them. Errors: those of Push.
Result<PushReport> push_staged(const Lock& lock, const Manifest& manifest, const std::string& slim_path,
                               Store& store, Progress::Output output);

}  // namespace ballast
