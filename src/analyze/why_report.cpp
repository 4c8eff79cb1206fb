#include "analyze/why_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/relative_path.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

using Json = nlohmann::ordered_json;
using Start = NeedChain::Start;

constexpr std::size_t k_rows_shown = 20;

std::string_view start_name(Start start) {
    switch (start) {
        case Start::program:
            return "program";
        case Start::loaded:
            return "loaded";
        case Start::project:
            return "project";
        case Start::independent:
            return "independent";
    }
    return "";
}

std::string_view start_title(Start start) {
    switch (start) {
        case Start::program:
            return "programs that load it:";
        case Start::loaded:
            return "addons and plugins that load it, which no other file names:";
        case Start::project:
            return "the function asks for it:";
        case Start::independent:
            return "through packages that no other asks for:";
    }
    return "";
}

// The start as it is, of files on the way only their names: where they lie is in --json.
std::string chain_text(const NeedChain& chain) {
    std::string text = printable(chain.steps.front());
    const bool files = chain.start == Start::program || chain.start == Start::loaded;
    for (std::size_t i = 1; i < chain.steps.size(); ++i)
        text += " → " + printable(files ? file_name(chain.steps[i]) : std::string_view(chain.steps[i]));
    return text;
}

void add_more(std::string& text, std::size_t count) {
    if (count > k_rows_shown)
        text += fmt::format("  and {} more, which --json lists\n", format_count(count - k_rows_shown));
}

std::string needers_text(const NeededThing& thing, Colours colours) {
    Table table({{"", Align::left}, {"needed by", Align::left}, {"as", Align::left}});
    for (std::size_t i = 0; i < std::min(thing.needed_by.size(), k_rows_shown); ++i)
        table.add_row({"", printable(thing.needed_by[i].who), printable(thing.needed_by[i].as)});
    std::string text = "\n" + table.to_string(colours);
    add_more(text, thing.needed_by.size());
    return text;
}

std::string thing_text(const NeededThing& thing, bool is_package, Colours colours) {
    std::string text = fmt::format("{}: {}", printable(thing.what), format_size(thing.bytes));
    if (is_package) text += " in " + printable(thing.path);
    text += "\n";
    if (thing.needed_by.empty()) {
        return text + (is_package
                           ? "\nno package asks for it: the function itself does, or nobody\n"
                           : "\nno ELF file names it: it is started, opened by its path, or not needed\n");
    }
    text += needers_text(thing, colours);
    std::size_t shown = 0;
    const NeedChain* before = nullptr;
    for (const auto& chain : thing.chains) {
        if (++shown > k_rows_shown) break;
        if (before == nullptr || before->start != chain.start)
            text += "\n" + std::string(start_title(chain.start)) + "\n";
        text += "  " + chain_text(chain) + "\n";
        before = &chain;
    }
    add_more(text, thing.chains.size());
    return text;
}

Json thing_json(const NeededThing& thing) {
    Json json = {{"what", printable(thing.what)}, {"path", printable(thing.path)}, {"bytes", thing.bytes}};
    json["needed_by"] = Json::array();
    for (const auto& needer : thing.needed_by)
        json["needed_by"].push_back({{"who", printable(needer.who)}, {"as", printable(needer.as)}});
    json["chains"] = Json::array();
    for (const auto& chain : thing.chains) {
        Json steps = Json::array();
        for (const auto& step : chain.steps) steps.push_back(printable(step));
        json["chains"].push_back({{"start", start_name(chain.start)}, {"steps", std::move(steps)}});
    }
    return json;
}

}  // namespace

std::string why_text(const Why& why, Colours colours) {
    std::string text;
    for (const auto& thing : why.files)
        text += (text.empty() ? "" : "\n") + thing_text(thing, false, colours);
    for (const auto& thing : why.packages)
        text += (text.empty() ? "" : "\n") + thing_text(thing, true, colours);
    return text;
}

nlohmann::ordered_json why_json(const Why& why) {
    Json json = {{"asked", printable(why.asked)}, {"files", Json::array()}, {"packages", Json::array()}};
    for (const auto& thing : why.files) json["files"].push_back(thing_json(thing));
    for (const auto& thing : why.packages) json["packages"].push_back(thing_json(thing));
    return json;
}

}  // namespace ballast
