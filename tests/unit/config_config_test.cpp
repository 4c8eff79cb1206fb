#include "config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "base/file.hpp"
#include "base/nearest_word.hpp"
#include "config/load_config.hpp"
#include "config/parse_config.hpp"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Config parsed(std::string_view text) {
    auto config = parse_config(text, "ballast.toml");
    EXPECT_TRUE(config) << config.error().object << ": " << config.error().message;
    return config ? *config : Config{};
}

// As main shows it: "<object>: <message>", then the hint on a line of its own.
std::string shown(const Error& error) {
    return error.object + ": " + error.message + (error.hint.empty() ? "" : "\nhint: " + error.hint);
}

std::string refusal(std::string_view text) {
    const auto config = parse_config(text, "ballast.toml");
    if (config) return "was taken";
    EXPECT_EQ(config.error().code, ErrorCode::usage);
    return shown(config.error());
}

TEST(Config, IsAllDefaultsForAnEmptyFile) {
    for (const char* const text : {"", "# nothing yet\n", "[groups]\n[env]\n[limits]\n"}) {
        const auto config = parsed(text);
        EXPECT_EQ(config.name, "");
        EXPECT_EQ(config.store, "");
        EXPECT_EQ(config.root, "/tmp/ballast");
        EXPECT_THAT(config.include, IsEmpty());
        EXPECT_THAT(config.exclude, IsEmpty());
        EXPECT_THAT(config.groups, IsEmpty());
        EXPECT_EQ(config.codec, CodecChoice::automatic);
        EXPECT_EQ(config.level, std::nullopt);
        EXPECT_EQ(config.frame_bytes, 1U << 20U);
        EXPECT_EQ(config.max_size, 262'144'000U);
        EXPECT_EQ(config.max_unpacked, 10ULL << 30U);
        EXPECT_THAT(config.env, IsEmpty());
    }
}

TEST(Config, ReadsEveryKey) {
    const auto config = parsed(R"(
name = "rendering"
store = "s3://deps/functions?region=eu-central-1"
root = "/tmp/deps"
include = ["/usr/", "/etc/"]
exclude = ["*.md"]
codec = "zstd"
level = 19
frame = "2MB"

[groups]
fonts = ["/usr/share/fonts/"]
base = ["*", "!*.ttf"]

[env]
GS_LIB = "{tree}/usr/share/ghostscript:{tree}/x"
JSON = '{"a": {}}'

[limits]
max_size = 50_000_000
max_unpacked = "1.5GB"
)");
    EXPECT_EQ(config.name, "rendering");
    EXPECT_EQ(config.store, "s3://deps/functions?region=eu-central-1");
    EXPECT_EQ(config.root, "/tmp/deps");
    EXPECT_THAT(config.include, ElementsAre("/usr/", "/etc/"));
    EXPECT_THAT(config.exclude, ElementsAre("*.md"));
    EXPECT_EQ(config.codec, CodecChoice::zstd);
    EXPECT_EQ(config.level, 19);
    EXPECT_EQ(config.frame_bytes, 2U << 20U);
    ASSERT_EQ(config.groups.size(), 2U);
    EXPECT_EQ(config.groups[0].name, "fonts");
    EXPECT_EQ(config.groups[1].name, "base");
    EXPECT_THAT(config.groups[1].patterns, ElementsAre("*", "!*.ttf"));
    EXPECT_THAT(config.env, ElementsAre(Pair("GS_LIB", "{tree}/usr/share/ghostscript:{tree}/x"),
                                        Pair("JSON", "{\"a\": {}}")));
    EXPECT_EQ(config.max_size, 50'000'000U);
    EXPECT_EQ(config.max_unpacked, 3ULL << 29U);
}

