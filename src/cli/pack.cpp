#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/own_program.hpp"
#include "cli/package_settings.hpp"
#include "cli/push_report.hpp"
#include "pack/pack_package.hpp"
#include "pack/push.hpp"
#include "program/common_flags.hpp"
#include "program/output.hpp"
#include "store/open_store.hpp"

namespace ballast {
namespace {

struct PackFlags : ConfigFlags {
    std::string package;
    std::string out;
    std::string version;
    std::string run_program;
    bool push = false;
    bool repack = false;
    bool without_run = false;
    bool json = false;
    bool quiet = false;
};

// "start   about 0.8 s ..."
std::string estimate_text(const PackResult& result) {
    const auto& groups = result.lock.groups;
    const std::string what = groups.empty() ? "" : fmt::format(" of {}", fmt::join(groups, ", "));
    return fmt::format(
        "start   about {:.1f} s to fetch {} and write {}{}: a calculation (network {:.1f}, cores {:.1f})\n",
        result.estimate.total, format_size(result.work.compressed_bytes), counted(result.work.files, "file"),
        what, result.estimate.network, result.estimate.cores);
}

std::string pack_text(const PackFlags& flags, const PackResult& result, const Config& config) {
    const auto& [plan, lock, tree, slim_bytes, unzipped_bytes, work, estimate] = result;
    std::string text = fmt::format("version {}\n", lock.version);
    text += fmt::format("tree    {} in {}, {} compressed ({} zstd, {} lz4, {} raw frames)\n",
                        format_size(lock.tree_bytes), counted(plan.leaving_files, "file"),
                        format_size(tree.fetched_bytes), tree.zstd_frames, tree.lz4_frames, tree.raw_frames);
    text += fmt::format("new     {} in {}; {} were in stored packs already\n", format_size(tree.new_bytes),
                        counted(tree.new_packs, "pack"), format_size(tree.known_content_bytes));
    const bool is_zip = slim_bytes != unzipped_bytes;
    text += fmt::format("slim    {}: {}{}, {}\n", printable(flags.out),
                        is_zip ? format_size(slim_bytes) + " zipped, " : "",
                        format_size(unzipped_bytes) + (is_zip ? " unzipped" : ""),
                        against_limit(unzipped_bytes, config.max_size));
    return text + estimate_text(result);
}

std::string pack_json(const PackFlags& flags, const PackResult& result) {
    const auto& [plan, lock, tree, slim_bytes, unzipped_bytes, work, estimate] = result;
    nlohmann::ordered_json json;
    json["name"] = lock.name;
    json["version"] = lock.version;
    json["tree"] = lock.tree.hex();
    json["manifest"] = lock.manifest.hex();
    json["slim"] = flags.out;
    json["slim_bytes"] = slim_bytes;
    json["slim_unzipped_bytes"] = unzipped_bytes;
    json["package_bytes"] = plan.package_bytes;
    json["tree_bytes"] = lock.tree_bytes;
    json["tree_files"] = plan.leaving_files;
    json["compressed_bytes"] = tree.fetched_bytes;
    json["new_packs"] = tree.new_packs;
    json["new_bytes"] = tree.new_bytes;
    json["new_content_bytes"] = tree.new_content_bytes;
    json["known_content_bytes"] = tree.known_content_bytes;
    json["start_groups"] = lock.groups;
    json["start_fetched_bytes"] = work.compressed_bytes;
    json["start_files"] = work.files;
    json["start_estimate_ms"] = std::llround(estimate.total * 1000);
    json["frames"] = {{"zstd", tree.zstd_frames}, {"lz4", tree.lz4_frames}, {"raw", tree.raw_frames}};
    return json_text(json);
}

Result<int> pack(const PackFlags& flags) {
    PackOptions options;
    options.out = flags.out;
    options.version = flags.version;
    if (!flags.without_run) BALLAST_SET(options.run_program, find_run_program(flags.run_program));
    options.repack = flags.repack ? Repack::everything : Repack::changes;
    options.on_warning = &warn;
    options.output = flags.quiet ? Progress::Output::quiet : Progress::Output::automatic;
    BALLAST_TRY(const LoadedPackage loaded, load_package(flags.package, flags));
    if (flags.push && loaded.config.store.empty()) {
        return fail(ErrorCode::usage, "--push", "no store was given",
                    "name one with --store, BALLAST_STORE or 'store' in ballast.toml");
    }
    BALLAST_TRY(const PackResult result, pack_package(loaded.inventory, loaded.config, options));
    BALLAST_CHECK(print(flags.json ? pack_json(flags, result) : pack_text(flags, result, loaded.config)));
    if (!flags.push) return 0;
    BALLAST_TRY(const auto store, open_store(loaded.config.store));
    BALLAST_TRY(const Manifest manifest, Manifest::parse(result.tree.manifest, k_manifest_file));
    BALLAST_TRY(const PushReport pushed,
                push_staged(result.lock, manifest, flags.out, *store, options.output));
    if (!flags.json) BALLAST_CHECK(print(push_text(pushed, loaded.config.store)));
    return 0;
}

}  // namespace

void add_pack_command(Program& program) {
    Command command = program.add("pack", "Make a slim package, and packs of what leaves");
    auto& flags = command.runs<PackFlags>(pack);
    command.option("PACKAGE", flags.package, "a directory or a zip").required();
    command.option("--out SLIM", flags.out, "the slim package to make: a directory, or a zip by its name")
        .required();
    add_config_flags(command, flags);
    command.option("--version NAME", flags.version,
                   "the version's name (default: the git commit, else the tree's digest)");
    command.flag("--push", flags.push, "send the packs to the store when they are made");
    command.flag("--repack", flags.repack, "ignore what the store already has and rebuild every pack");
    command.option("--run-program FILE", flags.run_program,
                   "the ballast-run to include (default: the one beside ballast)");
    command.flag("--without-run", flags.without_run,
                 "include neither ballast-run nor its wrapper: a layer has them ('ballast layer')");
    add_json_flag(command, flags.json);
    add_quiet_flag(command, flags.quiet);
    command.examples({"ballast pack function/ --out slim/ --store file:///srv/ballast --push",
                      "ballast pack function.zip --out slim.zip --version 1.4.2"});
}

}  // namespace ballast
