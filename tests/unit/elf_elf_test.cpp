#include "elf/elf.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "support/make_elf.hpp"

namespace ballast {
namespace {

using Kind = ElfInfo::Kind;
using test::ElfRecipe;
using test::make_elf;

Result<ElfInfo> read(const std::string& bytes) {
    return read_elf(as_bytes(bytes), "some/file");
}

std::string system_file(const std::string& path) {
    return read_file(path, 1U << 30U).value();
}

// Compiles and links real files with the compiler that built this test.
class CompiledElf : public testing::Test {
  protected:
    std::string compile(const std::string& source, const std::string& options) {
        const std::string base = m_directory.path() + "/" + std::to_string(m_count++);
        std::ofstream(base + ".cpp") << source;
        const std::string command = "g++ " + base + ".cpp -o " + base + " " + options;
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        return base;
    }

    ElfInfo info_of(const std::string& path) { return read_elf(as_bytes(system_file(path)), path).value(); }

    void run(const std::string& command) { ASSERT_EQ(std::system(command.c_str()), 0) << command; }

    TemporaryDirectory m_directory = TemporaryDirectory::create().value();
    int m_count = 0;
};

TEST_F(CompiledElf, AProgramNamesItsInterpreterLibrariesAndGlibc) {
    const auto info = info_of(compile("#include <iostream>\nint main() { std::cout << 1; }", ""));
    EXPECT_EQ(info.kind, Kind::program);
    EXPECT_EQ(info.machine, EM_X86_64);
    EXPECT_TRUE(info.dynamic);
    EXPECT_EQ(info.interpreter, "/lib64/ld-linux-x86-64.so.2");
    EXPECT_EQ(info.soname, "");
    EXPECT_THAT(info.needed,
                testing::AllOf(testing::Contains("libc.so.6"), testing::Contains("libstdc++.so.6")));
    EXPECT_EQ(info.glibc, "2.34") << "main() itself has needed __libc_start_main@GLIBC_2.34 since then";
    EXPECT_EQ(info.glibcxx, "3.4");
}

TEST_F(CompiledElf, ANonPositionIndependentProgramIsOneToo) {
    const auto info = info_of(compile("int main() {}", "-no-pie"));
    EXPECT_EQ(info.kind, Kind::program);
    EXPECT_TRUE(info.dynamic);
}

TEST_F(CompiledElf, AStaticProgramHasNeitherInterpreterNorDynamicSection) {
    const auto info = info_of(compile("int main() {}", "-static"));
    EXPECT_EQ(info.kind, Kind::program);
    EXPECT_FALSE(info.dynamic);
    EXPECT_EQ(info.interpreter, "");
    EXPECT_THAT(info.needed, testing::IsEmpty());
    EXPECT_EQ(info.glibc, "");
}

TEST_F(CompiledElf, AStaticPositionIndependentProgramIsNoLibrary) {
    const auto info = info_of(compile("int main() {}", "-static-pie"));
    EXPECT_EQ(info.kind, Kind::program);
    EXPECT_EQ(info.interpreter, "");
    EXPECT_THAT(info.needed, testing::IsEmpty());
}

TEST_F(CompiledElf, ALibraryHasItsNameAndSearchPaths) {
    const auto info = info_of(compile("int f() { return 1; }",
                                      "-shared -fPIC -nostdlib -Wl,-soname,libthing.so.3 "
                                      "-Wl,--enable-new-dtags,-rpath,'$ORIGIN/../lib:/opt/lib'"));
    EXPECT_EQ(info.kind, Kind::library);
    EXPECT_EQ(info.soname, "libthing.so.3");
    EXPECT_THAT(info.search_paths, testing::ElementsAre("$ORIGIN/../lib", "/opt/lib"));
    EXPECT_EQ(info.glibc, "");
}

TEST_F(CompiledElf, AnOldStyleSearchPathIsReadToo) {
    const auto info = info_of(
        compile("int f() { return 1; }", "-shared -fPIC -nostdlib -Wl,--disable-new-dtags,-rpath,/opt/lib"));
    EXPECT_THAT(info.search_paths, testing::ElementsAre("/opt/lib"));
}

TEST_F(CompiledElf, WithoutSectionHeadersTheProgramHeadersSayTheSame) {
    const auto path = compile("#include <iostream>\nint main() { std::cout << 1; }", "-Wl,-rpath,/opt/lib");
    const auto whole = info_of(path);
    std::string bytes = system_file(path);
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    bytes.resize(header.e_shoff);  // linkers put the section headers last
    header.e_shoff = 0;
    header.e_shnum = 0;
    header.e_shstrndx = 0;
    std::memcpy(bytes.data(), &header, sizeof(header));
    const auto stripped = read(bytes).value();
    EXPECT_EQ(stripped.kind, Kind::program);
    EXPECT_EQ(stripped.needed, whole.needed);
    EXPECT_EQ(stripped.search_paths, whole.search_paths);
    EXPECT_EQ(stripped.glibc, whole.glibc);
    EXPECT_EQ(stripped.glibcxx, whole.glibcxx);
}

TEST_F(CompiledElf, ADebugFileIsNothingToRun) {
    const auto path = compile("int main() {}", "-g");
    run("objcopy --only-keep-debug " + path + " " + path + ".debug");
    const auto info = info_of(path + ".debug");
    EXPECT_EQ(info.kind, Kind::object);
    EXPECT_EQ(info.machine, EM_X86_64);
    EXPECT_THAT(info.needed, testing::IsEmpty());
}

TEST_F(CompiledElf, AnObjectFileIsOne) {
    const auto info = info_of(compile("int main() {}", "-c"));
    EXPECT_EQ(info.kind, Kind::object);
    EXPECT_FALSE(info.dynamic);
}

TEST_F(CompiledElf, TheCLibraryIsALibraryThoughItNamesAnInterpreter) {
    const auto info = info_of("/lib/x86_64-linux-gnu/libc.so.6");
    EXPECT_EQ(info.kind, Kind::library);
    EXPECT_EQ(info.soname, "libc.so.6");
    EXPECT_EQ(info.interpreter, "/lib64/ld-linux-x86-64.so.2");
}

TEST_F(CompiledElf, RealProgramsCanBeReadAtEveryLengthTheyAreCutTo) {
    const std::string bytes = system_file("/bin/true");
    ASSERT_TRUE(read(bytes));
    for (std::size_t length = 0; length < bytes.size(); length += length < 2000 ? 1 : 61) {
        const auto info = read(bytes.substr(0, length));
        ASSERT_FALSE(info) << length;
        ASSERT_EQ(info.error().code, ErrorCode::corrupt) << length;
        ASSERT_EQ(info.error().object, "some/file");
    }
}

TEST(Elf, IsKnownByItsFirstFourBytes) {
    EXPECT_TRUE(
        is_elf(as_bytes("\x7f"
                        "ELF")));
    EXPECT_FALSE(
        is_elf(as_bytes("\x7f"
                        "EL")));
    EXPECT_FALSE(is_elf(as_bytes("#!/bin/sh")));
    EXPECT_FALSE(is_elf({}));
}

TEST(Elf, ComparesVersionsAsNumbers) {
    const auto info = read(make_elf(ElfRecipe{.versions = {{"libc.so.6", "GLIBC_2.9"},
                                                           {"libc.so.6", "GLIBC_2.34"},
                                                           {"libm.so.6", "GLIBC_2.3.4"},
                                                           {"libc.so.6", "GLIBC_PRIVATE"},
                                                           {"libstdc++.so.6", "GLIBCXX_3.4.9"},
                                                           {"libstdc++.so.6", "GLIBCXX_3.4.30"},
                                                           {"libstdc++.so.6", "CXXABI_1.3.13"}}}))
                          .value();
    EXPECT_EQ(info.glibc, "2.34");
    EXPECT_EQ(info.glibcxx, "3.4.30");
    EXPECT_TRUE(version_before("2.9", "2.34"));
    EXPECT_FALSE(version_before("2.34", "2.9"));
    EXPECT_FALSE(version_before("2.34", "2.34"));
    EXPECT_TRUE(version_before("2.3", "2.3.4"));
    EXPECT_FALSE(version_before("2.34.1", "2.34"));
}

// What a linker of 2022 and later writes for -Wl,-z,pack-relative-relocs: glibc 2.34 refuses it.
TEST(Elf, TakesTheMarkOfPackedRelocationsForTheGlibcThatReadsThem) {
    const auto info = read(
        make_elf(ElfRecipe{.versions = {{"libc.so.6", "GLIBC_2.17"}, {"libc.so.6", "GLIBC_ABI_DT_RELR"}}}));
    EXPECT_EQ(info.value().glibc, "2.36");
}

TEST(Elf, RunpathHidesRpathAsForTheLoader) {
    const auto info = read(make_elf(ElfRecipe{.rpath = "/old", .runpath = "$ORIGIN:/new::"})).value();
    EXPECT_THAT(info.search_paths, testing::ElementsAre("$ORIGIN", "/new"));
}

TEST(Elf, TellsProgramsFromLibraries) {
    const std::string loader = "/lib64/ld-linux-x86-64.so.2";
    EXPECT_EQ(read(make_elf(ElfRecipe{.interpreter = loader})).value().kind, Kind::program)
        << "a program of a linker from before 2018";
    EXPECT_EQ(read(make_elf(ElfRecipe{.flags_1 = 0x08000000})).value().kind, Kind::program) << "DF_1_PIE";
    EXPECT_EQ(read(make_elf(ElfRecipe{.interpreter = loader, .soname = "libc.so.6"})).value().kind,
              Kind::library);
    EXPECT_EQ(read(make_elf()).value().kind, Kind::library);
    EXPECT_EQ(read(make_elf(ElfRecipe{.type = ET_EXEC, .dynamic = false})).value().kind, Kind::program);
    EXPECT_EQ(read(make_elf(ElfRecipe{.type = ET_CORE})).value().kind, Kind::object);
}

TEST(Elf, NamesMachines) {
    EXPECT_EQ(read(make_elf(ElfRecipe{.machine = EM_AARCH64})).value().machine, EM_AARCH64);
    EXPECT_EQ(machine_name(EM_X86_64), "x86-64");
    EXPECT_EQ(machine_name(EM_AARCH64), "aarch64");
    EXPECT_EQ(machine_name(4711), "machine 4711");
}

std::string error_of(const std::string& bytes) {
    const auto info = read(bytes);
    return info ? "no error" : info.error().message;
}

std::size_t place_of(const std::string& bytes, std::string_view text) {
    return bytes.find(text);
}

TEST(HostileElf, SaysWhatContradictsTheFile) {
    EXPECT_EQ(error_of("text"), "is not an ELF file");
    EXPECT_EQ(error_of("\x7f"
                       "ELF"),
              "is too short for an ELF header");
    std::string bytes = make_elf();
    bytes[EI_CLASS] = 7;
    EXPECT_EQ(error_of(bytes), "has an unknown ELF class");
    bytes = make_elf();
    bytes[EI_DATA] = 7;
    EXPECT_EQ(error_of(bytes), "has an unknown ELF byte order");
    bytes = make_elf();
    EXPECT_EQ(error_of(bytes.substr(0, bytes.size() - 1)),
              "is cut short: a segment to load lies beyond its end");
    EXPECT_EQ(error_of(bytes.substr(0, 100)), "is cut short: its program headers lie beyond its end");
}

TEST(HostileElf, EveryNameHasToLieInItsTable) {
    const std::string name = "libmarker.so";
    std::string bytes = make_elf(ElfRecipe{.needed = {name}});
    // DT_NEEDED is the first entry of the dynamic section, which follows the strings.
    const std::size_t needed = (place_of(bytes, name) + name.size() + 1 + 7) / 8 * 8;
    Elf64_Dyn entry;
    std::memcpy(&entry, bytes.data() + needed, sizeof(entry));
    ASSERT_EQ(entry.d_tag, DT_NEEDED);
    entry.d_un.d_val = 1'000'000;
    std::memcpy(bytes.data() + needed, &entry, sizeof(entry));
    EXPECT_EQ(error_of(bytes), "has a name outside its string table");
    EXPECT_EQ(error_of(make_elf(ElfRecipe{.needed = {std::string(5000, 'n')}})),
              "has a name longer than a path can be");
    EXPECT_EQ(error_of(make_elf(ElfRecipe{.needed = std::vector<std::string>(5000, "l")})),
              "needs more than 4096 libraries");
}

TEST(HostileElf, VersionListsThatDoNotEndAreRefused) {
    std::string bytes = make_elf(ElfRecipe{.versions = {{"liba", "A_1"}, {"libb", "B_1"}}});
    // The first Verneed follows the program headers; its vn_cnt and version's vna_next make a circle.
    const std::size_t at = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
    Elf64_Verneed file;
    std::memcpy(&file, bytes.data() + at, sizeof(file));
    ASSERT_EQ(file.vn_version, VER_NEED_CURRENT);
    file.vn_cnt = 0xFFFF;
    file.vn_next = static_cast<Elf64_Word>(-static_cast<int>(sizeof(file)));
    std::memcpy(bytes.data() + at, &file, sizeof(file));
    EXPECT_EQ(error_of(bytes), "has damaged version requirements");
}

// Whatever single byte is wrong, reading ends with an answer or an error; the sanitizers watch.
TEST(HostileElf, SurvivesEveryFlippedByte) {
    const std::string good = make_elf(ElfRecipe{.interpreter = "/lib64/ld-linux-x86-64.so.2",
                                                .soname = "libx.so.1",
                                                .needed = {"libc.so.6", "libm.so.6"},
                                                .runpath = "$ORIGIN",
                                                .versions = {{"libc.so.6", "GLIBC_2.34"}}});
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
            std::string bytes = good;
            bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ flip);
            const auto info = read(bytes);
            ASSERT_TRUE(info || info.error().code == ErrorCode::corrupt) << at;
        }
    }
}

}  // namespace
}  // namespace ballast
