#include "cli/push_report.hpp"

#include <fmt/format.h>

#include "base/size.hpp"

namespace ballast {

std::string push_text(const PushReport& report, const std::string& store) {
    if (report.bytes_sent == 0) return fmt::format("pushed  nothing: {} has all of it\n", store);
    return fmt::format("pushed  {} to {} ({} sent, {} there already)\n", format_size(report.bytes_sent),
                       store, counted(report.packs_sent, "pack"), report.packs_there);
}

}  // namespace ballast
