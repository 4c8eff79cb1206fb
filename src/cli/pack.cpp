#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.hpp"
#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "classify/lacks.hpp"
#include "cli/commands.hpp"
#include "cli/own_program.hpp"
#include "cli/pack_checks.hpp"
#include "cli/package_settings.hpp"
#include "cli/plan_report.hpp"
#include "cli/push_staged.hpp"
#include "cli/start_estimate.hpp"
#include "format/keys.hpp"
#include "pack/pack_tree.hpp"
#include "pack/slim_package.hpp"
#include "pack/version_name.hpp"
#include "store/file_store.hpp"

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

Result<KnownContents> read_known(const PackFlags& flags, const Config& config) {
    if (flags.repack || config.store.empty()) return KnownContents();
    BALLAST_TRY(const auto store, open_store(config.store));
    return KnownContents::read(*store, config.name);
}

std::uint64_t size_of(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) return std::filesystem::file_size(path, error);
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
        if (entry.is_regular_file(error) && !entry.is_symlink(error)) bytes += entry.file_size(error);
    }
    return bytes;
}

struct Start {
    ColdStartWork work;
    ColdStartEstimate estimate;
};

std::string pack_text(const PackFlags& flags, const Lock& lock, const Plan& plan, const PackedTree& packed,
                      const Start& start, const Config& config) {
    const std::uint64_t slim_bytes = size_of(flags.out);
    std::string text = fmt::format("version {}\n", lock.version);
    text += fmt::format("tree    {} in {} files, {} compressed ({} zstd, {} lz4, {} raw frames)\n",
                        format_size(lock.tree_bytes), format_count(plan.leaving_files),
                        format_size(packed.fetched_bytes), packed.zstd_frames, packed.lz4_frames,
                        packed.raw_frames);
    text += fmt::format("new     {} in {} {}; {} were in stored packs already\n",
                        format_size(packed.new_bytes), packed.new_packs,
                        packed.new_packs == 1 ? "pack" : "packs", format_size(packed.known_content_bytes));
    text += fmt::format("slim    {}: {}{}\n", printable(flags.out), format_size(slim_bytes),
                        std::filesystem::is_directory(flags.out)
                            ? ", " + against_limit(slim_bytes, config.max_size)
                            : fmt::format(" zipped, {} unzipped", format_size(plan.staying_bytes())));
    text += estimate_text(start.work, start.estimate, lock.groups);
    return text;
}

std::string pack_json(const PackFlags& flags, const Lock& lock, const Plan& plan, const PackedTree& packed,
                      const Start& start) {
    nlohmann::ordered_json json;
    json["name"] = lock.name;
    json["version"] = lock.version;
    json["tree"] = lock.tree.hex();
    json["manifest"] = lock.manifest.hex();
    json["slim"] = flags.out;
    json["slim_bytes"] = size_of(flags.out);
    json["package_bytes"] = plan.package_bytes;
    json["tree_bytes"] = lock.tree_bytes;
    json["tree_files"] = plan.leaving_files;
    json["compressed_bytes"] = packed.fetched_bytes;
    json["new_packs"] = packed.new_packs;
    json["new_bytes"] = packed.new_bytes;
    json["new_content_bytes"] = packed.new_content_bytes;
    json["known_content_bytes"] = packed.known_content_bytes;
    json["start_groups"] = lock.groups;
    json["start_fetched_bytes"] = start.work.compressed_bytes;
    json["start_files"] = start.work.files;
    json["start_estimate_ms"] = std::llround(start.estimate.total * 1000);
    json["frames"] = {{"zstd", packed.zstd_frames}, {"lz4", packed.lz4_frames}, {"raw", packed.raw_frames}};
    return json_text(json);
}

Result<Lock> make_lock(const PackFlags& flags, const LoadedPackage& loaded, const Plan& plan,
                       const PlannedTree& tree, const PackedTree& packed) {
    Lock lock;
    lock.name = loaded.config.name;
    lock.version = flags.version.empty() ? version_name(flags.package, tree.digest) : flags.version;
    lock.tree = tree.digest;
    lock.tree_bytes = plan.leaving_bytes;
    lock.manifest = sha256(as_bytes(packed.manifest));
    lock.manifest_bytes = packed.manifest.size();
    lock.store = loaded.config.store;
    // A context has another working directory than this one.
    if (!lock.store.empty() && lock.store.find(':') == std::string::npos) {
        std::error_code error;
        lock.store = std::filesystem::absolute(lock.store, error).lexically_normal().string();
    }
    lock.root = loaded.config.root;
    lock.path = program_directories(*loaded.package, loaded.facts, plan);
    lock.library_path = library_directories(*loaded.package, loaded.facts, plan);
    lock.env = loaded.config.env;
    if (loaded.config.start == StartChoice::groups) {
        lock.mode = StartMode::groups;
        lock.groups = loaded.config.start_groups;
        for (const auto& group : lock.groups) {
            // "default" is there only when something was left for it.
            if (std::find(plan.group_names.begin(), plan.group_names.end(), group) != plan.group_names.end())
                continue;
            return fail(ErrorCode::usage, "'groups' in [start]",
                        fmt::format("names '{}', but no file of the tree is in it", group),
                        fmt::format("groups with files: {}", fmt::join(plan.group_names, ", ")));
        }
    }
    for (const auto& text : {lock.store, lock.root}) {
        if (printable(text) != text) return fail(ErrorCode::usage, printable(text), "is not UTF-8 text");
    }
    return lock;
}

