#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "simulate/distribution.hpp"

namespace ballast {

// Which idle context takes the next request. AWS takes the one used last (in 99.5 % of the choices in
// recordings of 2020), which lets the others expire: the rule decides about cold starts more than the expiry.
enum class Routing : std::uint8_t { most_recent, least_recent, random, oldest, newest };

std::string_view to_string(Routing routing);
// Errors: usage, with the names there are.
Result<Routing> parse_routing(std::string_view name);

// How long a context stays when nobody needs it.
struct Expiry {
    Distribution idle = Distribution::uniform(5 * k_minute_us, 7 * k_minute_us);
    // For one that falls idle while the function has another context: recordings show that spare ones
    // outlive a lone one. Nothing: the same.
    std::optional<Distribution> spare = {};
    std::int64_t max_age_us = k_never_us;  // then it is replaced, however busy; a running request ends first
};

// What was measured of AWS Lambda, and when: "2017, 2019, ...".
std::string preset_names();
inline constexpr std::string_view k_default_preset = "2021";
// Errors: usage, with the names there are.
Result<Expiry> expiry_preset(std::string_view name);

// What runs the function.
struct Platform {
    Routing routing = Routing::most_recent;
    Expiry expiry = {};
    std::uint32_t concurrency = UINT32_MAX;     // requests at once; more are rejected and do not come again
    std::uint32_t provisioned = 0;              // contexts kept initialised, used first
    std::int64_t deploy_every_us = 0;           // 0: never; counted from the first request
    std::vector<std::int64_t> deploys_us = {};  // when all contexts are replaced; ascending
    // An init phase longer than this is cut off, and init runs again inside the first invocation, under
    // the function's timeout (AWS Lambda developer guide, "Lambda execution environment lifecycle").
    std::int64_t init_limit_us = 10 * k_second_us;
    std::int64_t timeout_us = 900 * k_second_us;
    bool init_billed = true;  // every function's since 2025-08-01
};

// How the platform and its expiry are simulated, in one line.
std::string platform_text(const Platform& platform);

}  // namespace ballast
