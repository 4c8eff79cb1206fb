#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <set>

#include "base/json_text.hpp"
#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/store_flags.hpp"
#include "lifecycle/stored_bytes.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

std::string versions_text(const StoreFlags& flags, const Store& store, const StoredBytes& measured,
                          const std::vector<VersionBytes>& rows) {
    if (rows.empty()) {
        return flags.name.empty()
                   ? fmt::format("{} has no versions yet: 'ballast pack' and 'ballast push' make them\n",
                                 store.url())
                   : fmt::format("{} has no versions of {}\n", store.url(), flags.name);
    }
    Table table({"name", "version", "tree", "date", right("tree size"), right("stored"), right("own"),
                 right("shared"), right("packs"), right("own")});
    std::set<std::string> names;
    for (const auto& row : rows) {
        const auto& record = row.version.record;
        names.insert(record.name);
        table.add_row({record.name, record.version, record.tree.short_hex(), record.created,
                       format_size(record.tree_bytes), format_size(row.stored_bytes),
                       format_size(row.own_bytes), format_size(row.shared_bytes), format_count(row.packs),
                       format_count(row.own_packs)});
    }
    std::string text = table.to_string(colours_of_stdout());
    text += fmt::format("\n{} of {}; the store has {} in {}", counted(rows.size(), "version"),
                        counted(names.size(), "name"), format_size(measured.pack_bytes),
                        counted(measured.packs, "pack"));
    if (measured.orphan_packs != 0) {
        text += fmt::format(", {} of it in {} that no version refers to ('ballast gc' removes them)",
                            format_size(measured.orphan_bytes), format_count(measured.orphan_packs));
    }
    return text + "\n";
}

nlohmann::ordered_json versions_json(const Store& store, const StoredBytes& measured,
                                     const std::vector<VersionBytes>& rows) {
    nlohmann::ordered_json json;
    json["store"] = store.url();
    auto& versions = json["versions"] = nlohmann::ordered_json::array();
    for (const auto& row : rows) {
        const auto& record = row.version.record;
        versions.push_back({{"name", record.name},
                            {"version", record.version},
                            {"tree", record.tree.hex()},
                            {"created", record.created},
                            {"manifest", record.manifest.hex()},
                            {"tree_bytes", record.tree_bytes},
                            {"stored_bytes", row.stored_bytes},
                            {"own_bytes", row.own_bytes},
                            {"shared_bytes", row.shared_bytes},
                            {"packs", row.packs},
                            {"own_packs", row.own_packs}});
    }
    json["frame_bytes"] = measured.frame_bytes;
    json["packs"] = measured.packs;
    json["pack_bytes"] = measured.pack_bytes;
    json["orphan_packs"] = measured.orphan_packs;
    json["orphan_bytes"] = measured.orphan_bytes;
    auto& damaged = json["damaged"] = nlohmann::ordered_json::array();
    for (const auto& error : measured.damaged) {
        damaged.push_back({{"object", error.object}, {"message", error.message}});
    }
    return json;
}

Result<int> versions(const StoreFlags& flags) {
    BALLAST_TRY(const auto store, open_store_of(flags));
    BALLAST_TRY(StoredBytes measured, measure_stored_bytes(*store));
    std::vector<VersionBytes> rows;
    for (auto& row : measured.versions) {
        if (flags.name.empty() || row.version.record.name == flags.name) rows.push_back(std::move(row));
    }
    BALLAST_CHECK(print(flags.json ? json_text(versions_json(*store, measured, rows))
                                   : versions_text(flags, *store, measured, rows)));
    for (const auto& error : measured.damaged) warn(error.object + ": " + error.message);
    return 0;
}

}  // namespace

void add_versions_command(Program& program) {
    Command command =
        program.add("versions",
                    "List the versions that a store has, newest first, and what each takes there:\n"
                    "compressed bytes that only it refers to (own), and that others also refer to (shared)");
    add_store_flags(command, command.runs<StoreFlags>(versions));
    command.examples(
        {"ballast versions --store file:///srv/ballast", "ballast versions --name rendering --json"});
}

}  // namespace ballast
