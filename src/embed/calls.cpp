#include "embed/calls.hpp"

#include <string>

#include "base/relative_path.hpp"
#include "embed/handles.hpp"

namespace ballast {
namespace {

std::string error_text(const Error& error) {
    std::string text = printable(error.object) + ": " + printable(error.message);
    if (!error.hint.empty()) text += "\nhint: " + printable(error.hint);
    return text;
}

}  // namespace

int give_error(Error failure, ballast_error** error) noexcept {
    const int code = static_cast<int>(failure.code);
    if (error == nullptr) return code;
    try {
        std::string text = error_text(failure);
        *error = new ballast_error{std::move(failure), std::move(text)};
    } catch (...) {
        *error = nullptr;  // no memory, which the functions of error.cpp say
    }
    return code;
}

}  // namespace ballast
