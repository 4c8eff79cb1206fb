#include "base/result.hpp"

#include <cerrno>
#include <system_error>

namespace ballast {

tl::unexpected<Error> fail_errno(int saved_errno, std::string_view object, std::string_view what) {
    ErrorCode code = ErrorCode::unavailable;
    switch (saved_errno) {
        case ENOENT:
        case ENOTDIR:
            code = ErrorCode::not_found;
            break;
        case EACCES:
        case EPERM:
        case EROFS:
        case ELOOP:
            code = ErrorCode::permission;
            break;
        case ENOSPC:
        case EDQUOT:
            code = ErrorCode::no_space;
            break;
        default:
            break;
    }
    std::string message(what);
    message += ": ";
    message += std::generic_category().message(saved_errno);
    return fail(code, object, message);
}

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::check_failed:
            return "check_failed";
        case ErrorCode::usage:
            return "usage";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::corrupt:
            return "corrupt";
        case ErrorCode::permission:
            return "permission";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::no_space:
            return "no_space";
        case ErrorCode::interrupted:
            return "interrupted";
    }
    return "unknown";
}

}  // namespace ballast
