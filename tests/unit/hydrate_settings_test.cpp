#include "hydrate/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace ballast {
namespace {

class CompleteOptions : public testing::Test {
  protected:
    void SetUp() override { forget(); }
    void TearDown() override { forget(); }

    static void forget() {
        for (const char* name : {"BALLAST_STORE", "BALLAST_ROOT", "BALLAST_GROUPS", "BALLAST_TIMEOUT",
                                 "BALLAST_DEADLINE_MS", "BALLAST_SECOND_REQUESTS"})
            ::unsetenv(name);
    }

    static Lock lock() {
        Lock lock;
        lock.store = "/lock/store";
        lock.root = "/lock/root";
        lock.groups = {"pdf"};
        return lock;
    }
};

TEST_F(CompleteOptions, TakesTheLockThenTheEnvironmentThenWhatIsSaid) {
    const auto from_lock = complete_options(lock(), {}).value();
    EXPECT_EQ(from_lock.store, "/lock/store");
    EXPECT_EQ(from_lock.root, "/lock/root");
    EXPECT_THAT(from_lock.groups, testing::ElementsAre("pdf"));
    EXPECT_EQ(from_lock.deadline, Deadline::max());
    EXPECT_TRUE(from_lock.fetch.second_requests);

    ::setenv("BALLAST_STORE", "/environment/store", 1);
    ::setenv("BALLAST_ROOT", "/environment/root", 1);
    ::setenv("BALLAST_GROUPS", "fonts", 1);
    ::setenv("BALLAST_TIMEOUT", "1h", 1);
    ::setenv("BALLAST_SECOND_REQUESTS", "off", 1);
    const auto from_environment = complete_options(lock(), {}).value();
    EXPECT_EQ(from_environment.store, "/environment/store");
    EXPECT_EQ(from_environment.root, "/environment/root");
    EXPECT_THAT(from_environment.groups, testing::ElementsAre("fonts"));
    EXPECT_LT(from_environment.deadline, Deadline::max());
    EXPECT_FALSE(from_environment.fetch.second_requests);

    const auto deadline = std::chrono::steady_clock::now() + std::chrono::hours(9);
    const HydrateOptions said{
        .store = "/said/store", .root = "/said/root", .groups = {"png"}, .deadline = deadline};
    const auto from_said = complete_options(lock(), said).value();
    EXPECT_EQ(from_said.store, "/said/store");
    EXPECT_EQ(from_said.root, "/said/root");
    EXPECT_THAT(from_said.groups, testing::ElementsAre("png"));
    EXPECT_EQ(from_said.deadline, deadline);
    EXPECT_EQ(from_said.open_source().value()->url(), "/said/store");
}

TEST_F(CompleteOptions, HoldsToTheDeadlineOfTheEnvironmentBesides) {
    ::setenv("BALLAST_DEADLINE_MS", "1000", 1);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::hours(9);
    EXPECT_LT(complete_options(lock(), {.deadline = deadline}).value().deadline,
              std::chrono::steady_clock::now());
    ::setenv("BALLAST_DEADLINE_MS", "soon", 1);
    EXPECT_EQ(complete_options(lock(), {}).error().object, "BALLAST_DEADLINE_MS");
}

}  // namespace
}  // namespace ballast
