#include "config/patterns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "base/file.hpp"

namespace ballast {
namespace {

using ::testing::HasSubstr;

bool matches(const std::vector<std::string>& patterns, std::string_view path) {
    const auto compiled = Patterns::compile(patterns);
    EXPECT_TRUE(compiled) << compiled.error().object << ": " << compiled.error().message;
    return compiled && compiled->match(path);
}

std::string refusal(const std::string& pattern) {
    const auto compiled = Patterns::compile({pattern});
    if (compiled) return "was taken";
    EXPECT_EQ(compiled.error().code, ErrorCode::usage);
    return compiled.error().object + ": " + compiled.error().message;
}

// A git repository in which patterns are tried, out of reach of the user's own settings.
class GitOracle {
  public:
    GitOracle() : m_directory(*TemporaryDirectory::create()) {
        m_works = run("git init -q . && mkdir -p .git/info") == 0;
    }
    bool works() const { return m_works; }

    // Those of `paths` that git ignores by the one `pattern`.
    std::set<std::string> ignored(const std::string& pattern, const std::vector<std::string>& paths) const {
        write(".git/info/exclude", pattern + "\n");
        std::string input;
        for (const auto& path : paths) input += path + '\0';
        write("paths", input);
        run("git check-ignore --no-index -z --stdin < paths > ignored");
        std::ifstream file(m_directory.path() + "/ignored", std::ios::binary);
        std::set<std::string> result;
        for (std::string path; std::getline(file, path, '\0');) result.insert(path);
        return result;
    }

  private:
    int run(const std::string& command) const {
        const std::string quiet =
            "export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null; unset GIT_DIR GIT_WORK_TREE; cd '" +
            m_directory.path() + "' && { " + command + "; } 2>/dev/null";
        return std::system(quiet.c_str());
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(m_directory.path() + "/" + name, std::ios::binary) << text;
    }

