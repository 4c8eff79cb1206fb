#include "compare/experiment_markdown.hpp"

#include <fmt/format.h>

#include "base/markdown.hpp"
#include "base/size.hpp"
#include "compare/figures.hpp"

namespace ballast {
std::string experiment_markdown(const Experiment& experiment) {
    const bool bills = !experiment.rate.empty();
    std::string text =
        fmt::format("**{}** {}\n\n| way | package | limit | cold start | each invocation |{}\n",
                    experiment.recommendation.sentence, experiment.recommendation.reason,
                    bills ? " cold | a month |" : "");
    text += fmt::format("| --- | ---: | --- | ---: | ---: |{}\n", bills ? " ---: | ---: |" : "");
    for (const auto& way : experiment.ways) {
        if (!way.tried()) {
            text += fmt::format("| {} | not tried: {} | | | |{}\n", markdown_text(way.name),
                                markdown_text(way.missing), bills ? " | |" : "");
            continue;
        }
        const auto figure = [&](const std::optional<double>& ms) {
            return ms ? marked(way.time_basis, format_added_ms(*ms)) : std::string("?");
        };
        text += fmt::format("| {} | {} | {} | {} | {} |", markdown_text(way.name),
                            marked(way.size_basis, format_size(*way.package_bytes)),
                            !way.works()            ? "does not work"
                            : !way.untested.empty() ? "not tested"
                            : way.fits()            ? "under"
                                                    : "**over**",
                            figure(way.cold_ms), figure(way.each_ms));
        if (bills && way.bill) {
            text += fmt::format(" {:.2f} % | {} |", 100 * way.bill->cold_share,
                                format_usd(way.bill->usd_a_month));
        } else if (bills) {
            text += " | |";
        }
        text += "\n";
    }
    return text +
           "\nMeasured, but for ≈ predicted and ~ arithmetic. Times are what is added to the package as it "
           "is.\n";
}

}  // namespace ballast
