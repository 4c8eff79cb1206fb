#include "simulate/platform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/relative_path.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

constexpr std::array<std::string_view, 5> k_routings = {"most-recent", "least-recent", "random", "oldest",
                                                        "newest"};

struct ExpiryPreset {
    std::string_view name;
    std::string_view idle;
    std::string_view spare;  // empty: as idle
    std::string_view max_age;
};

// docs/simulate.md, "Presets", says where they come from.
constexpr std::array k_presets = {
    ExpiryPreset{"2017", "45m..60m", "", "never"},
    ExpiryPreset{"2019", "640s", "", "7384s"},
    ExpiryPreset{"2020-spares", "640s", "640s..1120s", "7384s"},
    ExpiryPreset{"2021", "5m..7m", "", "7384s"},
};

}  // namespace

std::string_view to_string(Routing routing) {
    return k_routings.at(static_cast<std::size_t>(routing));
}

Result<Routing> parse_routing(std::string_view name) {
    const auto found = std::ranges::find(k_routings, name);
    if (found != k_routings.end()) return static_cast<Routing>(found - k_routings.begin());
    return fail(ErrorCode::usage, "--routing", "'" + printable(name) + "' is not a rule",
                fmt::format("those there are: {}", fmt::join(k_routings, ", ")));
}

std::string preset_names() {
    std::vector<std::string_view> names;
    std::ranges::transform(k_presets, std::back_inserter(names), &ExpiryPreset::name);
    return fmt::format("{}", fmt::join(names, ", "));
}

Result<Expiry> expiry_preset(std::string_view name) {
    const auto preset = std::ranges::find(k_presets, name, &ExpiryPreset::name);
    if (preset == k_presets.end()) {
        return fail(ErrorCode::usage, "--preset", "'" + printable(name) + "' is not a preset",
                    "those there are: " + preset_names());
    }
    Expiry expiry;
    BALLAST_TRY(expiry.idle, parse_distribution(preset->idle, name));
    if (!preset->spare.empty()) {
        BALLAST_TRY(expiry.spare, parse_distribution(preset->spare, name));
    }
    BALLAST_TRY(const Distribution age, parse_distribution(preset->max_age, name));
    expiry.max_age_us = age.least_us();
    return expiry;
}

std::string platform_text(const Platform& platform) {
    std::string text = fmt::format("{} routing, idle expiry {}", to_string(platform.routing),
                                   platform.expiry.idle.to_string());
    if (platform.expiry.spare)
        text += fmt::format(", of spare contexts {}", platform.expiry.spare->to_string());
    text +=
        platform.expiry.max_age_us == k_never_us
            ? ", no maximum age"
            : fmt::format(", maximum age {}", Distribution::fixed(platform.expiry.max_age_us).to_string());
    if (platform.concurrency != UINT32_MAX) text += fmt::format(", at most {} at once", platform.concurrency);
    if (platform.provisioned > 0) text += fmt::format(", {} provisioned", platform.provisioned);
    if (platform.deploy_every_us > 0)
        text += fmt::format(", a deploy every {}", Distribution::fixed(platform.deploy_every_us).to_string());
    if (!platform.deploys_us.empty()) text += ", " + counted(platform.deploys_us.size(), "deploy");
    if (!platform.init_billed) text += ", init not billed";
    return text;
}

}  // namespace ballast
