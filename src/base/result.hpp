#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace ballast {

// Why something did not work, as far as a caller or a script can act on it. The values are the exit
// statuses of both programs: public, never to be changed or reused.
enum class ErrorCode : int {
    check_failed = 1,   // a check that was asked for did not hold
    usage = 2,          // wrong flags, configuration or input of the user's own
    not_found = 3,      // a file, object or version is absent
    corrupt = 4,        // bytes that are not what they should be, or must not be trusted
    permission = 5,     // not allowed
    unavailable = 6,    // the store or the system cannot serve now; worth a retry
    no_space = 7,       // the disk or quota is full
    interrupted = 130,  // stopped by a signal
};

// One failure, ready to be shown: "<object>: <message>", then "hint: <hint>" where there is one.
// `object` names the file, key, entry or setting; `message` is lower case and ends with the cause.
struct Error {
    ErrorCode code;
    std::string object;
    std::string message;
    std::string hint = {};
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string_view object, std::string_view message,
                                  std::string_view hint = {}) {
    return tl::unexpected<Error>(Error{code, std::string(object), std::string(message), std::string(hint)});
}

// The failure of a system call on `object`: "<what>: <strerror>". `saved_errno` decides the code:
// ENOENT/ENOTDIR not_found, EACCES/EPERM/EROFS/ELOOP permission, ENOSPC/EDQUOT no_space, others unavailable.
tl::unexpected<Error> fail_errno(int saved_errno, std::string_view object, std::string_view what);

// The error of a failed result, or one that was caught, to be returned from a function with another value
// type.
inline tl::unexpected<Error> pass_on(Error error) {
    return tl::unexpected<Error>(std::move(error));
}
template <typename T>
tl::unexpected<Error> pass_on(const Result<T>& failed) {
    return tl::unexpected<Error>(failed.error());
}
template <typename T>
tl::unexpected<Error> pass_on(Result<T>&& failed) {
    return tl::unexpected<Error>(std::move(failed).error());
}

// The same with nothing in place of what was not found, which is then not an error.
template <typename T>
Result<std::optional<T>> if_present(Result<T> result) {
    if (result) return std::optional<T>(std::move(*result));
    if (result.error().code == ErrorCode::not_found) return std::optional<T>();
    return pass_on(std::move(result));
}

std::string_view to_string(ErrorCode code);

}  // namespace ballast

// NOLINTBEGIN(bugprone-macro-parentheses): names and declarations cannot be in parentheses.
#define BALLAST_CONCAT_INNER(a, b) a##b
#define BALLAST_CONCAT(a, b) BALLAST_CONCAT_INNER(a, b)

// BALLAST_TRY(auto value, call()): declares `value` from the result, or returns its error. Two statements:
// not for the branch of an `if` without braces.
#define BALLAST_TRY(declaration, expression) \
    BALLAST_TRY_AS(BALLAST_CONCAT(tried_, __COUNTER__), declaration, expression)
#define BALLAST_TRY_AS(name, declaration, expression)      \
    auto name = (expression);                              \
    if (!name) return ::ballast::pass_on(std::move(name)); \
    declaration = std::move(*name)

// BALLAST_SET(value, call()): gives `value` the result, or returns its error. One statement.
#define BALLAST_SET(target, expression) BALLAST_SET_AS(BALLAST_CONCAT(set_, __COUNTER__), target, expression)
#define BALLAST_SET_AS(name, target, expression)               \
    do {                                                       \
        auto name = (expression);                              \
        if (!name) return ::ballast::pass_on(std::move(name)); \
        target = std::move(*name);                             \
    } while (false)

// BALLAST_CHECK(call()): returns the error of a Result<void>, or goes on.
#define BALLAST_CHECK(expression) BALLAST_CHECK_AS(BALLAST_CONCAT(checked_, __COUNTER__), expression)
#define BALLAST_CHECK_AS(name, expression)                                               \
    do {                                                                                 \
        if (auto name = (expression); !name) return ::ballast::pass_on(std::move(name)); \
    } while (false)
// NOLINTEND(bugprone-macro-parentheses)
