#include "classify/classify.hpp"
#include "classify/lacks.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "support/make_elf.hpp"
#include "support/memory_package.hpp"

namespace ballast {
namespace {

using test::ElfRecipe;
using test::make_elf;
using test::MemoryPackage;

const std::string k_elf = make_elf();

std::string category_of(const MemoryPackage& package, const std::string& path) {
    const auto inventory = Inventory::take(package);
    if (!inventory) return inventory.error().message;
    return std::string(category_name(inventory->facts()[package.index_of(path)].category));
}

// The category of every file and symlink, by path.
std::map<std::string, std::string> categories(const MemoryPackage& package) {
    std::map<std::string, std::string> found;
    const auto inventory = Inventory::take(package).value();
    const auto& facts = inventory.facts();
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const Entry& entry = package.entries()[i];
        if (entry.kind != EntryKind::directory) found[entry.path] = category_name(facts[i].category);
    }
    return found;
}

TEST(Classify, ANodeProjectIsItsSourceAndItsModules) {
    MemoryPackage package;
    for (const char* path :
         {"index.js", "package.json", "lib/util.js", "bin/cli.js", "src/handler.ts", "views/mail.ejs",
          "config/default.yaml", "README", ".env", "share/links.mjs", "etc/app.json", "opt/x.js"}) {
        package.file(path, "text");
        ASSERT_EQ(category_of(package, path), "source") << path;
    }
    package.file("node_modules/sharp/build/sharp.node", k_elf).file("node_modules/sharp/index.js", "text");
    package.file("packages/a/node_modules/b/binary", k_elf).file("node_modules/.package-lock.json", "{}");
    for (const char* path : {"node_modules/sharp/build/sharp.node", "node_modules/sharp/index.js",
                             "packages/a/node_modules/b/binary", "node_modules/.package-lock.json"}) {
        EXPECT_EQ(category_of(package, path), "language_dependencies") << path;
    }
    package.file("logo.png", "PNG").file("model.onnx", "weights");
    EXPECT_EQ(category_of(package, "logo.png"), "other");
    EXPECT_EQ(category_of(package, "model.onnx"), "other");
}

TEST(Classify, ElfIsKnownByContentNotByName) {
    MemoryPackage package;
    package.file("tool", k_elf, 0755).file("tool.js", k_elf).file("deps/x.txt", k_elf);
    package.file("fake.so", "not one")
        .file("liba.a", "!<arch>\nrest")
        .file("short",
              "\x7f"
              "ELF");
    const auto found = categories(package);
    EXPECT_EQ(found.at("tool"), "binaries");
    EXPECT_EQ(found.at("tool.js"), "binaries");
    EXPECT_EQ(found.at("deps/x.txt"), "binaries");
    EXPECT_EQ(found.at("liba.a"), "binaries");
    EXPECT_EQ(found.at("fake.so"), "other");
    EXPECT_EQ(found.at("short"), "other");
}

TEST(Classify, ADamagedElfFileIsAFactNotAnError) {
    MemoryPackage package;
    package.file("bin/cut", k_elf.substr(0, 100));
    const auto inventory = Inventory::take(package).value();
    const auto& cut = inventory.facts()[package.index_of("bin/cut")];
    EXPECT_EQ(cut.category, Category::binaries);
    EXPECT_FALSE(cut.elf);
    EXPECT_EQ(cut.elf_fault, "is cut short: its program headers lie beyond its end");
}

TEST(Classify, AFileThatCannotBeReadIsAnError) {
    MemoryPackage package;
    for (int i = 0; i < 500; ++i) package.file("data/" + std::to_string(1000 + i), std::string(100, 'x'));
    package.damage("data/1007");
    package.damage("data/1490");
    for (int round = 0; round < 20; ++round) {
        const auto inventory = Inventory::take(package);
        ASSERT_FALSE(inventory);
        ASSERT_EQ(inventory.error().object, "data/1007") << "the first, whichever thread is faster";
    }
}

// `dpkg -x` of Ghostscript and its libraries, beside a function.
TEST(Classify, ADebianTreeBelongsTogetherWhateverItsNames) {
    for (const std::string prefix : {"", "deps/", "opt/ghostscript/"}) {
        MemoryPackage package;
        package.file("index.js", "text").file("usr.js", "text");
        const std::vector<std::string> elf = {"usr/bin/gs", "usr/lib/x86_64-linux-gnu/libgs.so.10",
                                              "lib/x86_64-linux-gnu/libz.so.1"};
        const std::vector<std::string> data = {"usr/share/ghostscript/10.00.0/Resource/Init/gs_init.ps",
                                               "usr/share/ghostscript/10.00.0/Resource/CMap/UniJIS-UTF16-H",
                                               "usr/share/fonts/type1/urw-base35/C059-Roman.t1",
                                               "usr/share/mime/packages/freedesktop.org.xml",
                                               "usr/share/perl5/Module.pm",
                                               "usr/lib/python3.11/json/decoder.py",
                                               "usr/bin/ps2pdf",
                                               "usr/bin/lprsetup.sh",
                                               "etc/fonts/fonts.conf",
                                               "etc/ImageMagick-6/policy.xml",
                                               "var/lib/ghostscript/CMap/x",
                                               "lib/udev/rules.d/60-x.rules"};
        for (const auto& path : elf) package.file(prefix + path, k_elf, 0755);
        for (const auto& path : data) package.file(prefix + path, "#!/bin/sh\n", 0755);
        const auto found = categories(package);
        for (const auto& path : elf) EXPECT_EQ(found.at(prefix + path), "binaries") << prefix + path;
        for (const auto& path : data) EXPECT_EQ(found.at(prefix + path), "binaries") << prefix + path;
        EXPECT_EQ(found.at("index.js"), "source");
        EXPECT_EQ(found.at("usr.js"), "source");
    }
}

// The same programs laid into bin/, lib/ and share/ of the function's own directory.
TEST(Classify, BesideExecutablesTheFunctionsOwnCodeStaysSource) {
    MemoryPackage package;
    package.file("bin/gs", k_elf, 0755)
        .file("lib/libgs.so.10", k_elf)
        .file("bin/ps2pdf", "#!/bin/sh\nexec gs", 0755);
    package.file("share/ghostscript/10/Resource/Init/gs_init.ps", "%!PS")
        .file("etc/fonts/fonts.conf", "<fontconfig>");
    package.file("share/poppler/cMap/Adobe-Japan1/H", "text")
        .file("lib/x86_64-linux-gnu/gconv/gconv-modules", "text");
    package.file("share/mime/globs2.xml", "<xml>").file("lib/libc.so", "GROUP ( libc.so.6 )");
    const std::vector<std::string> own = {"bin/cli.js",         "lib/util.js",  "lib/templates/mail.html",
                                          "lib/locale/en.json", "etc/app.json", "share/links.ts",
                                          "bin/deploy.sh",      "package.json", "etc/app.conf"};
    for (const auto& path : own) package.file(path, "#!/usr/bin/env node", 0755);
    package.file("lib/data.bin", "data");
    const auto found = categories(package);
    for (const auto& path : own) EXPECT_EQ(found.at(path), "source") << path;
    for (const char* path :
         {"bin/gs", "lib/libgs.so.10", "bin/ps2pdf", "share/ghostscript/10/Resource/Init/gs_init.ps",
          "etc/fonts/fonts.conf", "share/poppler/cMap/Adobe-Japan1/H", "share/mime/globs2.xml",
          "lib/x86_64-linux-gnu/gconv/gconv-modules", "lib/libc.so"}) {
        EXPECT_EQ(found.at(path), "binaries") << path;
    }
    EXPECT_EQ(found.at("lib/data.bin"), "other");
}

TEST(Classify, WeakPlacesWithoutExecutablesAreNoSystemTree) {
    MemoryPackage package;
    package.file("bin/run", "#!/bin/sh\n", 0755)
        .file("lib/data.bin", "data")
        .file("share/fonts/list", "text");
    package.file("etc/fonts/fonts.conf", "text")
        .file("opt/thing/data", "data")
        .file("src/usr/index.js", "text");
    const auto found = categories(package);
    EXPECT_EQ(found.at("bin/run"), "other");
    EXPECT_EQ(found.at("lib/data.bin"), "other");
    EXPECT_EQ(found.at("share/fonts/list"), "other");
    EXPECT_EQ(found.at("etc/fonts/fonts.conf"), "source");
    EXPECT_EQ(found.at("opt/thing/data"), "other");
    EXPECT_EQ(found.at("src/usr/index.js"), "source") << "usr/ without bin/, lib/ ... is nobody's system";
}

// Executables in node_modules say nothing about the bin/ and lib/ of the function.
TEST(Classify, LanguageDependenciesDoNotMakeASystemTree) {
    MemoryPackage package;
    package.file("lib/node_modules/x/x.node", k_elf).file("lib/data.bin", "data").file("share/thing", "data");
    const auto found = categories(package);
    EXPECT_EQ(found.at("lib/node_modules/x/x.node"), "language_dependencies");
    EXPECT_EQ(found.at("lib/data.bin"), "other");
    EXPECT_EQ(found.at("share/thing"), "other");
}

TEST(Classify, ADirectoryOfItsOwnGoesWithItsExecutable) {
    MemoryPackage package;
    package.file("chrome/chrome", k_elf, 0755)
        .file("chrome/resources.pak", "pak")
        .file("chrome/locales/en.pak", "pak");
    package.file("chrome/logo.png", "png").file("chrome/tool.conf", "text").file("chrome/LICENSE", "text");
    package.file("app/addon", k_elf).file("app/main.py", "text").file("app/data.bin", "data");
    const auto found = categories(package);
    EXPECT_EQ(found.at("chrome/resources.pak"), "binaries");
    EXPECT_EQ(found.at("chrome/locales/en.pak"), "binaries");
    EXPECT_EQ(found.at("chrome/tool.conf"), "binaries");
    EXPECT_EQ(found.at("chrome/logo.png"), "other");
    EXPECT_EQ(found.at("chrome/LICENSE"), "source");
    EXPECT_EQ(found.at("app/data.bin"), "other") << "a directory with code in it is the function's own";
}

TEST(Classify, FontsAndTheirKinAreBinariesAnywhere) {
    MemoryPackage package;
    for (const char* path :
         {"fonts/a.ttf", "public/b.WOFF2", "c.otf", "d.pfb", "e.afm", "profiles/f.icc", "x.mgc",
          "cache/1-le64.cache-8", "a/loaders.cache", "lang/eng.traineddata", "Resource/CMap/H"}) {
        package.file(path, "data");
        EXPECT_EQ(category_of(package, path), "binaries") << path;
    }
    package.file("CMap/index.js", "text");
    EXPECT_EQ(category_of(package, "CMap/index.js"), "source");
}

// Taking away what Lambda itself starts would break every function on an OS-only runtime.
TEST(Classify, WhatThePlatformStartsStays) {
    MemoryPackage package;
    package.file("bootstrap", k_elf, 0755)
        .file("deps/bootstrap", k_elf, 0755)
        .file("extensions/agent", k_elf, 0755);
    const auto found = categories(package);
    EXPECT_EQ(found.at("bootstrap"), "source");
    EXPECT_EQ(found.at("deps/bootstrap"), "binaries");
    EXPECT_EQ(found.at("extensions/agent"), "source");
}

TEST(Classify, PythonPackagesInstalledFlatAreKnownByTheirRecords) {
    MemoryPackage package;
    package.file("handler.py", "text").file("helpers/__init__.py", "text").file("tests/test_own.py", "text");
    package.file("numpy/core/_multiarray.so", k_elf).file("numpy/__init__.py", "text");
    package.file("numpy/__pycache__/late.pyc", "code").file("numpy.libs/libopenblas.so", k_elf);
    package.file("six.py", "text")
        .file("__pycache__/six.cpython-311.pyc", "c")
        .file("__pycache__/handler.cpython-311.pyc", "c");
    package.file("bin/f2py", "#!python", 0755)
        .file("tests/test_numpy.py", "text")
        .file("odd,name/x.py", "text");
    package.file(
        "numpy-1.26.dist-info/RECORD",
        "numpy/__init__.py,sha256=x,1\r\nnumpy/core/_multiarray.so,,\nnumpy.libs/libopenblas.so,,\n"
        "../../bin/f2py,,\ntests/test_numpy.py,,\n\"odd,name/x.py\",,\n/etc/passwd,,\n../../../../x,,\n");
    package.file("six-1.16.dist-info/RECORD", "six.py,,\n__pycache__/six.cpython-311.pyc,,\n");
    package.file("old-1.0.egg-info/top_level.txt", "old\n_oldext\n").file("old/a.py", "text");
    package.file("_oldext.cpython-311.so", k_elf).file("old.txt", "text").file("PKG.egg-info", "text");
    const auto found = categories(package);
    for (const char* path : {"numpy/core/_multiarray.so", "numpy/__init__.py", "numpy/__pycache__/late.pyc",
                             "numpy.libs/libopenblas.so", "six.py", "__pycache__/six.cpython-311.pyc",
                             "bin/f2py", "tests/test_numpy.py", "odd,name/x.py", "old/a.py",
                             "_oldext.cpython-311.so", "six-1.16.dist-info/RECORD", "PKG.egg-info"}) {
        EXPECT_EQ(found.at(path), "language_dependencies") << path;
    }
    for (const char* path : {"handler.py", "helpers/__init__.py", "tests/test_own.py",
                             "__pycache__/handler.cpython-311.pyc", "old.txt"}) {
        EXPECT_EQ(found.at(path), "source") << path;
    }
}

TEST(Classify, PythonRecordsCountBelowALayersDirectoryToo) {
    MemoryPackage package;
    package.file("python/requests/api.py", "text").file("python/own.py", "text");
    package.file("python/requests-2.dist-info/RECORD", "requests/api.py,,\n");
    package.file("lib/python3.12/site-packages/x/y.so", k_elf);
    const auto found = categories(package);
    EXPECT_EQ(found.at("python/requests/api.py"), "language_dependencies");
    EXPECT_EQ(found.at("python/own.py"), "source");
    EXPECT_EQ(found.at("lib/python3.12/site-packages/x/y.so"), "language_dependencies");
}

TEST(Classify, OtherLanguagesDependenciesAreKnownByWhatTheirToolsWrite) {
    MemoryPackage package;
    package.file("vendor/autoload.php", "<?php")
        .file("vendor/composer/installed.json", "{}")
        .file("vendor/a/b.php", "x");
    package.file("go/vendor/own.go", "text");
    package.file("vendor/bundle/ruby/3.2.0/gems/x-1/lib/x.so", k_elf);
    package.file("ruby/gems/3.2.0/specifications/x-1.gemspec", "spec")
        .file("ruby/gems/3.2.0/gems/x-1/x.rb", "text");
    package.file("ruby/gems/3.2.0/extensions/x/x.so", k_elf)
        .file("gems/ruby.png", "png")
        .file("lib/dep.jar", "PK");
    package.file("Own.dll", "MZ").file("Own.deps.json", "{}").file("Own.runtimeconfig.json", "{}");
    package.file("Newtonsoft.Json.dll", "MZ").file("libSkiaSharp.so", k_elf);
    package.file("runtimes/linux-x64/native/libx.so", k_elf)
        .file(".yarn/cache/a.zip", "PK")
        .file(".pnp.cjs", "text");
    const auto found = categories(package);
    for (const char* path :
         {"vendor/autoload.php", "vendor/a/b.php", "vendor/bundle/ruby/3.2.0/gems/x-1/lib/x.so",
          "ruby/gems/3.2.0/gems/x-1/x.rb", "ruby/gems/3.2.0/extensions/x/x.so", "lib/dep.jar",
          "Newtonsoft.Json.dll", "libSkiaSharp.so", "runtimes/linux-x64/native/libx.so", ".yarn/cache/a.zip",
          ".pnp.cjs"}) {
        EXPECT_EQ(found.at(path), "language_dependencies") << path;
    }
    EXPECT_EQ(found.at("go/vendor/own.go"), "source");
    EXPECT_EQ(found.at("Own.deps.json"), "source");
    EXPECT_EQ(found.at("Own.dll"), "other");
    EXPECT_EQ(found.at("gems/ruby.png"), "other");
}

TEST(Classify, ASymlinkIsWhatItLeadsTo) {
    MemoryPackage package;
    package.file("usr/lib/libz.so.1.3", k_elf)
        .symlink("usr/lib/libz.so.1", "libz.so.1.3")
        .symlink("usr/lib/libz.so", "libz.so.1");
    package.symlink("lib", "usr/lib")
        .symlink("through", "lib/libz.so")
        .file("a.js", "text")
        .symlink("b", "./a.js");
    package.symlink("node_modules/own", "../packages/own").file("packages/own/index.js", "text");
    package.file("node_modules/x/cli.js", "text").symlink("node_modules/.bin/x", "../x/cli.js");
    package.symlink("loop", "pool")
        .symlink("pool", "loop")
        .symlink("self", "self")
        .symlink("absent", "nothing");
    package.symlink("out", "../outside")
        .symlink("absolute", "/usr/lib/libz.so.1")
        .directory("empty")
        .symlink("to_empty", "empty");
    package.symlink("up/down", "..");
    const auto found = categories(package);
    EXPECT_EQ(found.at("usr/lib/libz.so"), "binaries");
    EXPECT_EQ(found.at("lib"), "binaries");
    EXPECT_EQ(found.at("through"), "binaries");
    EXPECT_EQ(found.at("b"), "source");
    EXPECT_EQ(found.at("node_modules/own"), "source");
    EXPECT_EQ(found.at("node_modules/.bin/x"), "language_dependencies");
    EXPECT_EQ(found.at("up/down"), "binaries") << "the top, of which most bytes are";
    for (const char* path : {"loop", "pool", "self", "absent", "out", "absolute", "to_empty"}) {
        EXPECT_EQ(found.at(path), "other") << path;
    }
}

TEST(Classify, OpensOnlyWhatMayBeElf) {
    MemoryPackage package;
    package.file("node_modules/a/index.js", "text, long enough")
        .file("node_modules/a/native", "text, long enough");
    package.file("tiny", "1234567").file("index.js", "text, long enough");
    ASSERT_TRUE(Inventory::take(package));
    EXPECT_THAT(package.opened(), testing::ElementsAre("index.js", "node_modules/a/native"));
}

TEST(Classify, AnEmptyPackageIsFine) {
    const MemoryPackage nothing;
    EXPECT_TRUE(Inventory::take(nothing)->facts().empty());
}

std::vector<std::string> lacks_of(const MemoryPackage& package) {
    std::vector<std::string> shown;
    for (const auto& lack : find_lacks(Inventory::take(package).value()))
        shown.push_back(lack.path + " " + lack.message);
    return shown;
}

TEST(Lacks, AFittingPackageLacksNothing) {
    MemoryPackage package;
    package.file(
        "bin/tool",
        make_elf(ElfRecipe{.interpreter = "/lib64/ld-linux-x86-64.so.2",
                           .needed = {"libfoo.so.1", "libbar.so.2", "libc.so.6", "libstdc++.so.6",
                                      "libgcc_s.so.1", "libbaz.so.3", "libinstalled.so.1"},
                           .versions = {{"libc.so.6", "GLIBC_2.34"}, {"libstdc++.so.6", "GLIBCXX_3.4.29"}}}));
    package.file("lib/libfoo.so.1.2", make_elf(ElfRecipe{.soname = "libfoo.so.1"}));
    package.file("lib/libbar.so.2", make_elf());
    package.file("lib/libbaz.so.3.4.5", make_elf()).symlink("lib/libbaz.so.3", "libbaz.so.3.4.5");
    package.file("node_modules/x/libinstalled.so.1", make_elf());
    EXPECT_THAT(lacks_of(package), testing::IsEmpty());
}

TEST(Lacks, NamesLibrariesThatAreNowhere) {
    MemoryPackage package;
    package.file("bin/one", make_elf(ElfRecipe{.needed = {"libfoo.so.1", "libc.so.6"}}));
    package.file("bin/three", make_elf(ElfRecipe{.needed = {"liba.so", "libb.so", "libcrypt.so.1"}}));
    package.file("lib/libfoo.so.1", make_elf(ElfRecipe{.machine = EM_AARCH64}));
    EXPECT_THAT(
        lacks_of(package),
        testing::ElementsAre("bin/one needs libfoo.so.1, which neither the package nor the base image has",
                             "bin/three needs liba.so, libb.so and libcrypt.so.1, which neither the package "
                             "nor the base image has",
                             "lib/libfoo.so.1 is for aarch64, but the function runs on x86-64"));
}

TEST(Lacks, NamesVersionsThatTheBaseImageDoesNotReach) {
    MemoryPackage package;
    package.file("bin/new",
                 make_elf(ElfRecipe{.versions = {{"libc.so.6", "GLIBC_2.38"}, {"libc.so.6", "GLIBC_2.4"}}}));
    package.file("bin/cxx", make_elf(ElfRecipe{.versions = {{"libstdc++.so.6", "GLIBCXX_3.4.30"}}}));
    EXPECT_THAT(
        lacks_of(package),
        testing::ElementsAre("bin/cxx needs libstdc++ with GLIBCXX_3.4.30, but the package has none and the "
                             "base image's ends at 3.4.29",
                             "bin/new needs glibc 2.38, but the base image has 2.34"));
    package.file("lib/libstdc++.so.6", make_elf());
    EXPECT_THAT(lacks_of(package),
                testing::ElementsAre("bin/new needs glibc 2.38, but the base image has 2.34"));
}

TEST(Lacks, SaysOnceThatAForeignCLibraryCameAlong) {
    MemoryPackage package;
    package.file("lib/libc.so.6",
                 make_elf(ElfRecipe{.soname = "libc.so.6", .versions = {{"ld", "GLIBC_2.35"}}}));
    package.file("lib/libm.so.6",
                 make_elf(ElfRecipe{.soname = "libm.so.6", .versions = {{"libc.so.6", "GLIBC_2.36"}}}));
    package.file("lib/gconv/UTF-16.so",
                 make_elf(ElfRecipe{.versions = {{"libc.so.6", "GLIBC_ABI_DT_RELR"}}}));
    EXPECT_THAT(lacks_of(package),
                testing::ElementsAre("lib/libc.so.6 is a C library of the package's own, which the "
                                     "base image's loader does not fit"));
}

TEST(Lacks, NamesLoadersThatAreNotThere) {
    MemoryPackage package;
    package.file("bin/alpine", make_elf(ElfRecipe{.interpreter = "/lib/ld-musl-x86_64.so.1"}));
    package.file("bin/nix", make_elf(ElfRecipe{.interpreter = "/nix/store/ld-linux-x86-64.so.2"}));
    package.file("bin/own", make_elf(ElfRecipe{.interpreter = "/var/task/lib/ld.so"}))
        .file("lib/ld.so", make_elf());
    package.file("bin/lost", make_elf(ElfRecipe{.interpreter = "/var/task/lib/absent.so"}));
    package.file("bin/static", make_elf(ElfRecipe{.type = ET_EXEC, .dynamic = false}));
    EXPECT_THAT(lacks_of(package),
                testing::ElementsAre(
                    "bin/alpine is built for musl (Alpine Linux), but the base image has glibc",
                    "bin/lost asks for the loader /var/task/lib/absent.so, but the base image has "
                    "/lib64/ld-linux-x86-64.so.2",
                    "bin/nix asks for the loader /nix/store/ld-linux-x86-64.so.2, but the base image has "
                    "/lib64/ld-linux-x86-64.so.2"));
}

TEST(Lacks, SaysWhatIsDamaged) {
    MemoryPackage package;
    package.file("bin/cut", k_elf.substr(0, 100)).file("node_modules/x/fixture", k_elf.substr(0, 100));
    EXPECT_THAT(
        lacks_of(package),
        testing::ElementsAre(
            "bin/cut is a damaged ELF file: it is cut short: its program headers lie beyond its end"));
}

// What npm on an Apple machine's container installs; and prebuilds for every system, of which one fits.
TEST(Lacks, AForeignBuildMattersWhereNoFittingOneLiesBeside) {
    const std::string arm = make_elf(ElfRecipe{.machine = EM_AARCH64});
    const std::string musl = make_elf(ElfRecipe{.needed = {"libc.musl-x86_64.so.1"}});
    MemoryPackage package;
    package.file("node_modules/@img/sharp-linux-arm64/lib/sharp.node", arm);
    package.file("node_modules/bcrypt/prebuilds/linux-arm64/bcrypt.node", arm);
    package.file("node_modules/bcrypt/prebuilds/linux-x64/bcrypt.glibc.node", make_elf());
    package.file("node_modules/bcrypt/prebuilds/linux-x64/bcrypt.musl.node", musl);
    package.file("node_modules/onlymusl/a.node", musl);
    EXPECT_THAT(
        lacks_of(package),
        testing::ElementsAre(
            "node_modules/@img/sharp-linux-arm64/lib/sharp.node is for aarch64, but the function runs on "
            "x86-64",
            "node_modules/onlymusl/a.node is built for musl (Alpine Linux), but the base image has glibc"));
    package.file("node_modules/@img/sharp-linux-x64/lib/sharp.node", make_elf());
    EXPECT_THAT(lacks_of(package), testing::SizeIs(1));
}

TEST(Lacks, ObjectFilesAreNotRun) {
    MemoryPackage package;
    package.file("lib/crt1.o", make_elf(ElfRecipe{.machine = EM_AARCH64, .type = ET_REL}));
    EXPECT_THAT(lacks_of(package), testing::IsEmpty());
}

TEST(Categories, HaveTheNamesOfTheContract) {
    EXPECT_EQ(category_title(Category::binaries), "executables and system libraries");
    EXPECT_EQ(category_name(Category::language_dependencies), "language_dependencies");
}

}  // namespace
}  // namespace ballast
