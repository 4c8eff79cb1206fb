#pragma once

#include <optional>
#include <string>

namespace ballast {

// What is wrong with a value, whoever gave it; the caller names the setting.
struct Fault {
    std::string message;  // goes on from the setting's name: "is not an absolute path"
    std::string hint = {};
};

}  // namespace ballast
