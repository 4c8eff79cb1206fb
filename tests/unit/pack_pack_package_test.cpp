#include "pack/pack_package.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.hpp"
#include "format/keys.hpp"
#include "lifecycle/versions.hpp"
#include "pack/push.hpp"
#include "store/file_store.hpp"
#include "support/make_elf.hpp"
#include "support/memory_package.hpp"
#include "support/package_files.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::MemoryPackage;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view k_own_library = "libown.so.1";

class PackPackage : public testing::Test {
  protected:
    PackPackage() {
        m_config.name = "function";
        m_config.codec = CodecChoice::lz4;
        m_config.store = path("store");
        m_config.groups = {{"programs", {"bin/"}}};
        m_package.file("index.js", "text").file("data/big", test::noise(100'000, 1));
        m_package.file("bin/tool", test::make_elf({.needed = {std::string(k_own_library)}}), 0755);
        m_package.file("lib/" + std::string(k_own_library), test::make_elf());
        m_config.include = {"bin/", "lib/", "data/"};
    }

    std::string path(const std::string& name) const { return m_work.path() + "/" + name; }

    PackOptions options(const std::string& version = "v1") const {
        PackOptions options;
        options.out = path("slim");
        options.version = version;
        options.output = Progress::Output::quiet;
        return options;
    }

    Result<PackResult> pack(const PackOptions& options) const {
        return pack_package(Inventory::take(m_package).value(), m_config, options);
    }

    Result<Lock> lock(const std::string& version = "v1") const {
        const Inventory inventory = Inventory::take(m_package).value();
        const Plan plan = make_plan(inventory, m_config).value();
        return make_lock(inventory, m_config, plan, sha256(as_bytes("tree")), "manifest", version);
    }

    TemporaryDirectory m_work = TemporaryDirectory::create().value();
    MemoryPackage m_package{"memory"};
    Config m_config;
};

TEST_F(PackPackage, WritesASlimPackageWithWhatItReturns) {
    const PackResult packed = pack(options()).value();
    EXPECT_EQ(packed.plan.leaving_files, 3U);
    EXPECT_EQ(packed.lock.version, "v1");
    EXPECT_EQ(packed.work.files, 3U);
    EXPECT_GT(packed.estimate.total, 0);
    EXPECT_EQ(packed.tree.new_packs, 1U);
    EXPECT_EQ(support::file_bytes(path("slim/ballast.manifest")), packed.tree.manifest);
    EXPECT_EQ(support::file_bytes(path("slim/ballast.lock")), write_lock(packed.lock));
    EXPECT_EQ(support::file_bytes(path("slim/index.js")), "text");
    EXPECT_FALSE(std::filesystem::exists(path("slim/data/big")));
    EXPECT_EQ(packed.slim_bytes, 4 + packed.tree.manifest.size() + write_lock(packed.lock).size());
    EXPECT_THAT(packed.warnings, IsEmpty());
}

TEST_F(PackPackage, ReturnsWhatItHasToWarnOf) {
    m_package.file("lib/lacking.so", test::make_elf({.needed = {"libnone.so.1"}}));
    m_package.symlink("out", "/etc");
    EXPECT_THAT(pack(options())->warnings, ElementsAre(HasSubstr("out: leads out of the package"),
                                                       HasSubstr("lib/lacking.so: needs libnone.so.1")));
}

TEST_F(PackPackage, RefusesBeforeItWritesWhatWouldFailAtTheEnd) {
    EXPECT_EQ(pack(options("a/b")).error().message, "cannot name a version");
    PackOptions with_text = options();
    support::write_file(path("text"), "not a program");
    with_text.run_program = path("text");
    EXPECT_THAT(pack(with_text).error().message, HasSubstr("is not a program"));
    support::write_file(path("file"), "the user's own");
    PackOptions on_file = options();
    on_file.out = path("file");
    EXPECT_EQ(pack(on_file).error().code, ErrorCode::usage);
    m_package.file("ballast-run", "mine");
    EXPECT_THAT(pack(options()).error().message, HasSubstr("a name that a slim package needs"));
    EXPECT_FALSE(std::filesystem::exists(path("slim")));
    EXPECT_FALSE(std::filesystem::exists(path("slim.packs")));
}

TEST_F(PackPackage, TakesWhatTheStoreHasUnlessToldNotTo) {
    const PackResult first = pack(options()).value();
    FileStore store(path("store"), path("store"));
    const auto push = [&](const PackResult& packed) {
        const Manifest manifest = Manifest::parse(packed.tree.manifest, k_manifest_file).value();
        return push_staged(packed.lock, manifest, path("slim"), store, Progress::Output::quiet).value();
    };
    const PushReport sent = push(first);
    EXPECT_EQ(sent.packs_sent, 1U);
    EXPECT_FALSE(std::filesystem::exists(path("slim.packs"))) << "the store has them";
    EXPECT_EQ(list_versions(store)->versions.size(), 1U);

    const PackResult again = pack(options()).value();
    EXPECT_EQ(again.tree.new_packs, 0U);
    EXPECT_EQ(again.tree.manifest, first.tree.manifest);
    EXPECT_TRUE(push(again).version_was_there);
    PackOptions anew = options("v2");
    anew.repack = Repack::everything;
    EXPECT_EQ(pack(anew)->tree.new_packs, 1U);
}

TEST_F(PackPackage, ALockSaysWhatAStartNeeds) {
    m_config.env = {{"DATA", "{tree}/data"}};
    m_config.start_groups = {"programs", "default"};
    const Lock made = lock().value();
    EXPECT_EQ(made.name, "function");
    EXPECT_EQ(made.tree, sha256(as_bytes("tree")));
    EXPECT_EQ(made.manifest, sha256(as_bytes("manifest")));
    EXPECT_EQ(made.manifest_bytes, 8U);
    EXPECT_EQ(made.tree_bytes, make_plan(Inventory::take(m_package).value(), m_config)->leaving_bytes);
    EXPECT_THAT(made.path, ElementsAre("bin"));
    EXPECT_THAT(made.library_path, ElementsAre("lib"));
    EXPECT_EQ(made.env, m_config.env);
    EXPECT_THAT(made.groups, ElementsAre("programs", "default"));
}

TEST_F(PackPackage, ALockOfAPathInThisDirectoryIsFoundFromAnother) {
    m_config.store = "packs/../store";
    EXPECT_EQ(lock()->store, (std::filesystem::current_path() / "store").string());
    m_config.store = "s3://bucket/prefix";
    EXPECT_EQ(lock()->store, "s3://bucket/prefix");
    m_config.store = "";
    EXPECT_EQ(lock()->store, "");
}

TEST_F(PackPackage, ALockWithoutAVersionIsNamedByItsTreeOutsideOfGit) {
    const MemoryPackage outside(path("function"));
    const Digest tree = sha256(as_bytes("tree"));
    Plan plan;
    const Lock made = make_lock(Inventory::take(outside).value(), m_config, plan, tree, "", "").value();
    EXPECT_EQ(made.version, tree.hex().substr(0, 32));
}

TEST_F(PackPackage, ALockRefusesAStartGroupWithoutFilesAndTextThatJsonCannotHold) {
    m_config.include = {"bin/"};
    m_config.start_groups = {"default"};
    EXPECT_THAT(lock().error().message, HasSubstr("names 'default', but no file of the tree is in it"));
    EXPECT_EQ(lock().error().hint, "groups with files: programs");
    m_config.start_groups.clear();
    m_config.root = "/tmp/\xFF";
    EXPECT_EQ(lock().error().message, "is not UTF-8 text");
}

}  // namespace
}  // namespace ballast
