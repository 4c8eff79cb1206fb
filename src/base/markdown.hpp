#pragma once

#include <string>
#include <string_view>

namespace ballast {

// Text in a cell of a Markdown table, as GitHub and GitLab read it: nothing in it is markup, ends the cell or
// names anybody.
std::string markdown_text(std::string_view text);

}  // namespace ballast
