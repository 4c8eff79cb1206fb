#include "package/image/image_package.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <map>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "package/read_entry.hpp"
#include "support/tar_builder.hpp"

namespace ballast {
namespace {

using test::TarBuilder;
using testing::ElementsAre;
using testing::HasSubstr;

Result<std::unique_ptr<Package>> open_bytes(const std::string& bytes, const PackageLimits& limits = {}) {
    Fd fd(::memfd_create("image", MFD_CLOEXEC));
    EXPECT_TRUE(write_all(fd, as_bytes(bytes), "image"));
    return open_image_package(std::move(fd), "image.tar", limits);
}

// What `docker save` writes of these layers' tars, the lowest first.
std::string docker_image_of(const std::vector<std::string>& layers) {
    TarBuilder archive;
    std::string names;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string name = std::to_string(i) + "/layer.tar";
        archive.file(name, layers[i]);
        names += (i == 0 ? "\"" : ",\"") + name + "\"";
    }
    archive.file("config.json", R"({"os":"linux","architecture":"amd64","history":[{"created_by":"ADD a"},)"
                                R"({"created_by":"ENV x","empty_layer":true},{"created_by":"RUN b"}]})");
    archive.file("manifest.json",
                 R"([{"Config":"config.json","RepoTags":["a:1"],"Layers":[)" + names + "]}]");
    return archive.bytes();
}

std::string docker_image(const std::vector<TarBuilder>& layers) {
    std::vector<std::string> tars;
    for (const auto& layer : layers) tars.push_back(layer.bytes());
    return docker_image_of(tars);
}

// Every path with what is there.
std::vector<std::string> listing(const Package& package) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < package.entries().size(); ++i) {
        const Entry& entry = package.entries()[i];
        std::string line = entry.path;
        if (entry.kind == EntryKind::directory) line += "/";
        if (entry.kind == EntryKind::symlink) line += " -> " + entry.target;
        if (entry.kind == EntryKind::file) line += " = " + read_entry(package, i, 1 << 20).value();
        lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> listing_of(const std::vector<TarBuilder>& layers) {
    const auto image = open_bytes(docker_image(layers));
    if (!image) return {image.error().object + ": " + image.error().message};
    return listing(**image);
}

std::string error_of(const std::vector<TarBuilder>& layers) {
    const auto image = open_bytes(docker_image(layers));
    if (image) return "opened";
    EXPECT_EQ(image.error().code, ErrorCode::corrupt);
    return image.error().object + ": " + image.error().message;
}

TEST(ImageLayers, LieOverEachOther) {
    EXPECT_THAT(listing_of({TarBuilder().directory("etc").file("etc/a", "1").file("etc/b", "1"),
                            TarBuilder().file("etc/b", "2").file("usr/bin/tool", "new")}),
                ElementsAre("etc/", "etc/a = 1", "etc/b = 2", "usr/", "usr/bin/", "usr/bin/tool = new"));
}

TEST(ImageLayers, AWhiteoutRemovesWhatLowerLayersHave) {
    EXPECT_THAT(listing_of({TarBuilder().file("d/a", "1").file("d/sub/b", "1").file("keep", "k"),
                            TarBuilder().file("d/.wh.a", "").file("d/.wh.sub", "").file("d/c", "2")}),
                ElementsAre("d/", "d/c = 2", "keep = k"));
}

TEST(ImageLayers, AWhiteoutSparesItsOwnLayerWhereverItComes) {
    EXPECT_THAT(
        listing_of({TarBuilder().file("d/a", "1"), TarBuilder().file("d/a", "2").file("d/.wh.a", "")}),
        ElementsAre("d/", "d/a = 2"));
    EXPECT_THAT(listing_of({TarBuilder().file("d/a", "1").file("d/b", "1"),
                            TarBuilder().file("d/b", "2").file("d/.wh..wh..opq", "")}),
                ElementsAre("d/", "d/b = 2"));
}

TEST(ImageLayers, WhatAufsKeptForItselfIsLeftOut) {
    EXPECT_THAT(
        listing_of({TarBuilder().file(".wh..wh.plnk/x", "1").file(".wh..wh.aufs", "").file("a", "1")}),
        ElementsAre("a = 1"));
}

TEST(ImageLayers, AFileReplacesADirectoryAndTheOtherWayRound) {
    EXPECT_THAT(listing_of({TarBuilder().file("x/deep/a", "1").file("y", "1"),
                            TarBuilder().file("x", "file").file("y/b", "2")}),
                ElementsAre("image.tar: y/b: lies below y, which is a file"));
    EXPECT_THAT(listing_of({TarBuilder().file("x/deep/a", "1").file("y", "1"),
                            TarBuilder().file("x", "file").directory("y").file("y/b", "2")}),
                ElementsAre("x = file", "y/", "y/b = 2"));
}

TEST(ImageLayers, APathThroughASymlinkLeadsWhereTheLinkDoes) {
    EXPECT_THAT(
        listing_of({TarBuilder().directory("usr/lib").symlink("lib", "usr/lib").symlink("abs", "/usr/lib"),
                    TarBuilder().file("lib/a.so", "1").file("abs/b.so", "2")}),
        ElementsAre("abs -> usr/lib", "lib -> usr/lib", "usr/", "usr/lib/", "usr/lib/a.so = 1",
                    "usr/lib/b.so = 2"));
    EXPECT_THAT(listing_of({TarBuilder().symlink("out", "../../..").file("out/etc/a", "1")}),
                ElementsAre("etc/", "etc/a = 1", "out -> ../../.."))
        << "a link never leads above the top";
    EXPECT_THAT(error_of({TarBuilder().symlink("a", "b").symlink("b", "a").file("a/x", "1")}),
                HasSubstr("in circles"));
}

TEST(ImageLayers, AbsoluteLinksAreSeenFromTheTop) {
    EXPECT_THAT(listing_of({TarBuilder().symlink("a/b/link", "/usr/bin/x").symlink("top", "/")}),
                ElementsAre("a/", "a/b/", "a/b/link -> ../../usr/bin/x", "top -> ."));
}

TEST(ImageLayers, AHardLinkIsAnotherNameOfAFile) {
    const std::string image =
        docker_image({TarBuilder().file("bin/perl", "program").hard_link("bin/perl5", "bin/perl"),
                      TarBuilder().file("bin/.wh.perl", "").hard_link("other", "bin/perl5")});
    const auto opened = open_bytes(image).value();
    EXPECT_THAT(listing(*opened), ElementsAre("bin/", "bin/perl5 = program", "other = program"));
    EXPECT_EQ(opened->image()->layers[0].bytes, 7U) << "its bytes are there once";
    EXPECT_EQ(opened->image()->layers[0].files, 2U);
    EXPECT_EQ(opened->image()->hidden_bytes(), 0U) << "one of its names is left";
    EXPECT_THAT(error_of({TarBuilder().hard_link("a", "nothing")}), HasSubstr("a hard link to nothing"));
    EXPECT_THAT(error_of({TarBuilder().directory("d").hard_link("a", "d")}),
                HasSubstr("which is not a file"));
}

TEST(ImageFacts, TellWhatEachLayerHasAndHides) {
    const auto image =
        open_bytes(docker_image({TarBuilder().file("a", std::string(1000, 'x')).file("b", "12"),
                                 TarBuilder().file("a", "new").file(".wh.b", "")}))
            .value();
    const ImageFacts& facts = *image->image();
    EXPECT_EQ(facts.platform, "linux/amd64");
    ASSERT_EQ(facts.layers.size(), 2U);
    EXPECT_EQ(facts.layers[0].command, "ADD a");
    EXPECT_EQ(facts.layers[1].command, "RUN b") << "ENV makes no layer";
    EXPECT_EQ(facts.layers[0].bytes, 1002U);
    EXPECT_EQ(facts.layers[0].hidden_bytes, 1002U);
    EXPECT_EQ(facts.layers[1].bytes, 3U);
    EXPECT_EQ(facts.bytes(), 1005U);
    std::uint64_t seen = 0;
    for (const auto& entry : image->entries()) seen += entry.size;
    EXPECT_EQ(facts.bytes() - facts.hidden_bytes(), seen);
}

TEST(ImageArchive, DevicesAreLeftOutAndSetUidBitsDropped) {
    const auto image = open_bytes(docker_image({TarBuilder()
                                                    .member('3', "dev/console", 0, "", 0600)
                                                    .member('6', "fifo", 0, "", 0600)
                                                    .file("su", "x", 04755)}))
                           .value();
    ASSERT_EQ(image->entries().size(), 1U);
    EXPECT_EQ(image->entries()[0].mode, 0755);
}

TEST(ImageArchive, ALayerMayBeALinkToAnEqualOne) {
    TarBuilder archive;
    archive.file("a/layer.tar", TarBuilder().file("x", "1").bytes()).symlink("b/layer.tar", "../a/layer.tar");
    archive.file("manifest.json", R"([{"Layers":["a/layer.tar","b/layer.tar"]}])");
    const auto image = open_bytes(archive.bytes()).value();
    EXPECT_THAT(listing(*image), ElementsAre("x = 1"));
    EXPECT_EQ(image->image()->hidden_bytes(), 1U);
}

struct Oci {
    std::string index;
    std::string manifest;
    std::string platform = R"({"os":"linux","architecture":"amd64"})";

    std::string bytes() const {
        TarBuilder archive;
        archive.file("blobs/sha256/aa", TarBuilder().file("x", "1").bytes());
        archive.file("blobs/sha256/cc", R"({"os":"linux","architecture":"amd64"})");
        archive.file("blobs/sha256/bb", manifest).file("index.json", index).file("oci-layout", "{}");
        return archive.bytes();
    }
};

const std::string k_manifest = R"({"config":{"digest":"sha256:cc"},"layers":[{"digest":"sha256:aa"}]})";

TEST(OciLayout, IsReadThroughItsIndex) {
    const auto image =
        open_bytes(Oci{R"({"manifests":[{"digest":"sha256:bb"}]})", k_manifest}.bytes()).value();
    EXPECT_THAT(listing(*image), ElementsAre("x = 1"));
    EXPECT_EQ(image->image()->layers[0].name, "sha256:aa");
}

TEST(OciLayout, OfSeveralPlatformsLambdasIsTaken) {
    const std::string index =
        R"({"manifests":[{"digest":"sha256:zz","platform":{"os":"linux","architecture":"arm64"}},)"
        R"({"digest":"sha256:bb","platform":{"os":"linux","architecture":"amd64"}},)"
        R"({"digest":"sha256:yy","platform":{"os":"unknown","architecture":"unknown"}}]})";
    EXPECT_TRUE(open_bytes(Oci{index, k_manifest}.bytes()));
    const std::string two = R"({"manifests":[{"digest":"sha256:zz"},{"digest":"sha256:bb"}]})";
    EXPECT_EQ(open_bytes(Oci{two, k_manifest}.bytes()).error().code, ErrorCode::usage);
}

TEST(OciLayout, ThatIsHostileIsRefused) {
    const auto error = [](const std::string& index, const std::string& manifest) {
        const auto image = open_bytes(Oci{index, manifest}.bytes());
        return image ? std::string("opened") : image.error().object + ": " + image.error().message;
    };
    const std::string index = R"({"manifests":[{"digest":"sha256:bb"}]})";
    EXPECT_THAT(error(index, "{"), HasSubstr("is not JSON"));
    EXPECT_THAT(error(index, "[]"), HasSubstr("names no layers"));
    EXPECT_THAT(error("{}", k_manifest), HasSubstr("names no manifests"));
    EXPECT_THAT(error(R"({"manifests":[{"digest":"sha256:../../etc"}]})", k_manifest), HasSubstr("digest"));
    EXPECT_THAT(error(R"({"manifests":[{"digest":"sha256:dd"}]})", k_manifest), HasSubstr("is missing"));
    EXPECT_THAT(error(index, index), HasSubstr("inside too many others")) << "an index that names itself";
    EXPECT_THAT(error(index, R"({"config":{"digest":"sha256:cc"},"layers":[{"digest":"sha256:ee"}]})"),
                HasSubstr("is a layer that is missing"));
    EXPECT_THAT(error(index, R"({"layers":[{"digest":"sha256:aa","mediaType":"x.tar+encrypted"}]})"),
                HasSubstr("encrypted"));
}

TEST(ImageArchive, PathsThatClimbAreRefused) {
    EXPECT_THAT(error_of({TarBuilder().file("../etc/passwd", "x")}), HasSubstr("image.tar: ../etc/passwd: "));
    EXPECT_THAT(error_of({TarBuilder().file("a/../../b", "x")}), HasSubstr("a/../../b"));
    EXPECT_THAT(listing_of({TarBuilder().file("/etc/a", "x").file("./b", "y").directory("./")}),
                ElementsAre("b = y", "etc/", "etc/a = x"))
        << "what starts at the top is fine";
}

TEST(ImageArchive, SizesAreBounded) {
    const PackageLimits limits = {.max_unpacked_bytes = 1000, .max_entries = 20};
    EXPECT_THAT(open_bytes(docker_image({TarBuilder().file("a", std::string(600, 'x')),
                                         TarBuilder().file("a", std::string(600, 'x'))}),
                           limits)
                    .error()
                    .message,
                HasSubstr("unpack to more than 1000 B"));
    TarBuilder links;
    links.file("a", std::string(600, 'x')).hard_link("b", "a");
    EXPECT_THAT(open_bytes(docker_image({links}), limits).error().message, HasSubstr("more than 1000 B"))
        << "each name counts";
    TarBuilder many;
    for (int i = 0; i < 30; ++i) many.directory("d" + std::to_string(i));
    EXPECT_THAT(open_bytes(docker_image({many}), limits).error().message,
                HasSubstr("paths than are allowed"));
    // 8 TB that are not there.
    EXPECT_EQ(open_bytes(docker_image({TarBuilder().member('0', "huge", 1ULL << 32U, "", 0644)}), limits)
                  .error()
                  .code,
              ErrorCode::corrupt);
}

TEST(ImageArchive, DamageIsNoticed) {
    std::string bytes = docker_image({TarBuilder().file("a", std::string(5000, 'x'))});
    EXPECT_FALSE(open_bytes(bytes.substr(0, 3000)));
    const auto nothing = open_bytes(TarBuilder().file("etc/passwd", "x").bytes());
    EXPECT_EQ(nothing.error().code, ErrorCode::usage);
    EXPECT_THAT(nothing.error().message, HasSubstr("no manifest.json"));
    EXPECT_EQ(open_bytes(TarBuilder().file("manifest.json", "[]").bytes()).error().code, ErrorCode::corrupt);
    EXPECT_THAT(open_bytes(TarBuilder().file("manifest.json", R"([{"Layers":[]},{"Layers":[]}])").bytes())
                    .error()
                    .message,
                HasSubstr("holds 2 images"));
    EXPECT_THAT(
        open_bytes(
            TarBuilder().file("manifest.json", R"([{"Layers":["l"]}])").file("l", "no tar at all").bytes())
            .error()
            .object,
        HasSubstr("image.tar: l"));
}

TEST(ImageArchive, ALayerMayEndWithItsLastFile) {
    const std::string whole = TarBuilder().file("a", "x").file("b", std::string(700, 'y')).bytes();
    const std::size_t last_byte = whole.size() - 1024 - (1024 - 700);
    EXPECT_TRUE(open_bytes(docker_image_of({whole.substr(0, last_byte)})));
    const auto cut = open_bytes(docker_image_of({whole.substr(0, last_byte - 1)}));
    ASSERT_FALSE(cut) << "a byte of the file is missing";
    EXPECT_EQ(cut.error().code, ErrorCode::corrupt);
    EXPECT_FALSE(open_bytes(docker_image_of({whole.substr(0, 1024 + 100)}))) << "a header is cut";
}

TEST(ImageStart, IsThatOfATarPlainOrCompressed) {
    EXPECT_TRUE(is_image_start(as_bytes(TarBuilder().file("a", "b").bytes()).first(512)));
    EXPECT_TRUE(is_image_start(as_bytes("\x1f\x8b\x08")));
    EXPECT_TRUE(is_image_start(as_bytes("\x28\xb5\x2f\xfd rest")));
    EXPECT_FALSE(is_image_start(as_bytes("PK\x03\x04")));
    EXPECT_FALSE(is_image_start({}));
}

}  // namespace
}  // namespace ballast
