#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/file.hpp"
#include "elf/elf.hpp"
#include "support/make_elf.hpp"

namespace ballast {
namespace {

// What find_strippable() says, held to what binutils' strip takes away.
class Strip : public testing::Test {
  protected:
    std::string compile(const std::string& source, const std::string& options) {
        const std::string base = m_directory.path() + "/" + std::to_string(m_count++);
        std::ofstream(base + ".cpp") << source;
        run("g++ " + base + ".cpp -o " + base + " " + options);
        return base;
    }

    void run(const std::string& command) { ASSERT_EQ(std::system(command.c_str()), 0) << command; }

    static ElfInfo info_of(const std::string& path) {
        return read_elf(as_bytes(read_file(path, 1U << 30U).value()), path).value();
    }

    std::uint64_t taken_by(const std::string& strip, const std::string& path) {
        const std::string stripped = path + ".stripped";
        run(strip + " -o " + stripped + " " + path);
        return std::filesystem::file_size(path) - std::filesystem::file_size(stripped);
    }

    void expect_as_strip(const std::string& path) {
        const ElfInfo info = info_of(path);
        // Sections are padded to 8 or 16 bytes; of debug sections there are some twelve.
        EXPECT_NEAR(static_cast<double>(info.debug_bytes + info.symbol_bytes),
                    static_cast<double>(taken_by("strip", path)), 200)
            << path;
        EXPECT_NEAR(static_cast<double>(info.debug_bytes),
                    static_cast<double>(taken_by("strip --strip-debug", path)),
                    // The symbols that --strip-debug takes too: those of sections and source files.
                    200 + static_cast<double>(info.symbol_bytes) / 5)
            << path;
        EXPECT_EQ(info_of(path + ".stripped").debug_bytes, 0U);
    }

    TemporaryDirectory m_directory = TemporaryDirectory::create().value();
    int m_count = 0;
};

constexpr const char* k_source =
    "#include <iostream>\n#include <map>\n#include <string>\n"
    "std::map<std::string, int> counts;\nint count(const char* what) { return ++counts[what]; }\n";

TEST_F(Strip, FindsTheDebugInformationOfAProgram) {
    const std::string path =
        compile(std::string(k_source) + "int main() { std::cout << count(\"a\"); }", "-g");
    expect_as_strip(path);
    EXPECT_GT(info_of(path).debug_bytes, 50'000U);
}

TEST_F(Strip, FindsTheDebugInformationOfALibrary) {
    expect_as_strip(compile(k_source, "-g -shared -fPIC"));
}

TEST_F(Strip, ACompressedDebugSectionIsOneToo) {
    expect_as_strip(compile(k_source, "-g -gz -shared -fPIC"));
}

TEST_F(Strip, AProgramWithoutDebugInformationHasSymbols) {
    const std::string path = compile("int main() {}", "");
    const ElfInfo info = info_of(path);
    EXPECT_EQ(info.debug_bytes, 0U);
    EXPECT_NEAR(static_cast<double>(info.symbol_bytes), static_cast<double>(taken_by("strip", path)), 100);
}

TEST_F(Strip, FindsTheDebugInformationOfAStaticProgram) {
    expect_as_strip(compile(std::string(k_source) + "int main() { return count(\"a\"); }", "-g -static"));
}

TEST_F(Strip, WhatIsStrippedHasNothingLeft) {
    for (const std::string path : {"/bin/cat", "/usr/bin/git", "/usr/bin/python3"}) {
        if (!std::filesystem::exists(path)) continue;
        EXPECT_EQ(info_of(path).debug_bytes + info_of(path).symbol_bytes, 0U) << path;
        EXPECT_FALSE(info_of(path).debug_file);
    }
}

TEST_F(Strip, AnObjectsSymbolsAreNeeded) {
    const std::string path = compile(k_source, "-g -c");
    EXPECT_EQ(info_of(path).debug_bytes + info_of(path).symbol_bytes, 0U);
}

TEST_F(Strip, ADebugFileIsOne) {
    const std::string path = compile("int main() {}", "-g");
    run("objcopy --only-keep-debug " + path + " " + path + ".debug");
    EXPECT_TRUE(info_of(path + ".debug").debug_file);
    EXPECT_FALSE(info_of(path).debug_file);
}

TEST_F(Strip, WithoutSectionHeadersNothingIsKnown) {
    const auto info = read_elf(as_bytes(test::make_elf()), "made").value();
    EXPECT_EQ(info.debug_bytes + info.symbol_bytes, 0U);
}

}  // namespace
}  // namespace ballast
