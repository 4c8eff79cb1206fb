// The functions of ballast.h that read an error.

#include "embed/handles.hpp"

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