TEST(Config, KeepsTheOrderOfGroupsInTheFile) {
    const auto names = [](const Config& config) {
        std::string all;
        for (const auto& group : config.groups) all += group.name + " ";
        return all;
    };
    EXPECT_EQ(names(parsed("[groups]\nz = ['z']\nm = ['m']\na = ['a']\n")), "z m a ");
    EXPECT_EQ(names(parsed("groups = { z = ['z'], m = ['m'], a = ['a'] }")), "z m a ");
    EXPECT_EQ(names(parsed("groups.z = ['z']\ngroups.m = ['m']\ngroups.a = ['a']\n")), "z m a ");
    EXPECT_EQ(names(parsed("[groups]\n\"9.z\" = ['z']\n\"9\" = [\n'm',\n'n']\n")), "9.z 9 ");
}

TEST(Config, NamesTheLineAndTheNearestKnownKey) {
    EXPECT_EQ(refusal("name = 'a'\n\ninclud = ['a']\n"),
              "ballast.toml:3: unknown key 'includ'\nhint: did you mean 'include'?");
    EXPECT_EQ(refusal("stroe = 'a'"), "ballast.toml:1: unknown key 'stroe'\nhint: did you mean 'store'?");
    EXPECT_EQ(refusal("Level = 3"), "ballast.toml:1: unknown key 'Level'\nhint: did you mean 'level'?");
    EXPECT_EQ(refusal("[limits]\nmax_siz = 3"),
              "ballast.toml:2: unknown key 'max_siz' in [limits]\nhint: did you mean 'max_size'?");
    EXPECT_EQ(refusal("max_size = '250MB'"),
              "ballast.toml:1: unknown key 'max_size'\nhint: write it under [limits]");
    EXPECT_EQ(refusal("colour = 'blue'"),
              "ballast.toml:1: unknown key 'colour'\nhint: known are: name, store, root, include, exclude, "
              "groups, codec, "
              "level, frame, limits, env, start");
    EXPECT_EQ(refusal("\"a\\u001Bb\" = 1"),
              "ballast.toml:1: unknown key 'a\\x1bb'\nhint: known are: name, store, root, include, exclude, "
              "groups, codec, "
              "level, frame, limits, env, start");
    EXPECT_THAT(refusal("[env]\nA = '1'\n[grops]\na = ['a']"),
                HasSubstr("ballast.toml:3: unknown key 'grops'"));
    EXPECT_THAT(refusal("grops.a.b = 1"), HasSubstr("ballast.toml:1: unknown key 'grops'"));
}

TEST(Config, TellsTheFirstOfSeveralErrors) {
    EXPECT_THAT(refusal("zzz = 1\naaa = 1\n"), HasSubstr("ballast.toml:1: unknown key 'zzz'"));
}

TEST(Config, RefusesOtherKindsOfValues) {
    EXPECT_EQ(refusal("name = 1"), "ballast.toml:1: 'name' is a whole number, but must be a string");
    EXPECT_EQ(refusal("level = '19'"), "ballast.toml:1: 'level' is a string, but must be a whole number");
    EXPECT_EQ(refusal("level = 1.5"),
              "ballast.toml:1: 'level' is a number with a fraction, but must be a whole number");
    EXPECT_EQ(refusal("frame = true"),
              "ballast.toml:1: 'frame' is true or false, but must be a size, like \"1MB\" or 1048576");
    EXPECT_EQ(refusal("include = '*.so'"),
              "ballast.toml:1: 'include' is a string, but must be an array of patterns, like [\"*.so\", "
              "\"/usr/\"]");
    EXPECT_EQ(refusal("exclude = [\n  'a',\n  1,\n]"),
              "ballast.toml:3: 'exclude' holds a whole number, but must hold patterns, which are strings");
    EXPECT_EQ(refusal("groups = ['a']"),
              "ballast.toml:1: 'groups' is an array, but must be a table, like [groups]");
    EXPECT_EQ(refusal("[[groups]]\na = ['a']"),
              "ballast.toml:1: 'groups' is an array, but must be a table, like [groups]");
    EXPECT_EQ(refusal("limits = 3"),
              "ballast.toml:1: 'limits' is a whole number, but must be a table, like [limits]");
    EXPECT_EQ(refusal("[env]\nA = 1"), "ballast.toml:2: 'A' is a whole number, but must be a string");
    EXPECT_EQ(refusal("env = 2026-01-01"),
              "ballast.toml:1: 'env' is a date or time, but must be a table, like [env]");
    EXPECT_EQ(refusal("[store]\nurl = 'a'"), "ballast.toml:1: 'store' is a table, but must be a string");
}

