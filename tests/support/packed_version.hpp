#pragma once

#include <map>
#include <string>

#include "base/file.hpp"
#include "format/lock.hpp"
#include "format/manifest.hpp"
#include "lifecycle/verify_version.hpp"
#include "pack/pack_tree.hpp"
#include "pack/push.hpp"
#include "support/memory_package.hpp"
#include "support/memory_store.hpp"

// Versions as pack makes them, in memory: what the tests of push and gc send.

namespace ballast::test {

struct PackedVersion {
    Lock lock;
    std::string manifest;
    std::unique_ptr<MemoryStore> staging = std::make_unique<MemoryStore>();

    Manifest parsed() const { return Manifest::parse(manifest, "manifest").value(); }
};

// Packs the files as `store` knows the family's other versions. Frames of 64 KiB, so that files share.
inline PackedVersion pack_version(const std::map<std::string, std::string>& files, const std::string& name,
                                  const std::string& version, Store& store) {
    MemoryPackage package;
    for (const auto& [path, bytes] : files) package.file(path, bytes);
    Config config;
    config.include = {"*"};
    config.codec = CodecChoice::lz4;
    config.frame_bytes = k_min_frame_bytes;
    const Inventory inventory = Inventory::take(package).value();
    const Plan plan = make_plan(inventory, config).value();
    Progress quiet("", 0, Progress::Output::quiet);
    const PlannedTree tree = read_tree(inventory, plan, quiet).value();
    const KnownContents known = KnownContents::read(store, name).value();
    PackedVersion packed;
    packed.manifest = pack_tree(package, plan, tree, config, known, *packed.staging, quiet).value().manifest;
    packed.lock.name = name;
    packed.lock.version = version;
    packed.lock.tree = tree.digest;
    packed.lock.tree_bytes = plan.leaving_bytes;
    packed.lock.manifest = sha256(as_bytes(packed.manifest));
    packed.lock.manifest_bytes = packed.manifest.size();
    return packed;
}

// A whole push, without sleeping.
inline Result<PushReport> push(
    const PackedVersion& packed, Store& store,
    const std::function<void(std::chrono::milliseconds)>& sleep = [](auto) {}) {
    const Manifest manifest = packed.parsed();
    LeaseOptions options;
    options.sleep = sleep;
    BALLAST_TRY(Push push, Push::begin(packed.lock, manifest, store, options));
    Progress quiet("", 0, Progress::Output::quiet);
    return push.send(*packed.staging, quiet);
}

// What is damaged or missing of any version that can be seen: "app/v1: packs/ab..: is not there".
inline std::vector<std::string> damages(Store& store) {
    std::vector<std::string> found;
    const auto list = list_versions(store).value();
    for (const auto& error : list.damaged) found.push_back(error.object + ": " + error.message);
    for (const auto& version : list.versions) {
        Progress quiet("", 0, Progress::Output::quiet);
        auto checker = VersionChecker::open(store, version.record, {}).value();
        const VersionCheck check = checker.run(quiet).value();
        for (const auto& damage : check.damages) {
            found.push_back(version.label() + ": " + damage.key + ": " + damage.what);
        }
    }
    return found;
}

inline std::vector<std::string> keys(Store& store, std::string_view prefix) {
    std::vector<std::string> found;
    const auto objects = store.list(prefix).value();
    for (const auto& object : objects) found.push_back(object.key);
    return found;
}

}  // namespace ballast::test
