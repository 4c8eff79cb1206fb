#include "codec/sha256.hpp"

#include <openssl/evp.h>

#include <cstdlib>

#include "base/integer.hpp"

namespace ballast {
namespace {

// Fetched once: in OpenSSL 3 each implicit fetch costs more than hashing a small frame.
const EVP_MD* algorithm() {
    static EVP_MD* const k_algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return k_algorithm;
}

// Only an OpenSSL without SHA-256 or without memory ends here; there is no way on from either.
void require(bool worked) {
    if (!worked) std::abort();
}

}  // namespace

std::string hex(std::span<const std::uint8_t> bytes) {
    static constexpr std::string_view k_digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text += k_digits[byte >> 4U];
        text += k_digits[byte & 0xFU];
    }
    return text;
}

Result<Digest> Digest::parse(std::string_view text, std::string_view name_in_errors) {
    Digest digest;
    if (text.size() == digest.bytes.size() * 2) {
        for (std::size_t i = 0; i < digest.bytes.size(); ++i)
            (void)parse_integer(text.substr(2 * i, 2), digest.bytes[i], 16);
    }
    // What was not lower-case digits is written back otherwise.
    if (digest.hex() != text)
        return fail(ErrorCode::corrupt, name_in_errors,
                    "not a SHA-256 digest in 64 lower-case hexadecimal digits");
    return digest;
}

Sha256::Sha256() : m_context(EVP_MD_CTX_new()) {
    require(m_context != nullptr && EVP_DigestInit_ex2(m_context, algorithm(), nullptr) == 1);
}

Sha256::~Sha256() {
    EVP_MD_CTX_free(m_context);
}

void Sha256::update(std::span<const std::byte> bytes) {
    require(EVP_DigestUpdate(m_context, bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
    Digest digest;
    require(EVP_DigestFinal_ex(m_context, digest.bytes.data(), nullptr) == 1);
    require(EVP_DigestInit_ex2(m_context, algorithm(), nullptr) == 1);
    return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

}  // namespace ballast
