#include "pack/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/memory_package.hpp"

namespace ballast {
namespace {

using test::MemoryPackage;
using testing::ElementsAre;
using testing::HasSubstr;

Result<Plan> plan_of(const MemoryPackage& package, const Config& config) {
    return make_plan(Inventory::take(package).value(), config);
}

Config including(std::vector<std::string> include) {
    Config config;
    config.include = std::move(include);
    return config;
}

TEST(Plan, WhatIsIncludedAndNotExcludedLeaves) {
    MemoryPackage package;
    package.file("lib/a", "aaa").file("lib/b", "bb").file("lib/sub/c", "c").file("src/d", "dddd");
    Config config = including({"lib/"});
    config.exclude = {"b"};
    const Plan plan = plan_of(package, config).value();
    const auto goes = [&](const char* path) { return plan.destinations[package.index_of(path)]; };
    EXPECT_EQ(goes("lib"), Destination::both);
    EXPECT_EQ(goes("lib/a"), Destination::leaves);
    EXPECT_EQ(goes("lib/b"), Destination::stays);
    EXPECT_EQ(goes("lib/sub"), Destination::leaves);
    EXPECT_EQ(goes("src"), Destination::stays);
    EXPECT_EQ(plan.leaving_bytes, 4U);
    EXPECT_EQ(plan.staying_bytes(), 6U);
    EXPECT_EQ(plan.leaving_files, 2U);
}

TEST(Plan, LinksGoWhereTheyLeadAndThoseThatLeadOutStay) {
    MemoryPackage package;
    package.file("lib/a", "a")
        .file("src/b", "b")
        .symlink("src/to_a", "../lib/a")
        .symlink("lib/to_b", "../src/b");
    package.symlink("src/to_lib", "../lib").symlink("src/out", "/etc/passwd");
    const Plan plan = plan_of(package, including({"lib/a"})).value();
    const auto leaves = [&](const char* path) {
        return plan.destinations[package.index_of(path)] == Destination::leaves;
    };
    EXPECT_TRUE(leaves("src/to_a"));
    EXPECT_FALSE(leaves("lib/to_b"));
    EXPECT_TRUE(leaves("src/to_lib"));
    EXPECT_FALSE(leaves("src/out"));
    EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("src/out: leads out of the package")));
}

TEST(Plan, TheFirstGroupThatMatchesHasAFile) {
    MemoryPackage package;
    package.file("a.so", "a").file("b.so", "b").file("c", "c");
    Config config = including({"*"});
    config.groups = {{"first", {"a.so"}}, {"libraries", {"*.so"}}};
    const Plan plan = plan_of(package, config).value();
    EXPECT_THAT(plan.group_names, ElementsAre("first", "libraries", "default"));
    EXPECT_THAT(plan.groups, ElementsAre(0, 1, 2));
    config.groups.push_back({"nothing", {"*.ttf"}});
    EXPECT_EQ(plan_of(package, config).error().object, "group 'nothing'");
}

TEST(Plan, RefusesWhatMakesNoSense) {
    MemoryPackage package;
    package.file("a", "a");
    EXPECT_EQ(plan_of(package, including({"b"})).error().message, "nothing in it would leave");
    package.file("ballast.lock", "{}");
    EXPECT_THAT(plan_of(package, including({"a"})).error().message, HasSubstr("is a slim package already"));
}

}  // namespace
}  // namespace ballast
