#include "codec/sha256.hpp"

#include <openssl/evp.h>

#include <cstdlib>

namespace ballast {
namespace {

// Fetched once: in OpenSSL 3 each implicit fetch costs more than hashing a small frame.
const EVP_MD* algorithm() {
    static EVP_MD* const k_algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return k_algorithm;
}

EVP_MD_CTX* as_context(void* context) {
    return static_cast<EVP_MD_CTX*>(context);
}

// Only an OpenSSL without SHA-256 or without memory ends here; there is no way on from either.
void require(bool worked) {
    if (!worked) std::abort();
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

std::string Digest::hex() const {
    static constexpr std::string_view k_digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text += k_digits[byte >> 4U];
        text += k_digits[byte & 0xFU];
    }
    return text;
}

Result<Digest> Digest::parse(std::string_view text, std::string_view shown) {
    Digest digest;
    bool good = text.size() == digest.bytes.size() * 2;
    for (std::size_t i = 0; good && i < digest.bytes.size(); ++i) {
        const int high = hex_value(text[2 * i]);
        const int low = hex_value(text[2 * i + 1]);
        good = high >= 0 && low >= 0;
        if (good) digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    if (!good)
        return fail(ErrorCode::corrupt, shown, "not a SHA-256 digest in 64 lower-case hexadecimal digits");
    return digest;
}

Sha256::Sha256() : m_context(EVP_MD_CTX_new()) {
    require(m_context != nullptr && EVP_DigestInit_ex2(as_context(m_context), algorithm(), nullptr) == 1);
}

Sha256::~Sha256() {
    EVP_MD_CTX_free(as_context(m_context));
}

void Sha256::update(std::span<const std::byte> bytes) {
    require(EVP_DigestUpdate(as_context(m_context), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
    Digest digest;
    require(EVP_DigestFinal_ex(as_context(m_context), digest.bytes.data(), nullptr) == 1);
    require(EVP_DigestInit_ex2(as_context(m_context), algorithm(), nullptr) == 1);
    return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

}  // namespace ballast
