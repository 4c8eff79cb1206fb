#include "hydrate/wanted_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace ballast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class WantedGroups : public testing::Test {
  protected:
    void TearDown() override { ::unsetenv("BALLAST_GROUPS"); }
    static void set(const char* groups) { ::setenv("BALLAST_GROUPS", groups, 1); }

    Lock m_lock;
};

TEST_F(WantedGroups, TheLaterSettingWins) {
    EXPECT_THAT(wanted_groups(m_lock, {}).value(), IsEmpty());
    m_lock.groups = {"pdf", "fonts"};
    EXPECT_THAT(wanted_groups(m_lock, {}).value(), ElementsAre("pdf", "fonts"));
    set(" svg,fonts ");
    EXPECT_THAT(wanted_groups(m_lock, {}).value(), ElementsAre("svg", "fonts"));
    EXPECT_THAT(wanted_groups(m_lock, {"png"}).value(), ElementsAre("png"));
    set("");
    EXPECT_THAT(wanted_groups(m_lock, {}).value(), ElementsAre("pdf", "fonts"))
        << "an empty variable is not set";
}

TEST_F(WantedGroups, AStarIsTheWholeTree) {
    m_lock.groups = {"pdf"};
    EXPECT_THAT(wanted_groups(m_lock, {"*"}).value(), IsEmpty());
    set("*");
    EXPECT_THAT(wanted_groups(m_lock, {}).value(), IsEmpty());
    set("pdf,*");
    EXPECT_EQ(wanted_groups(m_lock, {}).error().code, ErrorCode::usage);
    EXPECT_EQ(wanted_groups(m_lock, {}).error().object, "BALLAST_GROUPS");
}

TEST_F(WantedGroups, AnEmptyNameIsAMistake) {
    for (const char* text : {",", "a,", ",a", "a, ,b"}) {
        set(text);
        EXPECT_EQ(wanted_groups(m_lock, {}).error().message, "an empty name") << text;
    }
    EXPECT_EQ(wanted_groups(m_lock, {""}).error().object, "--group");
}

}  // namespace
}  // namespace ballast
