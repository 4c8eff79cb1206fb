#include "compare/launch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.hpp"

namespace ballast {
namespace {

Launch shell(const std::string& script) {
    Launch what;
    what.arguments = {"/bin/sh", "-c", script};
    what.environment = {"PATH=/usr/bin:/bin", "KNOWN=1"};
    what.directory = "/";
    return what;
}

int status_of(const Launch& what) {
    const auto launched = launch(what);
    EXPECT_TRUE(launched) << launched.error().message;
    return launched ? launched->status : -2;
}

TEST(Launch, TellsHowAProgramEnded) {
    EXPECT_EQ(status_of(shell("exit 0")), 0);
    EXPECT_EQ(status_of(shell("exit 7")), 7);
    EXPECT_EQ(status_of(shell("kill -9 $$")), 128 + 9);
    Launch absent = shell("");
    absent.arguments[0] = "/nowhere/program";
    EXPECT_EQ(status_of(absent), k_cannot_start);
}

TEST(Launch, GivesNothingOfItsOwnEnvironment) {
    ::setenv("BALLAST_SECRET", "x", 1);
    EXPECT_EQ(status_of(shell("[ -z \"$BALLAST_SECRET\" ] && [ \"$KNOWN\" = 1 ] && [ \"$PWD\" = / ]")), 0);
    ::unsetenv("BALLAST_SECRET");
}

TEST(Launch, HasNoInput) {
    EXPECT_EQ(status_of(shell("read line; [ $? = 1 ]")), 0);
}

TEST(Launch, EndsAGroupAtTheLimit) {
    const auto directory = TemporaryDirectory::create();
    ASSERT_TRUE(directory);
    const std::string file = directory->path() + "/later";
    Launch what = shell("(sleep 1; touch '" + file + "') & sleep 60");
    what.limit = std::chrono::milliseconds(200);
    EXPECT_EQ(status_of(what), k_timed_out);
    // The same of one that ends by itself and leaves something behind.
    EXPECT_EQ(status_of(shell("(sleep 1; touch '" + file + "') & exit 0")), 0);
    EXPECT_EQ(status_of(shell("sleep 1.5")), 0);
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(PairedStarts, AreTheMediansOfEach) {
    const auto pairs = pair_starts(shell("exit 3"), shell("sleep 0.05; exit 3"), 3, 6);
    ASSERT_TRUE(pairs) << pairs.error().message;
    EXPECT_EQ(pairs->rounds, 6U);
    EXPECT_GE(pairs->changed_ms, 50);
    EXPECT_GT(pairs->added_ms, 0);
}

TEST(PairedStarts, AreAtLeastFiveAndStopAtTheBudget) {
    const auto pairs =
        pair_starts(shell("exit 0"), shell("sleep 0.02"), 0, 1000, std::chrono::milliseconds(1));
    ASSERT_TRUE(pairs);
    EXPECT_EQ(pairs->rounds, 5U);
}

TEST(PairedStarts, NameTheProgramThatDoesNotEndAlike) {
    const auto pairs = pair_starts(shell("exit 0"), shell("exit 1"), 0, 5);
    ASSERT_FALSE(pairs);
    EXPECT_EQ(pairs.error().code, ErrorCode::check_failed);
    EXPECT_EQ(pairs.error().message, "ends with status 1, not 0");
}

TEST(Median, IsTheMiddleOne) {
    EXPECT_EQ(median_of({3, 1, 2}), 2);
    EXPECT_EQ(median_of({4, 1, 3, 2}), 2.5);
    EXPECT_EQ(median_of({7}), 7);
}

}  // namespace
}  // namespace ballast
