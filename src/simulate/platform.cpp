#include "simulate/platform.hpp"

#include <fmt/format.h>

#include <array>

#include "base/relative_path.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

constexpr std::array k_routings = {
    RoutingName{Routing::most_recent, "most-recent"}, RoutingName{Routing::least_recent, "least-recent"},
    RoutingName{Routing::random, "random"},           RoutingName{Routing::oldest, "oldest"},
    RoutingName{Routing::newest, "newest"},
};

// docs/simulate.md, "Presets".
constexpr std::array k_presets = {
    ExpiryPreset{"2017", "45m..60m", "", "never", "mikhail.io, 2017"},
    ExpiryPreset{"2019", "640s", "", "7384s",
                 "mikhail.io, August 2019; recordings of pacslab, May and June 2020"},
    ExpiryPreset{"2020-spares", "640s", "640s..1120s", "7384s",
                 "fitted to the recordings of pacslab, May and June 2020"},
    ExpiryPreset{"2021", "5m..7m", "", "7384s", "mikhail.io, January 2021; age as in 2020"},
};

}  // namespace

std::span<const RoutingName> routing_names() {
    return k_routings;
}

std::string_view to_string(Routing routing) {
    for (const auto& entry : k_routings) {
        if (entry.routing == routing) return entry.name;
    }
    return "unknown";
}

std::span<const ExpiryPreset> expiry_presets() {
    return k_presets;
}

Result<Expiry> expiry_preset(std::string_view name) {
    std::string known;
    for (const auto& preset : k_presets) {
        known += known.empty() ? "" : ", ";
        known += preset.name;
        if (preset.name != name) continue;
        Expiry expiry;
        BALLAST_TRY(expiry.idle, parse_distribution(preset.idle, preset.name));
        if (!preset.spare.empty()) {
            BALLAST_TRY(expiry.spare, parse_distribution(preset.spare, preset.name));
        }
        BALLAST_TRY(const Distribution age, parse_distribution(preset.max_age, preset.name));
        expiry.max_age_us = age.least_us();
        return expiry;
    }
    return fail(ErrorCode::usage, "--preset", "'" + printable(name) + "' is not a preset",
                "those there are: " + known);
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
