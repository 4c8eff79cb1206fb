#include "compare/recommend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/size.hpp"
#include "compare/figures.hpp"

namespace ballast {
namespace {

// What nobody notices of a cold start, and timing cannot tell from nothing.
constexpr double k_free_cold_ms = 50;
// Of a package in which 'ballast plan' finds nothing to take out.
constexpr std::string_view k_name_it =
    "'ballast plan' finds nothing to take out of it: name what is large with 'include' in ballast.toml.";
// Half of Lambda's init phase: the model may be wrong by a factor of two (pack/cold_start.hpp).
constexpr double k_long_cold_ms = k_worrying_seconds * 1000;

std::string under_limit(const Way& way) {
    return against_limit(*way.package_bytes, way.limit_bytes);
}

class Adviser {
  public:
    explicit Adviser(const Experiment& experiment)
        : m_experiment(experiment), m_as_is(experiment.ways.front()) {}

    Recommendation advise() const {
        if (m_as_is.fits()) return keep_it();
        const Way& offloaded = *m_experiment.find("offloaded");
        const double worth_ms =
            is_good(&offloaded) ? std::max(k_free_cold_ms, *offloaded.cold_ms) : k_long_cold_ms;
        for (const char* id : {"stripped", "bundled", "stripped_bundled"}) {
            const Way* way = m_experiment.find(id);
            if (is_good(way) && way->cold_ms.value_or(0) < worth_ms) return without_ballast(*way);
        }
        const Way& container = *m_experiment.find("container");
        if (is_good(&offloaded) && *offloaded.cold_ms < k_long_cold_ms) return offload(offloaded, container);
        if (const Way* group = best_group()) return offload(*group, container);
        if (is_good(&container)) return use_container(container, offloaded);
        if (is_good(&offloaded)) return offload(offloaded, container);
        return {"", "Nothing that was tried makes the package fit.",
                !offloaded.tried()
                    ? std::string(k_name_it)
                    : "Split the function, or take out of it what 'ballast analyze' shows to be large."};
    }

  private:
    static bool is_good(const Way* way) {
        return way != nullptr && way->works() && way->untested.empty() && way->fits();
    }

    Recommendation keep_it() const {
        const Way* bundled = m_experiment.find("bundled");
        const Way* stripped = m_experiment.find("stripped");
        std::string reason = "Every other way would add to its starts, or take work.";
        if (is_good(bundled) && bundled->cold_ms && *bundled->cold_ms < -5) {
            reason = fmt::format("If cold starts matter, bundle it: it loads {} faster, and has {}.",
                                 format_ms(-*bundled->cold_ms), format_size(*bundled->package_bytes));
        } else if (is_good(stripped) && *stripped->package_bytes * 20 < m_experiment.bytes * 19) {
            reason =
                fmt::format("When it grows, strip its ELF files first: that takes off {} and costs nothing.",
                            format_size(m_experiment.bytes - *stripped->package_bytes));
        }
        return {"as_is",
                fmt::format("Do not use Ballast: the package has {}, {}.", format_size(m_experiment.bytes),
                            under_limit(m_as_is)),
                reason};
    }

    Recommendation without_ballast(const Way& way) const {
        Recommendation advice{way.id,
                              fmt::format("Do not use Ballast: {}, the package has {}, {}.", way.name,
                                          format_size(*way.package_bytes), under_limit(way)),
                              {}};
        const Way& offloaded = *m_experiment.find("offloaded");
        const double cold_ms = way.cold_ms.value_or(0);
        if (is_good(&offloaded)) {
            const bool is_tight = *way.package_bytes > way.limit_bytes - way.limit_bytes / 20;
            const std::string size = format_size(*offloaded.package_bytes);
            const std::string wait = said_ms(offloaded, *offloaded.cold_ms);
            advice.reason = is_tight ? "That leaves little room: when it grows, offloading would leave " +
                                           size + ", and make every cold start wait " + wait + " longer."
                                     : "Offloading would leave " + size +
                                           ", but every cold start would wait " + wait + " longer.";
        } else if (cold_ms < k_free_cold_ms) {
            advice.reason = "It starts as it does now, and needs nothing but a step in the build.";
        } else {
            advice.reason =
                fmt::format("A cold start waits {} longer, and nothing but a step in the build is needed.",
                            format_ms(cold_ms));
        }
        return advice;
    }

    const Way* best_group() const {
        const Way* best = nullptr;
        for (const auto& way : m_experiment.ways) {
            if (!way.id.starts_with("offloaded:") || !is_good(&way) || *way.cold_ms >= k_long_cold_ms)
                continue;
            if (best == nullptr || *way.cold_ms < *best->cold_ms) best = &way;
        }
        return best;
    }

    Recommendation offload(const Way& way, const Way& container) const {
        Recommendation advice{way.id, {}, {}};
        advice.sentence =
            fmt::format("Offload with Ballast: {} of {} stay, {}, and a cold start waits {} longer{}.",
                        format_size(*way.package_bytes), format_size(m_experiment.bytes), under_limit(way),
                        said_ms(way, *way.cold_ms), way.id == "offloaded" ? "" : " for what it starts with");
        std::string others;
        for (const char* id : {"upx", "gzexe"}) {
            const Way* packed = m_experiment.find(id);
            if (!is_good(packed) || !packed->each_ms) continue;
            others = fmt::format("{} would fit too, and add {} to each invocation; ", packed->name,
                                 format_ms(*packed->each_ms));
            break;
        }
        if (way.bill)
            others += fmt::format("{:.2f} % of invocations wait at your rate; ", 100 * way.bill->cold_share);
        if (is_good(&container)) {
            others += fmt::format(
                "a container image would by arithmetic wait {} longer, if your deployment can be one.",
                format_ms(*container.cold_ms));
        } else {
            others += "an image would not fit.";
        }
        others[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(others[0])));
        advice.reason = others;
        return advice;
    }

    Recommendation use_container(const Way& container, const Way& offloaded) const {
        Recommendation advice{
            "container",
            fmt::format("Do not use Ballast: deploy the {} as a container image, which may have 10 GB.",
                        format_size(m_experiment.bytes)),
            "Nothing that was tried makes it fit as a zip."};
        if (offloaded.works() && offloaded.fits()) {
            advice.reason = fmt::format(
                "Offloading would fit, but a cold start would wait {} longer, and an image by arithmetic {}.",
                said_ms(offloaded, *offloaded.cold_ms), format_ms(*container.cold_ms));
        } else if (!offloaded.tried()) {
            advice.reason = k_name_it;
        } else if (offloaded.works() && offloaded.package_bytes) {
            advice.reason = fmt::format(
                "What 'ballast plan' would take out leaves {}, still over the limit: widen 'include' in "
                "ballast.toml, and ask again.",
                format_size(*offloaded.package_bytes));
        }
        return advice;
    }

    const Experiment& m_experiment;
    const Way& m_as_is;
};

}  // namespace

Recommendation recommend(const Experiment& experiment) {
    return Adviser(experiment).advise();
}

}  // namespace ballast
