#include "codec/base64.hpp"

#include <openssl/evp.h>

namespace ballast {

std::string base64(std::span<const std::uint8_t> bytes) {
    // OpenSSL writes a 0 behind the text, where std::string has one.
    std::string text((bytes.size() + 2) / 3 * 4, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                    static_cast<int>(bytes.size()));
    return text;
}

}  // namespace ballast
