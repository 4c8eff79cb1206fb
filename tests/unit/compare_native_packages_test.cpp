#include "compare/native_packages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/make_elf.hpp"
#include "support/memory_package.hpp"

namespace ballast {
namespace {

using test::make_elf;
using test::MemoryPackage;
using testing::ElementsAre;
using testing::IsEmpty;

struct Found {
    NativePackages native;
    std::vector<std::string> stays;  // paths
};

Found find(const MemoryPackage& package) {
    const Inventory inventory = Inventory::take(package).value();
    const auto installed = find_installed(inventory).value();
    Found found{find_native(inventory, installed, {"index.js"}), {}};
    for (std::size_t i = 0; i < installed.list.size(); ++i) {
        if (found.native.stays[i]) found.stays.push_back(installed.list[i].path);
    }
    return found;
}

void add_npm(MemoryPackage& package, const std::string& path, const std::string& fields = "") {
    package.file(path + "/package.json", "{\"version\":\"1.0.0\"" + fields + "}");
    package.file(path + "/index.js", "1;");
}

TEST(NativePackages, AreNoneOfScripts) {
    MemoryPackage package;
    add_npm(package, "node_modules/a");
    EXPECT_THAT(find(package).native.kept, IsEmpty());
    EXPECT_THAT(find(package).stays, IsEmpty());
}

TEST(NativePackages, StayWithWhatTheyNeed) {
    MemoryPackage package;
    add_npm(package, "node_modules/addon", R"(,"dependencies":{"helper":"1"})");
    package.file("node_modules/addon/build/Release/x.node", make_elf({.soname = "x"}));
    add_npm(package, "node_modules/helper", R"(,"dependencies":{"deeper":"1","addon":"1"})");
    add_npm(package, "node_modules/helper/node_modules/deeper");
    add_npm(package, "node_modules/deeper");
    add_npm(package, "node_modules/script", R"(,"dependencies":{"addon":"1"})");
    const auto found = find(package);
    ASSERT_EQ(found.native.kept.size(), 1U);
    EXPECT_EQ(found.native.kept[0].reason, "has native code: build/Release/x.node");
    EXPECT_THAT(found.native.external, ElementsAre("addon"));
    EXPECT_THAT(found.stays, ElementsAre("node_modules/addon", "node_modules/helper",
                                         "node_modules/helper/node_modules/deeper"));
}

TEST(NativePackages, IncludeWhoChoosesByPlatform) {
    MemoryPackage package;
    add_npm(package, "node_modules/sharp",
            R"(,"optionalDependencies":{"@img/sharp-linux-x64":"1","absent":"1"})");
    add_npm(package, "node_modules/@img/sharp-linux-x64");
    package.file("node_modules/@img/sharp-linux-x64/lib/sharp.node", "no ELF, and yet an addon by name");
    add_npm(package, "node_modules/user", R"(,"dependencies":{"sharp":"1"})");
    const auto found = find(package);
    EXPECT_THAT(found.native.external, ElementsAre("@img/sharp-linux-x64", "sharp"));
    EXPECT_THAT(found.stays, ElementsAre("node_modules/@img/sharp-linux-x64", "node_modules/sharp"));
}

TEST(NativePackages, StayThroughTheLinksOfPnpm) {
    MemoryPackage package;
    add_npm(package, "node_modules/.pnpm/nat@1.0.0/node_modules/nat", R"(,"dependencies":{"dl":"2"})");
    package.file("node_modules/.pnpm/nat@1.0.0/node_modules/nat/x.node", make_elf({.soname = "x"}));
    package.symlink("node_modules/.pnpm/nat@1.0.0/node_modules/dl", "../../dl@2.0.0/node_modules/dl");
    add_npm(package, "node_modules/.pnpm/dl@2.0.0/node_modules/dl");
    package.symlink("node_modules/nat", ".pnpm/nat@1.0.0/node_modules/nat");
    const auto found = find(package);
    EXPECT_THAT(found.native.external, ElementsAre("nat"));
    EXPECT_THAT(found.stays, ElementsAre("node_modules/.pnpm/dl@2.0.0/node_modules/dl",
                                         "node_modules/.pnpm/nat@1.0.0/node_modules/nat"));
}

TEST(NativePackages, StayWithWhoHasThemToItself) {
    MemoryPackage package;
    add_npm(package, "node_modules/a", R"(,"dependencies":{"nat":"1"})");
    add_npm(package, "node_modules/a/node_modules/nat");
    package.file("node_modules/a/node_modules/nat/x.node", make_elf({.soname = "x"}));
    add_npm(package, "node_modules/b", R"(,"dependencies":{"a":"1"})");
    const auto found = find(package);
    EXPECT_THAT(found.native.external, ElementsAre("a"));
    EXPECT_THAT(found.stays, ElementsAre("node_modules/a", "node_modules/a/node_modules/nat"));
}

TEST(NativePackages, AreNamedByTheirFolders) {
    MemoryPackage package;
    add_npm(package, "node_modules/alias", R"(,"name":"real")");
    package.file("node_modules/alias/x.node", make_elf({.soname = "x"}));
    add_npm(package, "node_modules/all", R"(,"name":"*")");
    package.file("node_modules/all/x.node", make_elf({.soname = "x"}));
    EXPECT_THAT(find(package).native.external, ElementsAre("alias", "all"));
}

TEST(NativePackages, SurviveCycles) {
    MemoryPackage package;
    add_npm(package, "node_modules/a", R"(,"dependencies":{"b":"1"})");
    add_npm(package, "node_modules/b", R"(,"dependencies":{"a":"1","b":"1"})");
    package.file("node_modules/a/a.node", make_elf({.soname = "a"}));
    EXPECT_THAT(find(package).stays, ElementsAre("node_modules/a", "node_modules/b"));
}

std::vector<std::string> entries_of(const MemoryPackage& package) {
    return find_entries(Inventory::take(package).value());
}

TEST(Entries, AreThoseOfPackageJsonOrUsualNames) {
    MemoryPackage named;
    named.file("package.json", R"({"main":"./lib"})");
    named.file("lib/index.js", "1;");
    named.file("index.js", "2;");
    EXPECT_THAT(entries_of(named), ElementsAre("lib/index.js"));
    MemoryPackage usual;
    usual.file("handler.mjs", "1;");
    usual.file("package.json", R"({"main": 5})");
    EXPECT_THAT(entries_of(usual), ElementsAre("handler.mjs"));
    MemoryPackage broken;
    broken.file("package.json", "no JSON");
    EXPECT_THAT(entries_of(broken), IsEmpty());
    MemoryPackage climbing;
    climbing.file("package.json", R"({"main":"../../etc/passwd"})");
    EXPECT_THAT(entries_of(climbing), IsEmpty());
}

}  // namespace
}  // namespace ballast
