#include "compare/launch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include "base/fd.hpp"
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

// Knows whether a program, or something that it started, still lives: each has the FIFO open.
class Witness {
  public:
    explicit Witness(const std::string& directory) : m_path(directory + "/fifo") {
        EXPECT_EQ(::mkfifo(m_path.c_str(), 0600), 0);
        m_reader = Fd(::open(m_path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        m_writer = Fd(::open(m_path.c_str(), O_WRONLY | O_CLOEXEC));
    }

    // To be put before a script.
    std::string opening() const { return "exec 9>'" + m_path + "'; "; }

    bool sees_all_ended() {
        m_writer = Fd();
        pollfd waited = {m_reader.value(), 0, 0};
        constexpr int k_longest_ms = 20'000;
        return ::poll(&waited, 1, k_longest_ms) == 1 && (waited.revents & POLLHUP) != 0;
    }

  private:
    std::string m_path;
    Fd m_reader;
    Fd m_writer;
};

TEST(Launch, EndsAGroupAtTheLimit) {
    const auto directory = TemporaryDirectory::create();
    ASSERT_TRUE(directory);
    Witness witness(directory->path());
    Launch what = shell(witness.opening() + "sleep 60 & sleep 60");
    what.limit = std::chrono::milliseconds(200);
    EXPECT_EQ(status_of(what), k_timed_out);
    EXPECT_TRUE(witness.sees_all_ended());
}

TEST(Launch, EndsWhatAProgramLeavesBehind) {
    const auto directory = TemporaryDirectory::create();
    ASSERT_TRUE(directory);
    Witness witness(directory->path());
    EXPECT_EQ(status_of(shell(witness.opening() + "sleep 60 & exit 0")), 0);
    EXPECT_TRUE(witness.sees_all_ended());
}

TEST(PairedStarts, AreTheMediansOfEach) {
    const PairedStarts pairs = paired_starts({10, 30, 20}, {11, 33, 27});
    EXPECT_EQ(pairs.rounds, 3U);
    EXPECT_EQ(pairs.plain_ms, 20);
    EXPECT_EQ(pairs.changed_ms, 27);
    EXPECT_EQ(pairs.added_ms, 3) << "of each round's difference, which is not the medians'";
}

TEST(PairedStarts, TakeTurnsAfterOneStartOfEach) {
    const auto directory = TemporaryDirectory::create();
    ASSERT_TRUE(directory);
    const std::string file = directory->path() + "/starts";
    const auto writes = [&](const std::string& letter) {
        return shell("printf " + letter + " >> '" + file + "'; exit 3");
    };
    const auto pairs = pair_starts(writes("p"), writes("c"), 3, 6, std::chrono::hours(1));
    ASSERT_TRUE(pairs) << pairs.error().message;
    EXPECT_EQ(pairs->rounds, 6U);
    EXPECT_EQ(read_file(file, 100).value(),
              "pc"
              "pccppccppccp");
}

TEST(PairedStarts, AreAtLeastFiveAndStopAtTheBudget) {
    const auto pairs = pair_starts(shell("exit 0"), shell("exit 0"), 0, 1000, std::chrono::milliseconds(0));
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
