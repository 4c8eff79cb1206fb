#include "page/assets.hpp"

// The assembler copies the files' bytes as they are. (A generated array of bytes lost: compiling ECharts' 1.1
// MB as one took seconds and hundreds of MB.) NOLINTBEGIN(cppcoreguidelines-macro-usage, hicpp-no-assembler)
#define BALLAST_ASSET(name, path)                                              \
    __asm__(".pushsection .rodata.ballast_" #name                              \
            ", \"a\"\n"                                                        \
            ".global ballast_" #name "_start\n.hidden ballast_" #name          \
            "_start\n"                                                         \
            "ballast_" #name "_start:\n.incbin \"" path                        \
            "\"\n"                                                             \
            ".global ballast_" #name "_end\n.hidden ballast_" #name            \
            "_end\n"                                                           \
            "ballast_" #name "_end:\n.byte 0\n.popsection\n");                 \
    extern "C" {                                                               \
    extern const char ballast_##name##_start[]; /* NOLINT(*-avoid-c-arrays) */ \
    extern const char ballast_##name##_end[];   /* NOLINT(*-avoid-c-arrays) */ \
    }
// NOLINTEND(cppcoreguidelines-macro-usage, hicpp-no-assembler)

BALLAST_ASSET(echarts, BALLAST_ECHARTS)
BALLAST_ASSET(page_script, BALLAST_PAGE_SCRIPT)
BALLAST_ASSET(page_style, BALLAST_PAGE_STYLE)
BALLAST_ASSET(licences, BALLAST_LICENCES)

namespace ballast {
namespace {

std::string_view between(const char* start, const char* end) {
    return {start, static_cast<std::size_t>(end - start)};
}

}  // namespace

ReportAssets report_assets() {
    return {between(ballast_echarts_start, ballast_echarts_end),
            between(ballast_page_script_start, ballast_page_script_end),
            between(ballast_page_style_start, ballast_page_style_end),
            between(ballast_licences_start, ballast_licences_end)};
}

}  // namespace ballast
