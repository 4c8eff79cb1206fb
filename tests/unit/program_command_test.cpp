#include "program/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "program/common_flags.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Flags {
    std::string package;
    std::string text = "as it was";
    std::string secret;
    std::string shape = "round";
    std::uint32_t small = 1;
    std::uint64_t big = 2;
    std::optional<std::int64_t> maybe_signed;
    std::optional<std::uint32_t> maybe_small;
    std::optional<std::uint64_t> maybe_big;
    std::optional<double> share;
    std::vector<std::string> patterns;
    std::vector<std::string> files;
    std::vector<std::uint32_t> counts = {1, 2};
    bool json = false;
    bool markdown = false;
};

struct Ran {
    int status = 0;
    std::string out;
    std::string err;
    Flags flags;  // what the command was given
};

void declare(Command& command, Flags& flags) {
    command.option("PACKAGE", flags.package, "what it is about").required();
    add_json_and_markdown_flags(command, flags.json, flags.markdown);
    command.section("More");
    const Option text = command.option("--text WORD", flags.text, "a text");
    command.option("--secret", flags.secret, "ours alone").needs(text).hidden();
    command.option("--shape", flags.shape, "a shape").one_of({"round", "square"});
    command.option("--small N", flags.small, "a number").between(1U, 9U);
    command.option("--big", flags.big, "a number");
    command.option("--maybe-signed", flags.maybe_signed, "a number");
    command.option("--maybe-small", flags.maybe_small, "a number");
    command.option("--maybe-big", flags.maybe_big, "a number");
    command.option("--share PERCENT", flags.share, "a share").between(0.5, 100.0);
    command.option("--pattern PATTERN", flags.patterns, "a pattern").repeatable();
    command.option("--file", flags.files, "files");
    command.option("--counts N,...", flags.counts, "numbers").separated_by(',');
    command.examples({"tool look pkg", "tool look pkg --json"});
}

// What the program `tool` does with these arguments.
Ran run_tool(std::vector<const char*> arguments, const Result<int>& answer = 0) {
    Ran ran;
    Program program("tool", "Looks at things.");
    Command look = program.add("look", "Look at a package");
    declare(look, look.runs<Flags>([&](const Flags& flags) {
        ran.flags = flags;
        return answer;
    }));
    program.add("listen", "Listen").runs<Flags>([](const Flags&) { return Result<int>(7); });
    program.footer("That is all.");
    arguments.insert(arguments.begin(), "tool");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    ran.status = program.run(static_cast<int>(arguments.size()), arguments.data());
    ran.out = testing::internal::GetCapturedStdout();
    ran.err = testing::internal::GetCapturedStderr();
    return ran;
}

