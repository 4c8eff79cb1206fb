#include "analyze/why_report.hpp"

#include <fmt/format.h>

#include <string_view>

#include "base/enum_name.hpp"
#include "base/first_of.hpp"
#include "base/json_list.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

using Json = nlohmann::ordered_json;
using Start = NeedChain::Start;

constexpr std::size_t k_rows_shown = 20;

std::string_view start_name(Start start) {
    return enum_name(start, {"program", "loaded", "project", "independent"});
}

std::string_view start_title(Start start) {
    return enum_name(start,
                     {"programs that load it:", "addons and plugins that load it, which no other file names:",
                      "the function asks for it:", "through packages that no other asks for:"});
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
    Table table({"", "needed by", "as"});
    for (const auto& needer : first_of(thing.needed_by, k_rows_shown))
        table.add_row({"", printable(needer.who), printable(needer.as)});
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
    const NeedChain* before = nullptr;
    for (const auto& chain : first_of(thing.chains, k_rows_shown)) {
        if (before == nullptr || before->start != chain.start)
            text += "\n" + std::string(start_title(chain.start)) + "\n";
        text += "  " + chain_text(chain) + "\n";
        before = &chain;
    }
    add_more(text, thing.chains.size());
    return text;
}

Json needer_json(const Needer& needer) {
    return {{"who", printable(needer.who)}, {"as", printable(needer.as)}};
}

Json chain_json(const NeedChain& chain) {
    return {{"start", start_name(chain.start)}, {"steps", json_list(chain.steps, printable)}};
}

Json thing_json(const NeededThing& thing) {
    return {{"what", printable(thing.what)},
            {"path", printable(thing.path)},
            {"bytes", thing.bytes},
            {"needed_by", json_list(thing.needed_by, needer_json)},
            {"chains", json_list(thing.chains, chain_json)}};
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
    return {{"asked", printable(why.asked)},
            {"files", json_list(why.files, thing_json)},
            {"packages", json_list(why.packages, thing_json)}};
}

}  // namespace ballast
