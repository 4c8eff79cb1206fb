#include "classify/python_metadata.hpp"

#include <algorithm>
#include <cctype>

#include "base/relative_path.hpp"

namespace ballast {

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view without_spaces(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
        text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
    return text;
}

void parse_python_metadata(std::string_view text, InstalledPackage& installed) {
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (without_spaces(line).empty()) return;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') continue;
        const std::string_view field = line.substr(0, colon);
        const std::string_view value = without_spaces(line.substr(colon + 1));
        if (field == "Name") installed.name = value;
        if (field == "Version") installed.version = value;
        if (field != "Requires-Dist") continue;
        if (auto need = parse_python_requirement(value)) installed.needs.push_back(std::move(*need));
    }
}

void parse_python_requires(std::string_view text, InstalledPackage& installed) {
    std::string condition;
    while (!text.empty()) {
        const std::string_view line = without_spaces(take_line(text));
        if (line.starts_with('[')) {
            const std::string_view extra = line.substr(1, line.find_first_of(":]", 1) - 1);
            condition = extra.empty() ? "on some platforms" : "extra " + std::string(extra);
            continue;
        }
        auto need = parse_python_requirement(line);
        if (!need) continue;
        if (!condition.empty()) need->condition = condition;
        installed.needs.push_back(std::move(*need));
    }
}

void take_name_of_directory(InstalledPackage& installed) {
    std::string_view stem = file_name(installed.path);
    stem.remove_suffix(stem.size() - stem.rfind('.'));
    const std::size_t dash = stem.find('-');
    if (installed.name.empty()) installed.name = stem.substr(0, dash);
    if (!installed.version.empty() || dash == std::string_view::npos) return;
    const std::string_view rest = stem.substr(dash + 1);
    installed.version = rest.substr(0, rest.find('-'));
}

std::optional<Requirement> parse_python_requirement(std::string_view text) {
    text = without_spaces(text);
    const std::size_t end = std::min(text.find_first_of(" \t([<>=!~;@"), text.size());
    if (end == 0) return std::nullopt;
    Requirement need = {normalised_python_name(text.substr(0, end)), ""};
    const std::size_t marker = text.find(';');
    if (marker == std::string_view::npos) return need;
    const std::size_t extra = text.find("extra", marker);
    if (extra == std::string_view::npos) {
        need.condition = "on some platforms";
        return need;
    }
    const std::size_t open = text.find_first_of("'\"", extra);
    const std::size_t close = open == std::string_view::npos ? open : text.find(text[open], open + 1);
    need.condition = "extra";
    if (close != std::string_view::npos)
        need.condition += " " + std::string(text.substr(open + 1, close - open - 1));
    return need;
}

std::string normalised_python_name(std::string_view name) {
    std::string normalised;
    for (const char letter : name) {
        const bool separates = letter == '-' || letter == '_' || letter == '.';
        if (separates && normalised.ends_with('-')) continue;
        normalised += separates ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    return normalised;
}

}  // namespace ballast
