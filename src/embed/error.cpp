#include <new>

#include "base/relative_path.hpp"
#include "embed/calls.hpp"
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
        *error = nullptr;  // no memory, which the functions below say
    }
    return code;
}

}  // namespace ballast

int ballast_error_code(const ballast_error* error) {
    return error == nullptr ? BALLAST_UNAVAILABLE : static_cast<int>(error->error.code);
}

const char* ballast_error_object(const ballast_error* error) {
    return error == nullptr ? "memory" : error->error.object.c_str();
}

const char* ballast_error_message(const ballast_error* error) {
    return error == nullptr ? "there is not enough of it" : error->error.message.c_str();
}

const char* ballast_error_hint(const ballast_error* error) {
    return error == nullptr ? "" : error->error.hint.c_str();
}

const char* ballast_error_text(const ballast_error* error) {
    return error == nullptr ? "memory: there is not enough of it" : error->text.c_str();
}

void ballast_error_free(ballast_error* error) {
    delete error;
}