    TemporaryDirectory m_directory;
    bool m_works = false;
};

// That one pattern, negated or not by itself, matches the paths that git matches by it; one that is
// refused must match none.
void expect_as_git(const GitOracle& git, const std::string& pattern, const std::vector<std::string>& paths) {
    const auto expected = git.ignored(pattern, paths);
    const auto compiled = Patterns::compile({pattern});
    for (const auto& path : paths) {
        const bool matched = compiled && compiled->match(path);
        EXPECT_EQ(matched, expected.contains(path))
            << "pattern '" << pattern << "' and path '" << path << "'"
            << (compiled ? "" : "; refused: " + compiled.error().message);
    }
}

const std::vector<std::string> k_paths = {
    "a",
    "b",
    "ab",
    "abc",
    "a.so",
    "a.so.1",
    "lib/a.so",
    "usr/lib/a.so",
    "usr/lib/x86/a.so",
    "usr",
    "usr/share/fonts/x.ttf",
    "foo",
    "foo/bar",
    "foo/x/bar",
    "foo/x/y/bar",
    "foox/bar",
    "foox/y/bar",
    "x/foo/bar",
    "foo/bar/baz",
    "bar",
    "a/b",
    "a/b/c",
    "a/x/b",
    "a/x/y/b",
    "b/a",
    "deep/a/b/c/d",
    " a",
    "a ",
    "a b",
    "#a",
    "!a",
    "\\a",
    "[a]",
    "a-b",
    "a]b",
    "a*b",
    "a?b",
    ".a",
    ".hidden/x",
    "A",
    "Foo/Bar",
    "node_modules/x/index.js",
    "node_modules",
    "x/node_modules/y",
    "1",
    "12",
    "a1",
    "z9/a1/b",
    "\xC3\xA4",
    "\xC3\xA4/b",
    "a\tb",
    "x/]",
    "-",
    "^",
    "a^",
    "aaa/aaa/aab",
};

TEST(Patterns, MatchWhatGitMatches) {
    const GitOracle git;
    if (!git.works()) GTEST_SKIP() << "git is not installed";
    for (const char* const pattern : {
             "a",
             "*.so",
             "*.so*",
             "*.so.*",
             "/a",
             "a/",
             "/a/",
             "foo/bar",
             "/foo/bar",
             "foo/",
             "foo/*",
             "foo/**",
             "foo/**/",
             "**/foo",
             "**/bar",
             "**/foo/bar",
             "foo/**/bar",
             "/**",
             "**",
             "*",
             "**/",
             "*/",
             "/*",
             "/*/",
             "*/*",
             "*/*/*",
             "a**",
             "a**b",
             "**a",
             "foo**/bar",
             "foo*/bar",
             "x**/foo/bar",
             "fo?**/bar",
             "foo/x**/bar",
             "**/**/bar",
             "**/*/bar",
             "*/**/bar",
             "**/a/**",
             "***",
             "****/b",
             "a/***/b",
             "a/**b",
             "a/**/**/b",
             "lib/**/*.so",
             "usr/**/*.so",
             "[ab]",
             "[!a]",
             "[^a]",
             "[a-c]b",
             "[]]",
             "[!]]",
             "[]-a]",
             "[a-]",
             "[-a]",
             "a[]]b",
             "x/[]]",
             "[[:alpha:]]",
             "[[:digit:]]*",
             "[[:upper:]]",
             "[^[:space:]]",
             "a[[:blank:]]b",
             "[[:punct:]]a",
             "[[:xdigit:]b]",
             "[[:bogus:]]",
             "[[:alpha]",
             "[[::]]",
             "[[:]",
             "[a",
             "[",
             "[!",
             "a[",
             "a[b",
             "[a-",
             "[\\]]",
             "[\\",
             "a[\\^]",
             "[a-\\c]",
             "[\\a-c]b",
             "[z-a]",
             "[a-a]",
             "foo[/]bar",
             "foo[!x]bar",
             "foo?bar",
             "?",
             "??",
             "a?b",
             "\\a",
             "\\*",
             "a\\*b",
             "a\\?b",
             "\\[a\\]",
             "\\#a",
             "\\!a",
             "#a",
             "!a",
             "a\\",
             "\\\\a",
             " a",
             "a ",
             "a\\ ",
             "a  ",
             "a\\  ",
             "a \\ ",
             "a b",
             "",
             " ",
             "/",
             "//",
             "!",
             "!/",
             "a//",
             "//a",
             "a//b",
             "./a",
             "../a",
             "a/.",
             "a/..",
             "a/./b",
             ".a",
             ".*",
             "A",
             "foo/BAR",
             "node_modules/",
             "/node_modules",
             "node_modules/*",
             "x/node_modules",
             "\xC3\xA4",
             "?/b",
             "?\?/b",
             "\xC3?",
             "*a*a*b",
             "*/*a*b",
             "**/a*/**/*b",
             "a/**/c",
             "a/*/c",
             "a/b/**/c",
             "deep/**/d",
             "deep/*/*/*/d",
             "-",
             "[--a]",
             "[a-c-z]",
             "[!-a]",
             "\\",
             "**\\/b",
             "a/**\\/b",
             "f\\oo/bar",
             "\\foo/bar",
             "/\\foo",
             "foo/\\bar",
         }) {
        expect_as_git(git, pattern, k_paths);
    }
}

TEST(Patterns, MatchWhatGitMatchesForRandomPatterns) {
    const GitOracle git;
    if (!git.works()) GTEST_SKIP() << "git is not installed";
    std::mt19937 random(20260101);
    const auto pick = [&](const std::vector<std::string>& parts) { return parts[random() % parts.size()]; };
    const std::vector<std::string> pattern_parts = {
        "a",    "a",     "b",           "c",  "/", "/", "*", "**", "**/", "/**", "?", "[ab]",
        "[!a]", "[a-c]", "[[:alpha:]]", "\\", "[", "]", "-", "!",  " ",   ".",   "^", ":"};
    const std::vector<std::string> path_parts = {"a", "a", "b", "c", "ab", "-", ".x", "]", " ", "\\", "^"};
    std::vector<std::string> paths;
    for (int i = 0; i < 400; ++i) {
        std::string path;
        for (auto depth = 1 + random() % 4; depth > 0; --depth) {
            if (!path.empty()) path += '/';
            for (auto length = 1 + random() % 3; length > 0; --length) path += pick(path_parts);
        }
        paths.push_back(path);
    }
    for (int i = 0; i < 250 && !HasFailure(); ++i) {
        std::string pattern;
        for (auto length = 1 + random() % 8; length > 0; --length) pattern += pick(pattern_parts);
        expect_as_git(git, pattern, paths);
    }
}

TEST(Patterns, TheLastThatMatchesDecides) {
    EXPECT_TRUE(matches({"*.so"}, "lib/a.so"));
    EXPECT_FALSE(matches({"*.so", "!a.so"}, "lib/a.so"));
    EXPECT_TRUE(matches({"*.so", "!a.so", "lib/a.so"}, "lib/a.so"));
    EXPECT_FALSE(matches({"!a.so"}, "lib/a.so"));
    EXPECT_FALSE(matches({}, "lib/a.so"));
}

TEST(Patterns, TakeBackFilesBelowAnExcludedDirectory) {
    const std::vector<std::string> patterns = {"/usr/", "!/usr/share/doc/", "/usr/share/doc/keep"};
    EXPECT_TRUE(matches(patterns, "usr/lib/a.so"));
    EXPECT_FALSE(matches(patterns, "usr/share/doc/x/copyright"));
    EXPECT_TRUE(matches(patterns, "usr/share/doc/keep"));
    EXPECT_FALSE(matches({"*", "!node_modules/"}, "node_modules/x/index.js"));
}

TEST(Patterns, ADirectoryPatternNeverMatchesAFileItself) {
    EXPECT_FALSE(matches({"bin/"}, "bin"));
    EXPECT_TRUE(matches({"bin/"}, "bin/gs"));
    EXPECT_TRUE(matches({"bin/"}, "usr/bin/gs"));
    EXPECT_FALSE(matches({"/bin/"}, "usr/bin/gs"));
}

TEST(Patterns, MatchBytesThatAreNotText) {
    EXPECT_TRUE(matches({"?"}, "\xFF"));
    EXPECT_TRUE(matches({"[\x80-\xFF]"}, "\xC4"));
    EXPECT_TRUE(matches({"a*b"}, "a\nb"));
}

TEST(Patterns, RefuseWhatCanMatchNothing) {
    EXPECT_EQ(refusal(""), "pattern '': matches nothing");
    EXPECT_EQ(refusal("/"), "pattern '/': matches nothing");
    EXPECT_EQ(refusal("!"), "pattern '!': matches nothing");
    EXPECT_EQ(refusal("   "), "pattern '   ': matches nothing");
    EXPECT_EQ(refusal("# fonts"), "pattern '# fonts': is a comment in gitignore's syntax");
    EXPECT_EQ(refusal("./bin"), "pattern './bin': matches nothing: no path in a package has '.'");
    EXPECT_EQ(refusal("../bin/*"), "pattern '../bin/*': matches nothing: no path in a package has '..'");
    EXPECT_EQ(refusal("a//b"), "pattern 'a//b': matches nothing: no path in a package has '//'");
    EXPECT_EQ(refusal("lib/[ab"), "pattern 'lib/[ab': '[' is not closed");
    EXPECT_EQ(refusal("[[:letter:]]"), "pattern '[[:letter:]]': there is no class '[:letter:]'");
    EXPECT_EQ(refusal("a\\"), "pattern 'a\\': a '\\' at the end escapes nothing");
    EXPECT_EQ(refusal("a\nb"), "pattern 'a\\x0ab': holds a line break");
    EXPECT_EQ(refusal(std::string("a\0b", 3)), "pattern 'a\\x00b': holds a NUL byte");
    EXPECT_THAT(refusal(std::string(k_max_pattern_bytes + 1, 'a')), HasSubstr("is longer than any path"));
    EXPECT_EQ(refusal(std::string(k_max_pattern_bytes, 'a')), "was taken");
}

TEST(Patterns, TakeBoundedTime) {
    std::string stars;
    for (int i = 0; i < 1000; ++i) stars += "*a";
    std::string directories;
    for (int i = 0; i < 300; ++i) directories += "**/*a/";
    std::string path;
    while (path.size() < 4000) path += "aaaaaaaaaaaaaaaaaaa/";
    const auto patterns =
        Patterns::compile({stars + "b", "**/**/**/**/**/*a*a*a*a*a*a*a*a*a*a*b", directories + "b"});
    ASSERT_TRUE(patterns);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(patterns->match(path + "c"));
    EXPECT_FALSE(patterns->match(std::string(4000, 'a')));
    // git's own matcher needs longer than the universe has; this one milliseconds.
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace ballast
