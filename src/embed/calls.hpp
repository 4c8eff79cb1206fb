#pragma once

#include <exception>
#include <utility>

#include "ballast/ballast.h"
#include "base/result.hpp"

namespace ballast {

// Gives the caller an error of its own, when it wants one and there is memory for it. The result is its code.
int give_error(Error failure, ballast_error** error) noexcept;

// The border between C and what is behind it: `call` gives a Result<void>; nothing is thrown past here.
template <typename Call>
int guarded(ballast_error** error, Call call) noexcept {
    try {
        Result<void> result = call();
        return result ? BALLAST_OK : give_error(std::move(result).error(), error);
    } catch (const std::exception& stray) {
        // Ours do not throw; a library or the allocator did.
        return give_error(Error{ErrorCode::unavailable, "internal", stray.what()}, error);
    } catch (...) {
        return give_error(Error{ErrorCode::unavailable, "internal", "an unknown exception"}, error);
    }
}

}  // namespace ballast