TEST(Command, LeavesWhatIsNotGivenAsItWas) {
    const Ran ran = run_tool({"look", "pkg"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.flags.package, "pkg");
    EXPECT_EQ(ran.flags.text, "as it was");
    EXPECT_EQ(ran.flags.big, 2U);
    EXPECT_EQ(ran.flags.share, std::nullopt);
    EXPECT_THAT(ran.flags.counts, ElementsAre(1, 2));
    EXPECT_FALSE(ran.flags.json);
}

TEST(Command, FillsValuesOfEachKind) {
    const Ran ran = run_tool({"look",
                              "--text",
                              "words",
                              "--small",
                              "9",
                              "--big",
                              "5000000000",
                              "pkg",
                              "--maybe-signed",
                              "-3",
                              "--maybe-small",
                              "4",
                              "--share",
                              "6.5",
                              "--maybe-big",
                              "6000000000",
                              "--counts=3,5",
                              "--json",
                              "--secret",
                              "mine"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.flags.text, "words");
    EXPECT_EQ(ran.flags.secret, "mine");
    EXPECT_EQ(ran.flags.small, 9U);
    EXPECT_EQ(ran.flags.big, 5'000'000'000U);
    EXPECT_EQ(ran.flags.maybe_signed, -3);
    EXPECT_EQ(ran.flags.maybe_small, 4U);
    EXPECT_EQ(ran.flags.maybe_big, 6'000'000'000U);
    EXPECT_EQ(ran.flags.share, 6.5);
    EXPECT_THAT(ran.flags.counts, ElementsAre(3, 5));
    EXPECT_TRUE(ran.flags.json);
}

TEST(Command, TakesOneValueAtATimeOfARepeatableOption) {
    const Ran ran = run_tool({"look", "--pattern", "[ab]", "--pattern", "c,d", "--", "pkg"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.flags.patterns, ElementsAre("[ab]", "c,d"));
    EXPECT_EQ(ran.flags.package, "pkg");
    EXPECT_THAT(run_tool({"look", "pkg", "--pattern", "a", "b"}).err, HasSubstr("'b' was not expected"));
}

TEST(Command, TakesAllWordsOfAList) {
    EXPECT_THAT(run_tool({"look", "pkg", "--file", "a", "b", "--file", "c"}).flags.files,
                ElementsAre("a", "b", "c"));
}

TEST(Command, KeepsWordsInBracketsWhole) {
    EXPECT_THAT(run_tool({"look", "pkg", "--file", "[a,b]", "[x]", "[]", "[", "a]"}).flags.files,
                ElementsAre("[a,b]", "[x]", "[]", "[", "a]"));
    EXPECT_EQ(run_tool({"look", "[pkg]", "--text", "[1,2]"}).flags.text, "[1,2]");
    EXPECT_THAT(run_tool({"look", "pkg", "--file=[a,b]"}).flags.files, ElementsAre("[a,b]"));
    EXPECT_EQ(run_tool({"look", "[pkg]"}).flags.package, "[pkg]");
    EXPECT_EQ(run_tool({"look", "\x1f[pkg]"}).flags.package, "\x1f[pkg]");
    EXPECT_THAT(run_tool({"look", "pkg", "[more]"}).err, HasSubstr("'[more]' was not expected"));
}

TEST(Command, RefusesWhatCannotBe) {
    struct Case {
        std::vector<const char*> arguments;
        const char* message;
    };
    for (const Case& refused : {
             Case{{"look"}, "PACKAGE is required"},
             Case{{"look", "pkg", "--small", "10"}, "--small: Value 10 not in range 1 to 9"},
             Case{{"look", "pkg", "--share", "0.4"}, "--share: Value 0.4 not in range 0.5"},
             Case{{"look", "pkg", "--shape", "flat"}, "--shape: flat not in {round,square}"},
             Case{{"look", "pkg", "--big", "x"}, "Could not convert: --big = x"},
             Case{{"look", "pkg", "--json", "--markdown"}, "--json excludes --markdown"},
             Case{{"look", "pkg", "--secret", "x"}, "requires --text"},
             Case{{"look", "pkg", "--text", "a", "--text", "b"}, "--text: At Most 1 required but received 2"},
             Case{{"look", "pkg", "--text", ""}, "--text: is empty\nhint: leave it out"},
             Case{{"look", "pkg", "--jso"}, "'--jso' was not expected\nhint: did you mean '--json'?"},
             Case{{"look", "pkg", "more"}, "'more' was not expected\nhint: see 'tool look --help'"},
             Case{{"loko"}, "command line: 'loko' is not a command\nhint: did you mean 'look'?"},
             Case{{"smell"}, "command line: 'smell' is not a command\nhint: known are: look, listen"},
         }) {
        const Ran ran = run_tool(refused.arguments);
        EXPECT_EQ(ran.status, 2) << refused.message;
        EXPECT_THAT(ran.err, HasSubstr(refused.message));
        EXPECT_THAT(ran.err, testing::StartsWith("tool: error: "));
        EXPECT_THAT(ran.out, IsEmpty());
    }
}

TEST(Command, ShowsItsOptionsAndExamplesInHelp) {
    const Ran ran = run_tool({"look", "--help"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.err, IsEmpty());
    for (const char* part :
         {"Look at a package\n", "PACKAGE TEXT REQUIRED", "--json Excludes: --markdown print JSON\n",
          "\nMore:\n  --text WORD ", "--shape TEXT:{round,square}", "--small N:UINT in [1 - 9]",
          "--pattern PATTERN ", "\nExamples:\n  tool look pkg\n  tool look pkg --json\n"})
        EXPECT_THAT(ran.out, HasSubstr(part));
    EXPECT_THAT(ran.out, Not(HasSubstr("secret")));
}

TEST(Program, RunsTheChosenCommandAndEndsWithItsStatus) {
    EXPECT_EQ(run_tool({"look", "pkg"}, 1).status, 1);
    EXPECT_EQ(run_tool({"listen"}).status, 7);
}

TEST(Program, PrintsAnErrorAndEndsWithItsCode) {
    const Ran ran = run_tool({"look", "pkg"}, fail(ErrorCode::corrupt, "pkg", "is broken", "mend it"));
    EXPECT_EQ(ran.status, 4);
    EXPECT_EQ(ran.err, "tool: error: pkg: is broken\nhint: mend it\n");
}

TEST(Program, TellsItsVersion) {
    const Ran ran = run_tool({"--version"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, testing::MatchesRegex("tool [^ ]+\n"));
}

TEST(Program, ListsItsCommandsInHelp) {
    const Ran ran = run_tool({"--help"});
    EXPECT_EQ(ran.status, 0);
    for (const char* part : {"Looks at things.\n", "  look ", " Look at a package\n", "\nThat is all.\n"})
        EXPECT_THAT(ran.out, HasSubstr(part));
}

TEST(Program, PrintsHelpAsAnErrorWhenNoCommandIsGiven) {
    const Ran ran = run_tool({});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.out, IsEmpty());
    EXPECT_THAT(ran.err, HasSubstr("Usage: tool [OPTIONS] [SUBCOMMAND]"));
}

TEST(Output, WarnsInOneLine) {
    testing::internal::CaptureStderr();
    warn("two\nlines");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "ballast: warning: two\\x0alines\n");
}

}  // namespace
}  // namespace ballast