TEST(Config, RefusesWhatIsNotToml) {
    EXPECT_THAT(refusal("name = 'a'\nstore = s3://x\n"),
                HasSubstr("ballast.toml:2: not TOML: while parsing"));
    EXPECT_THAT(refusal("name = 'a'\nname = 'b'\n"), HasSubstr("ballast.toml:2: not TOML: "));
    EXPECT_THAT(refusal("name = 'a'\r\nlevel = 01\r\n"), HasSubstr("ballast.toml:2: not TOML: "));
    EXPECT_THAT(refusal("name = \"\xFF\""), HasSubstr("ballast.toml:1: not TOML: "));
    EXPECT_EQ(refusal("# gr\u00F6\u00DFe\nname = 'a'\nstore = \u201C/store\u201D\n"),
              "ballast.toml:3: not TOML: a character outside quotes and comments is not ASCII\n"
              "hint: quote it; quotes themselves are the plain ' and \"");
    EXPECT_THAT(refusal(std::string(k_max_config_bytes + 1, '#')),
                HasSubstr("ballast.toml: has 262145 bytes, more than the 262144"));
}

TEST(Config, TakesWhatIsNotAsciiInsideQuotesAndComments) {
    EXPECT_THAT(parsed("\uFEFFinclude = ['\u00E4']  # \u00E4").include, ElementsAre("\u00E4"));
    EXPECT_THAT(parsed("include = [\"\\\"\u00E4\", '\u00E4', '\\\\\u00E4']").include,
                ElementsAre("\"\u00E4", "\u00E4", "\\\\\u00E4"));
    EXPECT_THAT(parsed(R"(env.A = """"ä"
""ä\"""ä"""" # ä
env.B = ''''ä''''' # '
env.C = ""
env.D = "ä" )")
                    .env,
                ElementsAre(Pair("A", "\"\u00E4\"\n\"\"\u00E4\"\"\"\u00E4\""), Pair("B", "'\u00E4''"),
                            Pair("C", ""), Pair("D", "\u00E4")));
    EXPECT_EQ(parsed("level = 3# gr\u00F6\u00DFe\ncodec = 'lz4'").level, 3);
    EXPECT_THAT(refusal("level = 3\"\u00E4\""),
                HasSubstr("ballast.toml:1: not TOML: a character outside quotes"));
    EXPECT_THAT(refusal("level = 3\"\"\u00E4\"\""),
                HasSubstr("ballast.toml:1: not TOML: a character outside quotes"));
}

TEST(Config, LivesThroughDeepNesting) {
    std::string keys = "a";
    for (int i = 0; i < 999; ++i) keys += ".a";
    EXPECT_THAT(refusal(keys + " = 1"), HasSubstr("unknown key 'a'"));
    EXPECT_THAT(refusal("env" + keys.substr(1) + " = 1"), HasSubstr("'a' is a table, but must be a string"));
    EXPECT_EQ(refusal("env." + keys + ".'a' . \"a\" = 1"),
              "ballast.toml: has 1002 dots outside quotes, more than any setting needs");
    EXPECT_THAT(refusal("include = " + std::string(8000, '[')),
                HasSubstr("exceeded maximum nested value depth"));
    EXPECT_EQ(refusal("exclude = ['" + std::string(4000, '.') + "'] # " + std::string(4000, '.')),
              "was taken");
}

TEST(Config, RefusesPatternsWithTheirLine) {
    EXPECT_EQ(refusal("include = ['*.so',\n  'lib[']"),
              "ballast.toml:2: pattern 'lib[' of 'include': '[' is not closed");
    EXPECT_EQ(refusal("[groups]\nfonts = ['./fonts']"),
              "ballast.toml:2: pattern './fonts' of 'fonts': matches nothing: no path in a package has '.'\n"
              "hint: write paths from the package's top, like usr/lib/a.so");
    EXPECT_EQ(
        refusal("include = []"),
        "ballast.toml:1: 'include' is empty\nhint: leave it out to offload what is classified as binaries");
    EXPECT_EQ(refusal("exclude = []"), "was taken");
    EXPECT_EQ(refusal("groups.fonts = []"),
              "ballast.toml:1: group 'fonts' has no patterns\nhint: write some, or remove it");
}

