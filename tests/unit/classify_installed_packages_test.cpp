#include "classify/installed_packages.hpp"
#include "classify/npm_packages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "classify/python_metadata.hpp"
#include "support/memory_package.hpp"

namespace ballast {
namespace {

using test::MemoryPackage;
using testing::ElementsAre;
using testing::IsEmpty;

struct Found {
    explicit Found(const MemoryPackage& of)
        : package(of), inventory(Inventory::take(of).value()), all(find_installed(inventory).value()) {}

    std::vector<std::string> list() const {
        std::vector<std::string> texts;
        for (const auto& one : all.list)
            texts.push_back(std::string(ecosystem_name(one.ecosystem)) + " " + one.name + "@" + one.version);
        return texts;
    }

    std::string owner_of(const std::string& path) const {
        const std::size_t owner = all.owner[package.index_of(path)];
        return owner == InstalledPackages::k_none ? "nobody" : all.list[owner].path;
    }

    const MemoryPackage& package;
    Inventory inventory;
    InstalledPackages all;
};

TEST(NpmPackages, AreTheDirectoriesWithAPackageJsonInNodeModules) {
    MemoryPackage package;
    package.file("package.json", R"({"name":"function","version":"9"})");
    package.file("node_modules/a/package.json", R"({"name":"a","version":"1.2.3"})");
    package.file("node_modules/a/lib/index.js", "x")
        .file("node_modules/a/dist/package.json", R"({"type":"module"})");
    package.file("node_modules/a/node_modules/b/package.json", R"({"name":"b","version":"2.0.0"})");
    package.file("node_modules/@s/c/package.json", R"({"name":"@s/c","version":"3.0.0-rc.1"})");
    package.file("node_modules/.bin/x", "x").file("node_modules/.package-lock.json", "{}");
    const Found found(package);
    EXPECT_THAT(found.list(), ElementsAre("npm @s/c@3.0.0-rc.1", "npm a@1.2.3", "npm b@2.0.0"));
    EXPECT_EQ(found.owner_of("node_modules/a/lib/index.js"), "node_modules/a");
    EXPECT_EQ(found.owner_of("node_modules/a/dist/package.json"), "node_modules/a");
    EXPECT_EQ(found.owner_of("node_modules/a/node_modules/b/package.json"), "node_modules/a/node_modules/b");
    EXPECT_EQ(found.owner_of("node_modules/.bin/x"), "nobody");
    EXPECT_EQ(found.owner_of("package.json"), "nobody");
}

TEST(NpmPackages, ThoseOfPnpmLieInItsStore) {
    MemoryPackage package;
    package.file("node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
                 R"({"name":"a","version":"1.0.0"})");
    package.symlink("node_modules/a", ".pnpm/a@1.0.0/node_modules/a");
    EXPECT_THAT(Found(package).list(), ElementsAre("npm a@1.0.0"));
}

TEST(NpmPackages, WhatMakesNoSenseHasTheNameOfItsDirectory) {
    MemoryPackage package;
    package.file("node_modules/@s/broken/package.json", "{");
    package.file("node_modules/list/package.json", "[1]")
        .file("node_modules/numbers/package.json", R"({"name":1})");
    package.file("node_modules/deep/package.json", std::string(200'000, '['));
    EXPECT_THAT(Found(package).list(),
                ElementsAre("npm @s/broken@", "npm deep@", "npm list@", "npm numbers@"));
}

TEST(NpmPackages, NeedWhatTheySay) {
    const auto metadata = parse_package_json(
        R"({"name":"a","version":"1","dependencies":{"b":"^1","o":"1"},"optionalDependencies":{"o":"1"},)"
        R"("peerDependencies":{"p":"*"},"devDependencies":{"d":"1"}})");
    std::vector<std::string> needs;
    for (const auto& need : metadata.needs) needs.push_back(need.name + ":" + need.condition);
    EXPECT_THAT(needs, ElementsAre("o:optional", "b:", "p:peer"));
}

TEST(PythonPackages, OwnWhatTheirRecordNames) {
    MemoryPackage package;
    package.file("site-packages/numpy-1.26.4.dist-info/METADATA",
                 "Metadata-Version: 2.1\nName: numpy\nVersion: 1.26.4\n\nName: not this\n");
    package.file("site-packages/numpy-1.26.4.dist-info/RECORD",
                 "numpy/__init__.py,sha256=x,1\nnumpy/core/a.so,,\nnumpy.libs/libblas.so,,\n\"numpy/"
                 "with,comma.py\",,\n"
                 "../../bin/f2py,,\n");
    package.file("site-packages/numpy/__init__.py", "x").file("site-packages/numpy/core/a.so", "x");
    package.file("site-packages/numpy/core/__pycache__/b.pyc", "x")
        .file("site-packages/numpy.libs/libblas.so", "x");
    package.file("site-packages/numpy/with,comma.py", "x").file("site-packages/loose.py", "x");
    package.file("site-packages/other/a.py", "x").file("site-packages/bin/f2py", "x");
    package.file("site-packages/bin/mine", "x");
    const Found found(package);
    EXPECT_THAT(found.list(), ElementsAre("python numpy@1.26.4"));
    const std::string numpy = "site-packages/numpy-1.26.4.dist-info";
    for (const auto* path : {"site-packages/numpy/__init__.py", "site-packages/numpy/core/__pycache__/b.pyc",
                             "site-packages/numpy.libs/libblas.so", "site-packages/numpy/with,comma.py"}) {
        EXPECT_EQ(found.owner_of(path), numpy) << path;
    }
    EXPECT_EQ(found.owner_of(numpy + "/RECORD"), numpy);
    EXPECT_EQ(found.owner_of("site-packages/loose.py"), "nobody");
    EXPECT_EQ(found.owner_of("site-packages/other/a.py"), "nobody");
    EXPECT_EQ(found.owner_of("site-packages/bin/mine"), "nobody");
}

TEST(PythonPackages, ShareADirectoryOfANamespace) {
    MemoryPackage package;
    for (const std::string name : {"auth", "cloud"}) {
        package.file("google_" + name + "-1.0.dist-info/METADATA",
                     "Name: google-" + name + "\nVersion: 1.0\n");
        package.file("google_" + name + "-1.0.dist-info/RECORD", "google/" + name + "/a.py,,\n");
        package.file("google/" + name + "/a.py", "x").file("google/" + name + "/compiled.pyc", "x");
    }
    package.file("google/unknown.py", "x").file("handler.py", "x").file("lib/mine.py", "x");
    const Found found(package);
    EXPECT_EQ(found.owner_of("google/auth/compiled.pyc"), "google_auth-1.0.dist-info");
    EXPECT_EQ(found.owner_of("google/cloud/a.py"), "google_cloud-1.0.dist-info");
    EXPECT_EQ(found.owner_of("google/unknown.py"), "nobody");
    EXPECT_EQ(found.owner_of("handler.py"), "nobody");
    EXPECT_EQ(found.owner_of("lib/mine.py"), "nobody");
}

TEST(PythonPackages, WithoutARecordTheModulesCount) {
    MemoryPackage package;
    package.file("dist-packages/six-1.16.0.egg-info/PKG-INFO", "Name: six\nVersion: 1.16.0\n");
    package.file("dist-packages/six-1.16.0.egg-info/top_level.txt", "six\nsixlib\n");
    package.file("dist-packages/six.py", "x").file("dist-packages/sixlib/deep/a.py", "x");
    package.file("dist-packages/old-2.0-py3.11.egg-info", "Metadata-Version: 1.0\n");
    const Found found(package);
    EXPECT_THAT(found.list(), ElementsAre("python old@2.0", "python six@1.16.0"));
    EXPECT_EQ(found.owner_of("dist-packages/six.py"), "dist-packages/six-1.16.0.egg-info");
    EXPECT_EQ(found.owner_of("dist-packages/sixlib/deep/a.py"), "dist-packages/six-1.16.0.egg-info");
}

TEST(PythonPackages, NeedWhatTheirMetadataSays) {
    MemoryPackage package;
    package.file("a-1.dist-info/METADATA",
                 "Name: A.b\nVersion: 1\nRequires-Dist: Flask_SQLAlchemy (>=2)\nRequires-Dist: s3fs[x]>=1; "
                 "extra == 's3'\n"
                 "Requires-Dist: tomli ; python_version < \"3.11\"\n");
    const Found found(package);
    ASSERT_THAT(found.list(), ElementsAre("python A.b@1"));
    std::vector<std::string> needs;
    for (const auto& need : found.all.list.front().needs) needs.push_back(need.name + ":" + need.condition);
    EXPECT_THAT(needs, ElementsAre("flask-sqlalchemy:", "s3fs:extra s3", "tomli:on some platforms"));
    EXPECT_EQ(normalised_python_name("A.b__C"), "a-b-c");
}

TEST(PythonPackages, NeedWhatSetuptoolsWrote) {
    MemoryPackage package;
    package.file("boto3-1.26.egg-info/PKG-INFO", "Metadata-Version: 1.2\nName: boto3\nVersion: 1.26\n");
    package.file("boto3-1.26.egg-info/requires.txt",
                 "botocore<2.0,>=1.2\n\n[:python_version < '3']\nfutures\n\n[crt]\nawscrt>=1\n\n[a:b]\nc\n[");
    const Found found(package);
    std::vector<std::string> needs;
    for (const auto& need : found.all.list.front().needs) needs.push_back(need.name + ":" + need.condition);
    EXPECT_THAT(needs,
                ElementsAre("botocore:", "futures:on some platforms", "awscrt:extra crt", "c:extra a"));
}

TEST(InstalledPackages, PassOnWhatCannotBeRead) {
    MemoryPackage package;
    package.file("node_modules/a/package.json", "{}");
    const Inventory inventory = Inventory::take(package).value();
    package.damage("node_modules/a/package.json");
    EXPECT_EQ(find_installed(inventory).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace ballast
