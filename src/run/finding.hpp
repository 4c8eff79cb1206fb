#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace ballast {

// One thing that `doctor` looked at. The look neither changes this process nor leaves anything behind.
struct Finding {
    enum class State : std::uint8_t {
        good,
        lacking,  // not there, and hydration does without
        missing,  // hydration needs it: `error` says what to do
    };
    std::string what;
    State state = State::good;
    std::string found;
    std::string therefore = {};  // what Ballast does about it; "" where that is nothing
    Error error = {};
};
using Findings = std::vector<Finding>;

// What hydration needs, and the error that says why it is not there.
inline Finding missing(std::string what, const Error& error) {
    return {std::move(what), Finding::State::missing, error.message, {}, error};
}

}  // namespace ballast
