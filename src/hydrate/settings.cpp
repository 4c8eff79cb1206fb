#include "hydrate/settings.hpp"

#include <algorithm>

#include "base/duration.hpp"
#include "base/environment.hpp"
#include "base/integer.hpp"
#include "hydrate/wanted_groups.hpp"
#include "store/open_source.hpp"

namespace ballast {
namespace {

// The last that is not empty.
std::string latest(const std::string& from_lock, const char* variable, const std::string& said) {
    if (!said.empty()) return said;
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
    if (!parse_integer(text, at) || at < 0) {
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

Result<HydrateOptions> complete_options(const Lock& lock, HydrateOptions said) {
    HydrateOptions options = std::move(said);
    options.root = latest(lock.root, "BALLAST_ROOT", options.root);
    options.store = latest(lock.store, "BALLAST_STORE", options.store);
    BALLAST_TRY(options.groups, wanted_groups(lock, options.groups));
    BALLAST_TRY(const Deadline deadline, environment_deadline());
    if (options.deadline == Deadline::max()) BALLAST_SET(options.deadline, environment_timeout());
    options.deadline = std::min(options.deadline, deadline);
    options.open_source = [url = options.store,
                           source_options = SourceOptions{options.deadline, options.on_trouble}] {
        return open_source(url, source_options);
    };
    options.fetch.second_requests = environment("BALLAST_SECOND_REQUESTS") != "off";
    return options;
}

}  // namespace ballast