TEST(Config, RefusesNamesThatCannotBeKeys) {
    EXPECT_EQ(refusal("name = 'a/b'"),
              "ballast.toml:1: 'name' is 'a/b', which cannot be a name\n"
              "hint: use up to 128 letters, digits, '.', '_', '+' and '-', with a letter or digit first");
    EXPECT_THAT(refusal("name = ''"), HasSubstr("cannot be a name"));
    EXPECT_THAT(refusal("name = '.a'"), HasSubstr("cannot be a name"));
    EXPECT_THAT(refusal("name = '" + std::string(129, 'a') + "'"), HasSubstr("cannot be a name"));
    EXPECT_EQ(refusal("name = 'A-1.b_c+d'"), "was taken");
    EXPECT_THAT(refusal("[groups]\nFonts = ['a']"),
                HasSubstr("ballast.toml:2: 'Fonts' cannot be a group's name"));
    EXPECT_THAT(refusal("[groups]\n'' = ['a']"), HasSubstr("cannot be a group's name"));
    EXPECT_THAT(refusal("[groups]\n" + std::string(65, 'a') + " = ['a']"),
                HasSubstr("cannot be a group's name"));
    EXPECT_EQ(refusal("[groups]\n'1.a_b-c' = ['a']"), "was taken");
}

TEST(Config, RefusesStoresThatAreNone) {
    for (const char* const store :
         {"file:///var/store", "/var/store", "store", "./a:b", "s3://bucket", "s3://bucket/a/b",
          "s3://my.bucket-1?endpoint=http://127.0.0.1:9000&region=x"}) {
        EXPECT_EQ(refusal(std::string("store = '") + store + "'"), "was taken") << store;
    }
    EXPECT_EQ(
        refusal("store = 'file://var/store'"),
        "ballast.toml:1: 'store' names no absolute path\nhint: write three slashes: file:///var/lib/ballast");
    EXPECT_THAT(refusal("store = 'file:/var/store'"), HasSubstr("names no absolute path"));
    EXPECT_EQ(refusal("store = 'https://bucket'"),
              "ballast.toml:1: 'store' has the unknown scheme 'https'\n"
              "hint: use file:///DIR, s3://BUCKET/PREFIX or a plain path; write a path with ':' as ./PATH");
    EXPECT_THAT(refusal("store = 's3:/bucket'"), HasSubstr("names no bucket"));
    EXPECT_THAT(refusal("store = 's3://'"), HasSubstr("'store' names '', which cannot be a bucket"));
    EXPECT_THAT(refusal("store = 's3://Bucket/a'"), HasSubstr("'Bucket', which cannot be a bucket"));
    EXPECT_THAT(refusal("store = 's3://key:secret@bucket/a'"), HasSubstr("holds credentials"));
    EXPECT_THAT(refusal("store = ''"), HasSubstr("'store' is empty"));
}

TEST(Config, RefusesRootsThatWouldDoHarm) {
    EXPECT_EQ(refusal("root = 'tmp/ballast'"),
              "ballast.toml:1: 'root' is not an absolute path\nhint: write it like /tmp/ballast");
    EXPECT_THAT(refusal("root = '/'"), HasSubstr("'root' is the file system's top"));
    EXPECT_THAT(refusal("root = '//'"), HasSubstr("'root' is the file system's top"));
    EXPECT_THAT(refusal("root = '/tmp/../'"), HasSubstr("'root' has a '..' component"));
    EXPECT_THAT(refusal("root = '/./.'"), HasSubstr("'root' has a '.' component"));
    EXPECT_THAT(refusal("root = '/tmp/a:b'"), HasSubstr("'root' holds ':'"));
    EXPECT_THAT(refusal("root = ''"), HasSubstr("not an absolute path"));
    EXPECT_THAT(refusal("root = '/" + std::string(1024, 'a') + "'"), HasSubstr("longer than 1024 bytes"));
}

