#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "base/result.hpp"
#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/store_flags.hpp"
#include "format/keys.hpp"
#include "hydrate/place.hpp"
#include "hydrate/verify_tree.hpp"
#include "lifecycle/verify_version.hpp"
#include "program/common_flags.hpp"
#include "program/output.hpp"
#include "run/settings.hpp"

namespace ballast {
namespace {

struct VerifyFlags : StoreFlags {
    std::string target;  // a TREE or a VERSION
    std::string package;
    std::string root;
    std::string sample;
    std::optional<std::uint64_t> seed;
    bool quiet = false;
};

bool is_directory(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_directory(path, error);
}

Result<int> verify_hydrated_tree(const VerifyFlags& flags, const SlimSource& source) {
    RunFlags run;
    run.package = flags.package;
    run.root = flags.root;
    BALLAST_TRY(const Slim slim, open_slim(run, source));
    BALLAST_TRY(const HydrateOptions options, read_options(run, slim.lock));
    BALLAST_TRY(const Manifest manifest, load_manifest(slim));
    if (manifest.compute_tree_digest() != manifest.tree()) {
        return fail(ErrorCode::corrupt, slim.name, "the manifest's entries do not have the tree's digest");
    }
    const std::string tree = !flags.target.empty()
                                 ? flags.target
                                 : options.root + "/" + place_name(manifest.tree()) + "/" + k_tree_directory;
    const auto verified = verify_tree(manifest, tree);
    if (!verified && verified.error().code == ErrorCode::corrupt) {
        // The tree that the user asked about is not right: a check that did not hold.
        auto error = verified.error();
        error.code = ErrorCode::check_failed;
        return pass_on(std::move(error));
    }
    BALLAST_CHECK(verified);
    if (flags.json) {
        BALLAST_CHECK(print(json_text(
            {{"tree", tree}, {"entries", manifest.entries().size()}, {"bytes", slim.lock.tree_bytes}})));
        return 0;
    }
    BALLAST_CHECK(print(fmt::format("{}: {}, {}: all as the manifest says\n", tree,
                                    counted(manifest.entries().size(), "entry", "entries"),
                                    format_size(slim.lock.tree_bytes))));
    return 0;
}

Result<Sample> sample_of(const VerifyFlags& flags) {
    Sample sample;
    if (flags.sample.empty() && flags.seed) {
        return fail(ErrorCode::usage, "--seed", "there is no sample for it to choose",
                    "say how large with --sample");
    }
    if (!flags.sample.empty()) {
        BALLAST_TRY(sample, parse_sample(flags.sample, "--sample"));
        // Another one each time, so that in time all is read; said in the report, to be repeated.
        sample.seed = flags.seed.value_or(std::random_device()());
    }
    return sample;
}

std::string files_text(const Damage& damage) {
    if (damage.files == 0) return "";
    const std::string first = printable(damage.first_file);
    return damage.files == 1 ? first : fmt::format("{} and {} more", first, format_count(damage.files - 1));
}

std::string check_text(const StoredVersion& version, const VersionCheck& check, const std::string& sampled) {
    const std::string read = fmt::format("{} of {}, {} in {}{}", format_count(check.checked_frames),
                                         counted(check.frames, "frame"), format_size(check.checked_bytes),
                                         counted(check.requests, "request"), sampled);
    if (check.damages.empty())
        return fmt::format("{}: {}: all as the manifest says\n", version.label(), read);
    Table table({"object", "what", "files that need it"});
    for (const auto& damage : check.damages) {
        table.add_row({printable(damage.key), printable(damage.what), files_text(damage)});
    }
    return table.to_string(colours_of_stdout()) + fmt::format("\n{}: {}\n", version.label(), read);
}

nlohmann::ordered_json check_json(const Store& store, const StoredVersion& version, const VersionCheck& check,
                                  const VerifyFlags& flags, const Sample& sample) {
    nlohmann::ordered_json json;
    json["store"] = store.url();
    json["name"] = version.record.name;
    json["version"] = version.record.version;
    json["frames"] = check.frames;
    json["checked_frames"] = check.checked_frames;
    json["checked_bytes"] = check.checked_bytes;
    json["requests"] = check.requests;
    if (!flags.sample.empty()) json["seed"] = sample.seed;
    auto& damages = json["damages"] = nlohmann::ordered_json::array();
    for (const auto& damage : check.damages) {
        damages.push_back({{"object", damage.key},
                           {"what", damage.what},
                           {"files", damage.files},
                           {"first_file", damage.first_file}});
    }
    return json;
}

// Reports all that is damaged; check_failed when anything is, after it was printed.
Result<int> verify_stored_version(const VerifyFlags& flags) {
    BALLAST_TRY(const Sample sample, sample_of(flags));
    BALLAST_TRY(const auto store, open_store_of(flags));
    auto found = find_version(*store, flags.target, flags.name);
    if (!found) {
        Error error = std::move(found).error();
        // The record itself is what was asked about.
        if (error.code == ErrorCode::corrupt) error.code = ErrorCode::check_failed;
        if (error.code == ErrorCode::usage && error.hint == "write VERSION or NAME/VERSION")
            error.message = "is neither an existing directory nor a version's name";
        return pass_on(std::move(error));
    }
    BALLAST_TRY(VersionChecker checker, VersionChecker::open(*store, found->record, sample));
    const auto output = flags.quiet ? Progress::Output::quiet : Progress::Output::automatic;
    Progress progress("verifying", checker.bytes_to_read(),
                      checker.bytes_to_read() == 0 ? Progress::Output::quiet : output);
    BALLAST_TRY(const VersionCheck check, checker.run(progress));
    progress.finish();
    const std::string sampled = flags.sample.empty() ? "" : fmt::format(" (--seed {})", sample.seed);
    BALLAST_CHECK(print(flags.json ? json_text(check_json(*store, *found, check, flags, sample))
                                   : check_text(*found, check, sampled)));
    if (check.damages.empty()) return 0;
    return fail(
        ErrorCode::check_failed, fmt::format("{}: {}", store->url(), found->label()),
        counted(check.damages.size(), "object or part is", "objects or parts are") + " damaged or missing",
        "remove what is damaged, pack again with --repack, and push");
}

// Flags of one of the two ways must not be passed over in the other.
Result<int> verify(const VerifyFlags& flags, const SlimSource& source) {
    const bool of_tree = flags.target.empty() || is_directory(flags.target);
    const auto refuse = [](const char* flag, const char* what, const std::string& hint) {
        return fail(ErrorCode::usage, flag, what, hint);
    };
    constexpr const char* k_needs_version = "is for a stored version, and this verifies a hydrated tree";
    constexpr const char* k_needs_tree = "is for a hydrated tree, and this verifies a stored version";
    constexpr const char* k_leave_out = "leave it out, or name an existing directory";
    if (of_tree) {
        const std::string hint =
            flags.target.empty()
                ? "name the version: 'ballast verify VERSION'"
                : fmt::format("'{0}' is a directory here: write NAME/{0} for the version", flags.target);
        if (!flags.sample.empty()) return refuse("--sample", k_needs_version, hint);
        if (flags.seed) return refuse("--seed", k_needs_version, hint);
        if (!flags.store.empty()) return refuse("--store", k_needs_version, hint);
        if (!flags.name.empty()) return refuse("--name", k_needs_version, hint);
        return verify_hydrated_tree(flags, source);
    }
    if (!flags.package.empty()) return refuse("--package", k_needs_tree, k_leave_out);
    if (!flags.root.empty()) return refuse("--root", k_needs_tree, k_leave_out);
    return verify_stored_version(flags);
}

}  // namespace

void add_verify_command(Program& program, const SlimSource& source) {
    Command command = program.add(
        "verify",
        "Read a hydrated tree, or a version in the store, and compare every byte with the manifest.\n"
        "An argument that is an existing directory is a TREE; anything else is a VERSION");
    auto& flags =
        command.runs<VerifyFlags>([source](const VerifyFlags& given) { return verify(given, source); });
    command.option("TREE|VERSION", flags.target,
                   "the tree's directory (default: where it would be hydrated), or VERSION, NAME/VERSION or "
                   "its first four or more characters, where only one version begins so");
    command.option("--package SLIM", flags.package, "of a tree: the slim package");
    command.option("--root DIR", flags.root,
                   "of a tree: where trees are hydrated (default: BALLAST_ROOT, then the package's lock)");
    add_store_flags(command, flags);
    command.option("--sample N%|COUNT", flags.sample,
                   "of a version: read only some frames, a share like 10% or a number");
    command.option("--seed NUMBER", flags.seed,
                   "of a version: which frames the sample has; the same seed chooses the same");
    add_quiet_flag(command, flags.quiet);
    command.examples({"ballast verify --package slim/", "ballast verify /mnt/tree --package slim.zip",
                      "ballast verify 1.4.2 --store file:///srv/ballast",
                      "ballast verify rendering/1.4.2 --sample 10% --seed 7"});
}

}  // namespace ballast