Result<int> pack(const PackFlags& flags) {
    if (!flags.version.empty() && !is_version_name(flags.version)) {
        return fail(ErrorCode::usage, flags.version, "cannot name a version",
                    "use letters, digits and . _ + -, at most 128");
    }
    std::optional<std::string> run_program;
    if (!flags.without_run) {
        BALLAST_TRY(run_program, find_run_program(flags.run_program));
        BALLAST_CHECK(check_run_program(*run_program));
    }
    BALLAST_TRY(const LoadedPackage loaded, load_package(flags.package, flags));
    if (flags.push && loaded.config.store.empty()) {
        return fail(ErrorCode::usage, "--push", "no store was given",
                    "name one with --store, BALLAST_STORE or 'store' in ballast.toml");
    }
    BALLAST_CHECK(check_slim_target(flags.package, flags.out));
    BALLAST_TRY(const Plan plan, make_plan(*loaded.package, loaded.facts, loaded.config));
    BALLAST_CHECK(check_own_names(*loaded.package));
    for (const auto& warning : plan.warnings) warn(warning);
    for (const auto& lack : find_lacks(*loaded.package, loaded.facts)) warn(lack.path + ": " + lack.message);
    BALLAST_TRY(const KnownContents known, read_known(flags, loaded.config));

    const auto output = flags.quiet ? Progress::Output::quiet : Progress::Output::automatic;
    Progress reading("reading", plan.leaving_bytes, output);
    BALLAST_TRY(const PlannedTree tree, read_tree(*loaded.package, loaded.facts, plan, reading));
    reading.finish();

    const std::string staging = staging_path(flags.out);
    FileStore staged(staging, staging);
    std::uint64_t content_bytes = 0;
    for (const auto& content : tree.contents) content_bytes += content.bytes;
    Progress packing("packing", content_bytes, output);
    BALLAST_TRY(const PackedTree packed,
                pack_tree(*loaded.package, plan, tree, loaded.config, known, staged, packing));
    packing.finish();

    BALLAST_TRY(const Lock lock, make_lock(flags, loaded, plan, tree, packed));
    BALLAST_CHECK(write_slim_package(*loaded.package, plan, lock, packed.manifest, run_program, flags.out));
    Start start;
    BALLAST_TRY(start.work, cold_start_work(packed.manifest, lock.groups));
    start.estimate = estimate_cold_start(TimeModel(), start.work);
    if (const auto warning = estimate_warning(start.estimate); !warning.empty()) warn(warning);
    BALLAST_CHECK(print(flags.json ? pack_json(flags, lock, plan, packed, start)
                                   : pack_text(flags, lock, plan, packed, start, loaded.config)));
    if (!flags.push) return 0;
    BALLAST_TRY(const PushReport pushed, push_staged(flags.out, loaded.config.store, output));
    if (!flags.json) BALLAST_CHECK(print(push_text(pushed, loaded.config.store)));
    return 0;
}

}  // namespace

void add_pack_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("pack", "Make a slim package, and packs of what leaves");
    const auto flags = std::make_shared<PackFlags>();
    command->add_option("PACKAGE", flags->package, "a directory or a zip")->required();
    command->add_option("--out", flags->out, "the slim package to make: a directory, or a zip by its name")
        ->required()
        ->type_name("SLIM");
    add_config_flags(*command, *flags);
    command
        ->add_option("--version", flags->version,
                     "the version's name (default: the git commit, else the tree's digest)")
        ->type_name("NAME");
    command->add_flag("--push", flags->push, "send the packs to the store when they are made");
    command->add_flag("--repack", flags->repack, "do not look what the store has; make all packs anew");
    command
        ->add_option("--run-program", flags->run_program,
                     "the ballast-run to put in (default: the one beside ballast)")
        ->type_name("FILE");
    command->add_flag("--without-run", flags->without_run,
                      "put neither ballast-run nor its wrapper in: a layer has them ('ballast layer')");
    command->add_flag("--json", flags->json, "print JSON");
    command->add_flag("--quiet", flags->quiet, "show no progress");
    add_examples(*command, {"ballast pack function/ --out slim/ --store file:///srv/ballast --push",
                            "ballast pack function.zip --out slim.zip --version 1.4.2"});
    command->callback([&action, flags] { action = [flags] { return pack(*flags); }; });
}

}  // namespace ballast
