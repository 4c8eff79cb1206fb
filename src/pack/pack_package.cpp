#include "pack/pack_package.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "classify/lacks.hpp"
#include "elf/elf.hpp"
#include "format/keys.hpp"
#include "pack/push.hpp"
#include "pack/slim_package.hpp"
#include "pack/version_name.hpp"
#include "package/open_package.hpp"
#include "package/package_writer.hpp"
#include "store/file_store.hpp"
#include "store/open_store.hpp"

namespace ballast {
namespace {

namespace fs = std::filesystem;

// That `out` can be written: it is not inside the package, whose next version would then hold this one's slim
// package; what is there may be replaced.
Result<void> check_slim_target(const std::string& package_path, const std::string& out) {
    std::error_code error;
    const fs::path package = fs::weakly_canonical(fs::absolute(package_path, error), error);
    const fs::path target = fs::weakly_canonical(fs::absolute(out, error), error);
    const fs::path within = target.lexically_relative(package);
    const bool is_inside = !within.empty() && *within.begin() != "..";
    if (is_inside && fs::is_directory(package, error)) {
        return fail(ErrorCode::usage, "--out " + printable(out),
                    "is inside the package, which would hold it the next time",
                    "write it beside: --out ../slim");
    }
    // As for the packs that are staged beside it.
    const fs::path parent = target.parent_path();
    if (!fs::exists(parent, error)) BALLAST_CHECK(make_directories(parent.string()));
    // Made and dropped again.
    BALLAST_CHECK(create_package(out, Replace::slim_package));
    return {};
}

Result<void> check_run_program(const std::string& path) {
    BALLAST_TRY(const Fd fd, open_for_reading(path));
    std::array<std::byte, 4> start = {};
    const auto read = pread_exact(fd, start, 0, path);
    if (read && is_elf(start)) return {};
    return fail(ErrorCode::usage, "--run-program " + printable(path), "is not a program for Linux",
                "name a ballast-run, or leave it out");
}

// What would fail at the end: compressing takes minutes.
Result<void> check_first(const Package& package, const PackOptions& options) {
    if (!options.version.empty() && !is_version_name(options.version)) {
        return fail(ErrorCode::usage, options.version, "cannot name a version",
                    "use letters, digits and . _ + -, at most 128");
    }
    if (options.run_program) BALLAST_CHECK(check_run_program(*options.run_program));
    return check_slim_target(package.name(), options.out);
}

Result<KnownContents> read_known(const Config& config, Repack repack) {
    if (repack == Repack::everything || config.store.empty()) return KnownContents();
    BALLAST_TRY(const auto store, open_store(config.store));
    return KnownContents::read(*store, config.name);
}

// What the files of the slim package have, unpacked.
Result<std::uint64_t> unzipped_bytes(const std::string& slim) {
    BALLAST_TRY(const auto package, open_package(slim));
    std::uint64_t bytes = 0;
    for (const auto& entry : package->entries()) bytes += entry.kind == EntryKind::file ? entry.size : 0;
    return bytes;
}

// Where a context, which has another working directory than this one, finds the store.
std::string absolute_store(const std::string& store) {
    if (store.empty() || store.find(':') != std::string::npos) return store;
    std::error_code error;
    return fs::absolute(store, error).lexically_normal().string();
}

}  // namespace

Result<PackResult> pack_package(const Inventory& inventory, const Config& config,
                                const PackOptions& options) {
    const Package& package = inventory.package();
    BALLAST_CHECK(check_first(package, options));
    PackResult result;
    BALLAST_TRY(result.plan, make_plan(inventory, config));
    BALLAST_CHECK(check_own_names(package));
    for (const auto& warning : result.plan.warnings) options.on_warning(warning);
    for (const auto& lack : find_lacks(inventory)) options.on_warning(lack.path + ": " + lack.message);
    BALLAST_TRY(const KnownContents known, read_known(config, options.repack));

    Progress reading("reading", result.plan.leaving_bytes, options.output);
    BALLAST_TRY(const PlannedTree tree, read_tree(inventory, result.plan, reading));
    reading.finish();

    const std::string staging = staging_path(options.out);
    FileStore staged(staging, staging);
    std::uint64_t content_bytes = 0;
    for (const auto& content : tree.contents) content_bytes += content.bytes;
    Progress packing("packing", content_bytes, options.output);
    BALLAST_TRY(result.tree, pack_tree(package, result.plan, tree, config, known, staged, packing));
    packing.finish();

    const std::string& manifest = result.tree.manifest;
    BALLAST_TRY(result.lock,
                make_lock(inventory, config, result.plan, tree.digest, manifest, options.version));
    BALLAST_CHECK(
        write_slim_package(package, result.plan, result.lock, manifest, options.run_program, options.out));
    BALLAST_SET(result.unzipped_bytes, unzipped_bytes(options.out));
    std::error_code error;
    result.slim_bytes =
        fs::is_directory(options.out, error) ? result.unzipped_bytes : fs::file_size(options.out, error);
    BALLAST_TRY(const Manifest parsed, Manifest::parse(manifest, k_manifest_file));
    BALLAST_TRY(result.work, cold_start_work(parsed, result.lock.groups));
    result.estimate = estimate_cold_start(TimeModel(), result.work);
    if (result.estimate.total >= k_worrying_seconds) {
        options.on_warning(fmt::format(
            "a cold start may take about {:.1f} s, and Lambda's init phase ends at {:.0f} s: what is not "
            "done then goes on in the first invocation, within its timeout; hydrate groups ([start] in "
            "ballast.toml), or pack less",
            result.estimate.total, k_init_limit_seconds));
    }
    return result;
}

Result<Lock> make_lock(const Inventory& inventory, const Config& config, const Plan& plan, const Digest& tree,
                       std::string_view manifest, const std::string& version) {
    Lock lock;
    lock.name = config.name;
    lock.version = version.empty() ? version_name(inventory.package().name(), tree) : version;
    lock.tree = tree;
    lock.tree_bytes = plan.leaving_bytes;
    lock.manifest = sha256(as_bytes(manifest));
    lock.manifest_bytes = manifest.size();
    lock.store = absolute_store(config.store);
    lock.root = config.root;
    lock.path = program_directories(inventory, plan);
    lock.library_path = library_directories(inventory, plan);
    lock.env = config.env;
    lock.groups = config.start_groups;
    for (const auto& group : lock.groups) {
        // "default" is there only when something was left for it.
        if (std::find(plan.group_names.begin(), plan.group_names.end(), group) != plan.group_names.end())
            continue;
        return fail(ErrorCode::usage, "'groups' in [start]",
                    fmt::format("names '{}', but no file of the tree is in it", group),
                    fmt::format("groups with files: {}", fmt::join(plan.group_names, ", ")));
    }
    for (const auto& text : {lock.store, lock.root}) {
        if (printable(text) != text) return fail(ErrorCode::usage, printable(text), "is not UTF-8 text");
    }
    return lock;
}

}  // namespace ballast
