#include "lifecycle/diff.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/enum_name.hpp"
#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/package_settings.hpp"
#include "cli/store_flags.hpp"
#include "lifecycle/versions.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

struct DiffFlags : StoreFlags {
    std::string before;
    std::string after;
};

using Change = DiffEntry::Change;

std::string_view change_name(Change change) {
    return enum_name(change, {"added", "removed", "changed"});
}

std::string_view kind_name(EntryKind kind) {
    return enum_name(kind, {"file", "directory", "symlink"});
}

std::string size_cell(const DiffSide& side) {
    return side.kind == EntryKind::file ? format_size(side.bytes) : std::string();
}

// "mode 0644 -> 0755, target a -> b"
std::string details(const DiffEntry& entry) {
    std::string text;
    const auto add = [&](const std::string& detail) { text += (text.empty() ? "" : ", ") + detail; };
    if (entry.change != Change::changed) {
        const auto& side = entry.change == Change::added ? entry.after : entry.before;
        if (side.kind == EntryKind::directory) add("directory");
        if (side.kind == EntryKind::symlink) add("symlink to " + printable(side.target));
        return text;
    }
    if (entry.kind_differs)
        add(fmt::format("{} -> {}", kind_name(entry.before.kind), kind_name(entry.after.kind)));
    if (entry.bytes_differ) add("bytes");
    if (entry.target_differs)
        add(fmt::format("target {} -> {}", printable(entry.before.target), printable(entry.after.target)));
    if (entry.mode_differs && !entry.kind_differs)
        add(fmt::format("mode {:04o} -> {:04o}", entry.before.mode, entry.after.mode));
    return text;
}

std::string diff_text(const StoredVersion& before, const StoredVersion& after, const Diff& diff) {
    std::string text = fmt::format("{} -> {}\n\n", before.label(), after.label());
    std::size_t added = 0;
    std::size_t removed = 0;
    if (!diff.entries.empty()) {
        Table table({"", right("before"), right("after"), "path", ""});
        for (const auto& entry : diff.entries) {
            if (entry.change == Change::added) ++added;
            if (entry.change == Change::removed) ++removed;
            table.add_row({std::string(change_name(entry.change)),
                           entry.change == Change::added ? "" : size_cell(entry.before),
                           entry.change == Change::removed ? "" : size_cell(entry.after),
                           printable(entry.path), details(entry)});
        }
        text += table.to_string(colours_of_stdout()) + "\n";
    }
    text += fmt::format("entries  {} added, {} removed, {} changed, {} the same\n", format_count(added),
                        format_count(removed), format_count(diff.entries.size() - added - removed),
                        format_count(diff.same_entries));
    text += fmt::format("tree     {} -> {}\n", format_size(diff.before_bytes), format_size(diff.after_bytes));
    text +=
        fmt::format("push     {} in {} and a manifest of {}; {} were in packs of {}\n",
                    format_size(diff.sent_pack_bytes), counted(diff.sent_packs, "pack"),
                    format_size(diff.manifest_bytes), format_size(diff.reused_frame_bytes), before.label());
    return text;
}

nlohmann::ordered_json side_json(const DiffSide& side) {
    nlohmann::ordered_json json = {{"kind", kind_name(side.kind)},
                                   {"mode", fmt::format("{:04o}", side.mode)}};
    if (side.kind == EntryKind::file) json["bytes"] = side.bytes;
    if (side.kind == EntryKind::symlink) json["target"] = side.target;
    return json;
}

nlohmann::ordered_json diff_json(const Store& store, const StoredVersion& before, const StoredVersion& after,
                                 const Diff& diff) {
    nlohmann::ordered_json json;
    json["store"] = store.url();
    json["before"] = {
        {"name", before.record.name}, {"version", before.record.version}, {"tree_bytes", diff.before_bytes}};
    json["after"] = {
        {"name", after.record.name}, {"version", after.record.version}, {"tree_bytes", diff.after_bytes}};
    auto& entries = json["entries"] = nlohmann::ordered_json::array();
    for (const auto& entry : diff.entries) {
        nlohmann::ordered_json row = {{"path", entry.path}, {"change", change_name(entry.change)}};
        if (entry.change != Change::added) row["before"] = side_json(entry.before);
        if (entry.change != Change::removed) row["after"] = side_json(entry.after);
        if (entry.change == Change::changed) {
            auto& differs = row["differs"] = nlohmann::ordered_json::array();
            if (entry.kind_differs) differs.push_back("kind");
            if (entry.bytes_differ) differs.push_back("bytes");
            if (entry.target_differs) differs.push_back("target");
            if (entry.mode_differs) differs.push_back("mode");
        }
        entries.push_back(std::move(row));
    }
    json["same_entries"] = diff.same_entries;
    json["push"] = {{"packs", diff.sent_packs},
                    {"pack_bytes", diff.sent_pack_bytes},
                    {"manifest_bytes", diff.manifest_bytes},
                    {"reused_frame_bytes", diff.reused_frame_bytes}};
    return json;
}

Result<Manifest> manifest_of(Store& store, const StoredVersion& version) {
    auto manifest = read_manifest(store, version.record);
    if (!manifest) {
        Error error = std::move(manifest).error();
        if (error.hint.empty())
            error.hint = "see what is damaged with 'ballast verify " + version.label() + "'";
        return pass_on(std::move(error));
    }
    return manifest;
}

Result<int> diff_versions(const DiffFlags& flags) {
    BALLAST_TRY(const auto store, open_store_of(flags));
    BALLAST_TRY(const StoredVersion before, find_version(*store, flags.before, flags.name));
    BALLAST_TRY(const StoredVersion after, find_version(*store, flags.after, flags.name));
    BALLAST_TRY(const Manifest before_manifest, manifest_of(*store, before));
    BALLAST_TRY(const Manifest after_manifest, manifest_of(*store, after));
    const Diff diff = diff_manifests(before_manifest, after_manifest);
    BALLAST_CHECK(print(flags.json ? json_text(diff_json(*store, before, after, diff))
                                   : diff_text(before, after, diff)));
    return 0;
}

}  // namespace

void add_diff_command(Program& program) {
    Command command = program.add(
        "diff", "Show what differs between two stored versions, and what a push of B over A had to send");
    auto& flags = command.runs<DiffFlags>(diff_versions);
    constexpr const char* k_version =
        "VERSION, NAME/VERSION, or its first four or more characters, where only one version begins so";
    command.option("A", flags.before, k_version).required();
    command.option("B", flags.after, k_version).required();
    add_store_flags(command, flags);
    command.examples({"ballast diff 1.4.1 1.4.2 --store file:///srv/ballast",
                      "ballast diff rendering/1.4.2 reports/7f3a --json"});
}

}  // namespace ballast
