#include "base/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/size.hpp"
#include "base/utf8.hpp"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using Output = Progress::Output;

class ProgressTest : public testing::Test {
  protected:
    Progress::Surroundings surroundings(std::size_t columns = 100) {
        return {[this](std::string_view text) {
                    ++m_writes;
                    m_text += text;
                },
                [this] { return m_now; }, columns};
    }

    void pass(std::chrono::milliseconds time) { m_now += time; }

    // What the terminal shows: each line as it was when it was ended or last redrawn.
    std::vector<std::string> screen() const {
        std::vector<std::string> lines = {""};
        for (std::size_t i = 0; i < m_text.size(); ++i) {
            if (m_text[i] == '\n') {
                lines.emplace_back();
            } else if (m_text[i] == '\r') {
                lines.back().clear();
            } else if (m_text.compare(i, 3, "\x1b[K") == 0) {
                i += 2;
            } else {
                lines.back() += m_text[i];
            }
        }
        return lines;
    }

    Progress::Clock::time_point m_now = Progress::Clock::time_point(1h);
    std::string m_text;
    int m_writes = 0;
};

TEST_F(ProgressTest, ShowsShareAmountRateAndTimeLeft) {
    Progress progress("packing", 100 * k_mib, Output::terminal, surroundings());
    progress.add(10 * k_mib);
    EXPECT_EQ(m_text, "") << "a step that is over at once shows no bar";
    pass(1s);
    progress.add(15 * k_mib);
    EXPECT_EQ(screen().back(),
              "packing  █████                  25 %  25.0 MB of 100 MB  25.0 MB/s  3 s left");
}

TEST_F(ProgressTest, RedrawsAtMostTenTimesASecond) {
    Progress progress("packing", 100'000, Output::terminal, surroundings());
    for (int i = 0; i < 10'000; ++i) {
        pass(1ms);
        progress.add(10);
    }
    EXPECT_LE(m_writes, 100);
    EXPECT_GE(m_writes, 90);
    EXPECT_EQ(screen().size(), 1U) << "one line, drawn over";
}

TEST_F(ProgressTest, EndsWithOneLineThatSums) {
    Progress progress("packing", 30 * k_mib, Output::terminal, surroundings());
    pass(3s);
    progress.add(30 * k_mib);
    progress.finish();
    progress.finish();
    EXPECT_THAT(screen(), testing::ElementsAre("packing: 30.0 MB in 3.0 s, 10.0 MB/s", ""));
}

TEST_F(ProgressTest, TakesItsLineAwayWhenTheStepFails) {
    {
        Progress progress("packing", 30 * k_mib, Output::terminal, surroundings());
        pass(1s);
        progress.add(k_mib);
        EXPECT_NE(screen().back(), "");
    }
    EXPECT_THAT(screen(), testing::ElementsAre("")) << "the error message starts on an empty line";
}

TEST_F(ProgressTest, WritesPlainLinesEveryFewSecondsElsewhere) {
    Progress progress("pushing", 100 * k_mib, Output::lines, surroundings());
    for (int i = 0; i < 12; ++i) {
        pass(1s);
        progress.add(5 * k_mib);
    }
    progress.finish();
    EXPECT_EQ(m_text,
              "pushing: 25 % of 100 MB, 5.0 MB/s, 15 s left\n"
              "pushing: 50 % of 100 MB, 5.0 MB/s, 10 s left\n"
              "pushing: 60.0 MB in 12.0 s, 5.0 MB/s\n");
}

TEST_F(ProgressTest, SaysNothingWhenToldSo) {
    Progress progress("packing", 100, Output::quiet, surroundings());
    pass(60s);
    progress.add(50);
    progress.note("nor this");
    progress.finish();
    EXPECT_EQ(m_text, "");
}

TEST_F(ProgressTest, KeepsNotesApartFromTheBar) {
    Progress progress("packing", 100 * k_mib, Output::terminal, surroundings());
    pass(1s);
    progress.add(k_mib);
    progress.note("warning: something");
    ASSERT_EQ(screen().size(), 2U);
    EXPECT_EQ(screen()[0], "warning: something");
    EXPECT_THAT(screen()[1], testing::StartsWith("packing  "));
}

TEST_F(ProgressTest, FollowsAChangingRate) {
    Progress progress("hydrating", 1000 * k_mib, Output::lines, surroundings());
    pass(5s);
    progress.add(500 * k_mib);  // the network's burst
    for (int i = 0; i < 30; ++i) {
        pass(1s);
        progress.add(k_mib);
    }
    const auto last = screen()[screen().size() - 2];
    EXPECT_THAT(last, testing::HasSubstr("1.0 MB/s")) << "not the average since the start, 15 MB/s";
}

TEST_F(ProgressTest, WithoutATotalShowsWhatIsKnown) {
    Progress progress("listing", 0, Output::terminal, surroundings());
    pass(2s);
    progress.add(4 * k_mib);
    EXPECT_EQ(screen().back(), "listing  4.0 MB  2.0 MB/s");
}

TEST_F(ProgressTest, MoreThanTheTotalIsAHundredPercent) {
    Progress progress("packing", 100, Output::terminal, surroundings());
    pass(1s);
    progress.add(300);
    EXPECT_THAT(screen().back(), testing::HasSubstr("100 %"));
    EXPECT_THAT(screen().back(), testing::Not(testing::HasSubstr("left")));
}

TEST_F(ProgressTest, FitsANarrowTerminal) {
    for (const std::size_t columns : {10U, 30U, 60U, 79U}) {
        Progress progress("packing", 100 * k_mib, Output::terminal, surroundings(columns));
        pass(1s);
        progress.add(k_mib);
        EXPECT_LT(display_width(screen().back()), columns);
        m_text.clear();
    }
}

TEST_F(ProgressTest, CountsWhatManyThreadsAdd) {
    std::atomic<Progress::Clock::rep> ticks = 0;
    auto given = surroundings();
    given.now = [&] { return Progress::Clock::time_point(Progress::Clock::duration(ticks += 1'000'000)); };
    Progress progress("packing", 4'000'000, Output::terminal, given);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) progress.add(1000);
        });
    }
    for (auto& thread : threads) thread.join();
    progress.finish();
    EXPECT_THAT(screen()[screen().size() - 2], testing::HasSubstr("packing: 3.8 MB in "));
}

}  // namespace
}  // namespace ballast