TEST(Config, RefusesLevelsThatNoCodecTakes) {
    EXPECT_EQ(refusal("level = 3"),
              "ballast.toml:1: 'level' needs a fixed codec: each counts its levels in its own way\n"
              "hint: add codec = \"zstd\" or \"lz4\", or remove 'level'");
    EXPECT_THAT(refusal("level = 3\ncodec = 'auto'"),
                HasSubstr("ballast.toml:1: 'level' needs a fixed codec"));
    EXPECT_EQ(
        refusal("codec = 'raw'\nlevel = 1"),
        "ballast.toml:2: 'level' does not go with codec 'raw', which has none\nhint: remove one of them");
    EXPECT_EQ(refusal("codec = 'zstd'\nlevel = 0"),
              "ballast.toml:2: 'level' is 0, but zstd has the levels 1 to 22");
    EXPECT_EQ(refusal("codec = 'zstd'\nlevel = 23"),
              "ballast.toml:2: 'level' is 23, but zstd has the levels 1 to 22");
    EXPECT_EQ(refusal("codec = 'lz4'\nlevel = 13"),
              "ballast.toml:2: 'level' is 13, but lz4 has the levels 1 to 12");
    EXPECT_EQ(refusal("codec = 'lz4'\nlevel = 9223372036854775807"),
              "ballast.toml:2: 'level' is 9223372036854775807, but lz4 has the levels 1 to 12");
    EXPECT_THAT(refusal("codec = 'lz4'\nlevel = -1"), HasSubstr("'level' is -1, but lz4"));
    EXPECT_EQ(parsed("level = 22\ncodec = 'zstd'").level, 22);
    EXPECT_EQ(parsed("level = 12\ncodec = 'lz4'").level, 12);
    EXPECT_EQ(refusal("codec = 'ztsd'"),
              "ballast.toml:1: 'codec' names the unknown codec 'ztsd'\nhint: did you mean 'zstd'?");
    EXPECT_EQ(
        refusal("codec = 'brotli'"),
        "ballast.toml:1: 'codec' names the unknown codec 'brotli'\nhint: known are: auto, zstd, lz4, raw");
}

TEST(Config, RefusesSizesOutOfRange) {
    EXPECT_EQ(refusal("frame = '63KB'"),
              "ballast.toml:1: 'frame' is 63.0 KB, but must be from 64 KB to 4 MB\n"
              "hint: 1MB serves most trees");
    EXPECT_THAT(refusal("frame = 4194305"), HasSubstr("must be from 64 KB to 4 MB"));
    EXPECT_EQ(parsed("frame = '64KB'").frame_bytes, 65536U);
    EXPECT_EQ(parsed("frame = 4194304").frame_bytes, 4194304U);
    EXPECT_EQ(refusal("frame = 'big'"),
              "ballast.toml:1: 'frame' is 'big', which is not a size\nhint: write it like \"250MB\", "
              "\"1.5GB\" or 262144000");
    EXPECT_THAT(refusal("frame = -1"), HasSubstr("'frame' is -1, which is not a size"));
    EXPECT_EQ(refusal("[limits]\nmax_size = 0"),
              "ballast.toml:2: 'max_size' is 0, which nothing can keep to");
    EXPECT_THAT(refusal("limits.max_unpacked = 'no'"),
                HasSubstr("'max_unpacked' is 'no', which is not a size"));
}

