#include "base/result.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>

namespace ballast {
namespace {

// Scripts branch on these numbers.
TEST(ErrorCodes, AreTheExitStatusesOfTheContract) {
    EXPECT_EQ(static_cast<int>(ErrorCode::check_failed), 1);
    EXPECT_EQ(static_cast<int>(ErrorCode::usage), 2);
    EXPECT_EQ(static_cast<int>(ErrorCode::not_found), 3);
    EXPECT_EQ(static_cast<int>(ErrorCode::corrupt), 4);
    EXPECT_EQ(static_cast<int>(ErrorCode::permission), 5);
    EXPECT_EQ(static_cast<int>(ErrorCode::unavailable), 6);
    EXPECT_EQ(static_cast<int>(ErrorCode::no_space), 7);
    EXPECT_EQ(static_cast<int>(ErrorCode::interrupted), 130);
    EXPECT_EQ(to_string(ErrorCode::not_found), "not_found");
}

ErrorCode code_of(int number) {
    return fail_errno(number, "object", "cannot").value().code;
}

TEST(FailErrno, ChoosesTheCodeThatACallerCanActOn) {
    EXPECT_EQ(code_of(ENOENT), ErrorCode::not_found);
    EXPECT_EQ(code_of(ENOTDIR), ErrorCode::not_found) << "a/b where a is a file: waiting does not help";
    EXPECT_EQ(code_of(EACCES), ErrorCode::permission);
    EXPECT_EQ(code_of(EPERM), ErrorCode::permission);
    EXPECT_EQ(code_of(EROFS), ErrorCode::permission);
    EXPECT_EQ(code_of(ELOOP), ErrorCode::permission);
    EXPECT_EQ(code_of(ENOSPC), ErrorCode::no_space);
    EXPECT_EQ(code_of(EDQUOT), ErrorCode::no_space);
    EXPECT_EQ(code_of(EIO), ErrorCode::unavailable);
    EXPECT_EQ(code_of(EMFILE), ErrorCode::unavailable);
}

TEST(FailErrno, NamesTheObjectAndEndsWithTheCause) {
    const Error error = fail_errno(ENOENT, "/a/b", "cannot open").value();
    EXPECT_EQ(error.object, "/a/b");
    EXPECT_EQ(error.message, "cannot open: No such file or directory");
    EXPECT_EQ(error.hint, "");
}

Result<std::unique_ptr<int>> half(int number) {
    if (number % 2 != 0) return fail(ErrorCode::usage, std::to_string(number), "is odd", "use an even one");
    return std::make_unique<int>(number / 2);
}

Result<std::string> half_as_text(int number) {
    BALLAST_TRY(const auto value, half(number));
    return std::to_string(*value);
}

Result<void> check_positive(const Result<int>& number) {
    if (*number < 0) return fail(ErrorCode::check_failed, std::to_string(*number), "is negative");
    return {};
}

Result<int> check_a_result_called_result(int number) {
    const Result<int> result = number;
    BALLAST_CHECK(check_positive(result));
    return *result;
}

TEST(Macros, TryUnwrapsOrPassesTheErrorOnAsAnotherType) {
    EXPECT_EQ(half_as_text(8).value(), "4");
    const auto failed = half_as_text(7);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().object, "7");
    EXPECT_EQ(failed.error().hint, "use an even one");
}

TEST(Macros, CheckDoesNotHideTheCallersVariables) {
    EXPECT_EQ(check_a_result_called_result(3).value(), 3);
    EXPECT_EQ(check_a_result_called_result(-3).error().code, ErrorCode::check_failed);
}

}  // namespace
}  // namespace ballast
