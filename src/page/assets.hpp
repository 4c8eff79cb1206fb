#pragma once

#include <string_view>

namespace ballast {

// The parts of every page, as they were when the program was built.
struct ReportAssets {
    std::string_view library;   // Apache ECharts
    std::string_view script;    // src/page/browser/*.js
    std::string_view style;     // src/page/browser/page.css
    std::string_view licences;  // of the library and what it includes
};
ReportAssets report_assets();

}  // namespace ballast
