#include "base/markdown.hpp"

#include "base/relative_path.hpp"

namespace ballast {

std::string markdown_text(std::string_view text) {
    std::string escaped;
    for (const char letter : printable(text)) {
        if (std::string_view("\\`*_{}[]<>()#+!|~@&").find(letter) != std::string_view::npos) escaped += '\\';
        escaped += letter;
    }
    return escaped;
}

}  // namespace ballast
