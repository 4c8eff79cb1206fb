#include "base/result.hpp"

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <system_error>

#include "base/enum_name.hpp"

namespace ballast {

tl::unexpected<Error> fail_errno(int saved_errno, std::string_view object, std::string_view what) {
    const auto is_one_of = [&](std::initializer_list<int> errors) {
        return std::ranges::find(errors, saved_errno) != errors.end();
    };
    const ErrorCode code = is_one_of({ENOENT, ENOTDIR})               ? ErrorCode::not_found
                           : is_one_of({EACCES, EPERM, EROFS, ELOOP}) ? ErrorCode::permission
                           : is_one_of({ENOSPC, EDQUOT})              ? ErrorCode::no_space
                                                                      : ErrorCode::unavailable;
    return fail(code, object, std::string(what) + ": " + std::generic_category().message(saved_errno));
}

std::string_view to_string(ErrorCode code) {
    if (code == ErrorCode::interrupted) return "interrupted";
    return enum_name(code, {"unknown", "check_failed", "usage", "not_found", "corrupt", "permission",
                            "unavailable", "no_space"});
}

}  // namespace ballast
