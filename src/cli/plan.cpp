#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "base/table.hpp"
#include "cli/commands.hpp"
#include "cli/package_settings.hpp"
#include "pack/plan.hpp"
#include "program/common_flags.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

struct PlanFlags : ConfigFlags {
    std::string package;
    bool json = false;
};

constexpr std::size_t k_biggest = 10;

struct Moved {
    std::uint64_t leaving_files = 0;
    std::uint64_t leaving_bytes = 0;
    std::uint64_t staying_files = 0;
    std::uint64_t staying_bytes = 0;
};

std::array<Moved, k_categories.size()> by_category(const LoadedPackage& loaded, const Plan& plan) {
    std::array<Moved, k_categories.size()> moved = {};
    const auto& entries = loaded.inventory.entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].kind != EntryKind::file) continue;
        auto& row = moved.at(static_cast<std::size_t>(loaded.inventory.facts()[i].category));
        const bool leaves = plan.destinations[i] == Destination::leaves;
        ++(leaves ? row.leaving_files : row.staying_files);
        (leaves ? row.leaving_bytes : row.staying_bytes) += entries[i].size;
    }
    return moved;
}

std::vector<std::size_t> biggest_leaving(const LoadedPackage& loaded, const Plan& plan) {
    const auto& entries = loaded.inventory.entries();
    std::vector<std::size_t> leaving;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].kind == EntryKind::file && plan.destinations[i] == Destination::leaves)
            leaving.push_back(i);
    }
    const auto count = std::min(k_biggest, leaving.size());
    std::partial_sort(leaving.begin(), leaving.begin() + static_cast<std::ptrdiff_t>(count), leaving.end(),
                      [&](std::size_t a, std::size_t b) {
                          return std::tuple(entries[b].size, a) < std::tuple(entries[a].size, b);
                      });
    leaving.resize(count);
    return leaving;
}

// By category, the biggest that leave, sizes before and after against the limit.
std::string plan_text(const LoadedPackage& loaded, const Plan& plan, Colours colours) {
    Table table({"", right("leaves"), right("files"), right("stays"), right("files")});
    const auto moved = by_category(loaded, plan);
    for (const auto category : k_categories) {
        const auto& row = moved.at(static_cast<std::size_t>(category));
        table.add_row({std::string(category_title(category)), format_size(row.leaving_bytes),
                       format_count(row.leaving_files), format_size(row.staying_bytes),
                       format_count(row.staying_files)});
    }
    table.add_rule();
    table.add_row({"all", format_size(plan.leaving_bytes), format_count(plan.leaving_files),
                   format_size(plan.staying_bytes()), format_count(plan.staying_files)});
    std::string text = fmt::format("{}\n\n{}\n", printable(loaded.package->name()), table.to_string(colours));

    Table biggest({right("biggest that leave"), "group", ""});
    for (const auto i : biggest_leaving(loaded, plan)) {
        const auto& entry = loaded.inventory.entries()[i];
        biggest.add_row({format_size(entry.size), plan.group_names[plan.groups[i]], printable(entry.path)});
    }
    text += biggest.to_string(colours);
    text += fmt::format(
        "\nbefore  {}, {}\nafter   {}, {} (ballast.lock, the manifest, ballast-run and its wrapper come to "
        "it)\n",
        format_size(plan.package_bytes), against_limit(plan.package_bytes, loaded.config.max_size),
        format_size(plan.staying_bytes()), against_limit(plan.staying_bytes(), loaded.config.max_size));
    return text;
}

// docs/configuration.md lists the fields.
std::string plan_json(const LoadedPackage& loaded, const Plan& plan) {
    nlohmann::ordered_json json;
    json["package"] = loaded.package->name();
    json["name"] = loaded.config.name;
    json["package_bytes"] = plan.package_bytes;
    json["leaving_bytes"] = plan.leaving_bytes;
    json["leaving_files"] = plan.leaving_files;
    json["staying_bytes"] = plan.staying_bytes();
    json["staying_files"] = plan.staying_files;
    json["limit_bytes"] = loaded.config.max_size;
    json["groups"] = plan.group_names;
    json["warnings"] = plan.warnings;
    auto& leaving = json["leaving"] = nlohmann::ordered_json::array();
    const auto& entries = loaded.inventory.entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (plan.destinations[i] != Destination::leaves || entries[i].kind == EntryKind::directory) continue;
        leaving.push_back({{"path", entries[i].path},
                           {"bytes", entries[i].size},
                           {"category", category_name(loaded.inventory.facts()[i].category)},
                           {"group", plan.group_names[plan.groups[i]]}});
    }
    return json_text(json);
}

Result<int> run_plan(const PlanFlags& flags) {
    BALLAST_TRY(const LoadedPackage loaded, load_package(flags.package, flags));
    BALLAST_TRY(const Plan plan, make_plan(loaded.inventory, loaded.config));
    for (const auto& warning : plan.warnings) warn(warning);
    BALLAST_CHECK(print(flags.json ? plan_json(loaded, plan) : plan_text(loaded, plan, colours_of_stdout())));
    return 0;
}

}  // namespace

void add_plan_command(Program& program) {
    Command command =
        program.add("plan", "Show what would leave a package and what would stay; write nothing");
    auto& flags = command.runs<PlanFlags>(run_plan);
    command.option("PACKAGE", flags.package, "a directory or a zip").required();
    add_config_flags(command, flags);
    add_json_flag(command, flags.json);
    command.examples(
        {"ballast plan function/", "ballast plan function.zip --include 'node_modules/**' --json"});
}

}  // namespace ballast
