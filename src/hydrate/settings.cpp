#include "hydrate/settings.hpp"

#include <algorithm>
#include <charconv>

#include "base/duration.hpp"
#include "base/environment.hpp"
#include "hydrate/start.hpp"
#include "store/store.hpp"

namespace ballast {
namespace {

// The last that is not empty.
std::string latest(const std::string& from_lock, const char* variable, const std::string& wish) {
    if (!wish.empty()) return wish;
    const std::string from_environment = environment(variable);
    return from_environment.empty() ? from_lock : from_environment;
}

Result<Deadline> environment_timeout() {
    const std::string text = environment("BALLAST_TIMEOUT");
    if (text.empty()) return Deadline::max();
    BALLAST_TRY(const auto duration, parse_duration(text, "BALLAST_TIMEOUT"));
    return std::chrono::steady_clock::now() + duration;
}

Result<Deadline> environment_deadline() {
    const std::string text = environment("BALLAST_DEADLINE_MS");
    if (text.empty()) return Deadline::max();
    std::int64_t at = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at);
    if (error != std::errc() || end != text.data() + text.size() || at < 0) {
        return fail(ErrorCode::usage, "BALLAST_DEADLINE_MS", "'" + text + "' is not a time",
                    "say milliseconds since 1970, as Lambda-Runtime-Deadline-Ms does");
    }
    return deadline_at(at);
}

}  // namespace

Deadline deadline_at(std::int64_t milliseconds_since_1970) {
    constexpr std::int64_t k_longest_ms = 100LL * 365 * 86'400 * 1000;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto left = std::chrono::milliseconds(std::min(milliseconds_since_1970, k_longest_ms)) -
                      std::chrono::floor<std::chrono::milliseconds>(now);
    return std::chrono::steady_clock::now() + left;
}

Result<HydrateSettings> hydrate_settings(const Lock& lock, const HydrateWishes& wishes) {
    HydrateSettings settings;
    HydrateOptions& options = settings.options;
    options.root = latest(lock.root, "BALLAST_ROOT", wishes.root);
    BALLAST_TRY(options.groups, wanted_groups(lock, wishes.groups));
    BALLAST_TRY(const Deadline deadline, environment_deadline());
    options.deadline = wishes.deadline;
    if (options.deadline == Deadline::max()) {
        BALLAST_TRY(options.deadline, environment_timeout());
    }
    options.deadline = std::min(options.deadline, deadline);
    settings.store = latest(lock.store, "BALLAST_STORE", wishes.store);
    const StoreOptions store_options{.deadline = options.deadline, .on_trouble = wishes.on_trouble};
    options.open_store = [store = settings.store, store_options] { return open_store(store, store_options); };
    options.pipeline.fetch.second_requests = environment("BALLAST_SECOND_REQUESTS") != "off";
    return settings;
}

}  // namespace ballast