TEST(Config, RefusesVariablesThatCannotBeMeant) {
    EXPECT_EQ(refusal("[env]\n'A=B' = ''"), "ballast.toml:2: 'A=B' holds '=', which ends a variable's name");
    EXPECT_EQ(refusal("[env]\n'' = 'a'"), "ballast.toml:2: '' is empty, and a variable's name cannot be");
    EXPECT_EQ(refusal("[env]\n\"A\\u0000\" = 'a'"), "ballast.toml:2: 'A\\x00' holds a NUL byte");
    EXPECT_EQ(refusal("[env]\nA = \"\\u0000\""), "ballast.toml:2: 'A' holds a NUL byte");
    EXPECT_EQ(
        refusal("[env]\nA = '{tre}/x'"),
        "ballast.toml:2: 'A' has the unknown placeholder '{tre}'\n"
        "hint: '{tree}', the tree's path, is the one that is replaced; other variables are not expanded");
    EXPECT_THAT(refusal("[env]\nA = '{tree}:${HOME}/x'"), HasSubstr("unknown placeholder '{HOME}'"));
    EXPECT_EQ(refusal("[env]\nA = '{tree}{tree} {} { tree } {\"a\":1} {'"), "was taken");
    EXPECT_EQ(refusal("[env]\nPATH = '/bin'"),
              "ballast.toml:2: 'PATH' would replace what exec sets\n"
              "hint: exec puts the tree's directories before what the variable holds; leave it out");
    EXPECT_THAT(refusal("[env]\nLD_LIBRARY_PATH = '/lib'"), HasSubstr("would replace what exec sets"));
    EXPECT_THAT(refusal("[env]\nBALLAST_TREE = '/lib'"), HasSubstr("is kept for Ballast itself"));
}

TEST(Config, FlagsKeepWhatWasPromised) {
    Config config;
    const auto bad_root = set_root(config, "relative", "--root");
    ASSERT_FALSE(bad_root);
    EXPECT_EQ(shown(bad_root.error()), "--root: is not an absolute path\nhint: write it like /tmp/ballast");
    EXPECT_EQ(config.root, "/tmp/ballast");
    EXPECT_FALSE(set_name(config, "a b", "--name"));
    EXPECT_FALSE(set_store(config, "ftp://x", "--store"));
    EXPECT_TRUE(set_root(config, "/var/tmp/x", "--root"));
    EXPECT_EQ(config.root, "/var/tmp/x");
}

TEST(NearestWord, IsNear) {
    const std::vector<std::string> known = {"name", "store", "root", "include", "exclude", "a"};
    EXPECT_EQ(nearest_word("includ", known), "include");
    EXPECT_EQ(nearest_word("inculde", known), "include");
    EXPECT_EQ(nearest_word("INCLUDE", known), "include");
    EXPECT_EQ(nearest_word("exlude", known), "exclude");
    EXPECT_EQ(nearest_word("rot", known), "root");
    EXPECT_EQ(nearest_word("nmae", known), "name");
    EXPECT_EQ(nearest_word("something", known), "");
    EXPECT_EQ(nearest_word("b", known), "");
    EXPECT_EQ(nearest_word("", known), "");
    EXPECT_EQ(nearest_word("x", {}), "");
}

class LoadConfig : public ::testing::Test {
  protected:
    void SetUp() override {
        for (const char* const variable : {"BALLAST_NAME", "BALLAST_STORE", "BALLAST_ROOT"})
            ::unsetenv(variable);
        ASSERT_EQ(::mkdir(package().c_str(), 0755), 0);
    }
    void TearDown() override { SetUpEnvironment({}); }

    static void SetUpEnvironment(const std::vector<std::pair<const char*, const char*>>& variables) {
        for (const char* const variable : {"BALLAST_NAME", "BALLAST_STORE", "BALLAST_ROOT"})
            ::unsetenv(variable);
        for (const auto& [name, value] : variables) ::setenv(name, value, 1);
    }
    std::string top() const { return m_directory.path(); }
    std::string package() const { return top() + "/my function"; }
    static void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

    static Config loaded(const std::string& path) {
        auto config = load_config(path);
        EXPECT_TRUE(config) << shown(config.error());
        return config ? *config : Config{};
    }
    static std::string load_error(const std::string& path) {
        const auto config = load_config(path);
        return config ? "was taken" : shown(config.error());
    }

  private:
    TemporaryDirectory m_directory = std::move(*TemporaryDirectory::create());
};

TEST_F(LoadConfig, TakesTheFileInsideBeforeTheOneBeside) {
    EXPECT_EQ(loaded(package()).store, "");
    write(top() + "/ballast.toml", "store = '/beside'");
    EXPECT_EQ(loaded(package()).store, "/beside");
    EXPECT_EQ(loaded(package() + "/").store, "/beside");
    EXPECT_EQ(loaded(top() + "/function.zip").store, "/beside");
    write(package() + "/ballast.toml", "store = '/inside'");
    EXPECT_EQ(loaded(package()).store, "/inside");
    EXPECT_EQ(loaded(package() + "//").store, "/inside");
}

TEST_F(LoadConfig, NamesTheFileInErrors) {
    write(package() + "/ballast.toml", "stor = 1");
    EXPECT_EQ(load_error(package()),
              package() + "/ballast.toml:1: unknown key 'stor'\nhint: did you mean 'store'?");
    ASSERT_EQ(::remove((package() + "/ballast.toml").c_str()), 0);
    ASSERT_EQ(::mkdir((package() + "/ballast.toml").c_str(), 0755), 0);
    EXPECT_EQ(load_error(package()), package() + "/ballast.toml: not a regular file");
}

TEST_F(LoadConfig, LetsTheEnvironmentWin) {
    write(package() + "/ballast.toml", "store = '/file'\nname = 'file'\nroot = '/file'");
    SetUpEnvironment({{"BALLAST_STORE", "/env"}, {"BALLAST_NAME", ""}, {"BALLAST_ROOT", "/env-root"}});
    const auto config = loaded(package());
    EXPECT_EQ(config.store, "/env");
    EXPECT_EQ(config.name, "file");
    EXPECT_EQ(config.root, "/env-root");
    SetUpEnvironment({{"BALLAST_ROOT", "env-root"}});
    EXPECT_EQ(load_error(package()),
              "BALLAST_ROOT: is not an absolute path\nhint: write it like /tmp/ballast");
}

TEST_F(LoadConfig, MakesANameOfThePackages) {
    EXPECT_EQ(loaded(package()).name, "my-function");
    EXPECT_EQ(default_name("/x/function.zip"), "function");
    EXPECT_EQ(default_name("function-1.2.zip"), "function-1.2");
    EXPECT_EQ(default_name("/x/.hidden/"), "hidden");
    EXPECT_EQ(default_name("/"), "package");
    EXPECT_EQ(default_name("\xC3\xA4.zip"), "package");
    EXPECT_EQ(default_name(std::string(300, 'x')), std::string(128, 'x'));
    EXPECT_EQ(default_name(package() + "/."), "my-function");
}

TEST(Config, StartIsTheTreeUnlessGroupsAreNamed) {
    const std::string groups = "[groups]\npdf = [\"/usr/bin/\"]\n";
    EXPECT_THAT(parsed("").start_groups, testing::IsEmpty());
    EXPECT_THAT(parsed("[start]\n").start_groups, testing::IsEmpty());
    EXPECT_THAT(parsed("[start]\ngroups = [\"pdf\", \"default\"]\n" + groups).start_groups,
                ElementsAre("pdf", "default"));
}

TEST(Config, StartIsRefusedWhereItCannotBeMeant) {
    const std::string groups = "\n[groups]\npdf = [\"/usr/bin/\"]\n";
    EXPECT_EQ(refusal("[start]\ngroups = [\"pfd\"]" + groups),
              "ballast.toml:2: 'groups' in [start] names 'pfd', which [groups] does not have\n"
              "hint: did you mean 'pdf'?");
    EXPECT_THAT(refusal("[start]\ngroups = \"pdf\"" + groups),
                HasSubstr("must be an array of groups' names"));
    EXPECT_THAT(refusal("[start]\ngroups = []" + groups), HasSubstr("names none"));
    EXPECT_THAT(refusal("[start]\ngroups = [1]" + groups), HasSubstr("must hold names"));
    EXPECT_THAT(refusal("[start]\ngroup = []" + groups), HasSubstr("unknown key 'group' in [start]"));
}

}  // namespace
}  // namespace ballast
