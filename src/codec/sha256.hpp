#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace ballast {

// Two lower-case hexadecimal digits for each byte.
std::string hex(std::span<const std::uint8_t> bytes);

// A SHA-256 value (FIPS 180-4).
struct Digest {
    std::array<std::uint8_t, 32> bytes = {};
    auto operator<=>(const Digest&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 reads 0

    std::string hex() const { return ballast::hex(bytes); }
    // The first 12 hexadecimal digits, for people.
    std::string short_hex() const { return hex().substr(0, 12); }
    // Errors: corrupt when `text` is not 64 lower-case hexadecimal digits; `name_in_errors` names its place.
    static Result<Digest> parse(std::string_view text, std::string_view name_in_errors);
};

// One digest at a time, over bytes as they come. OpenSSL uses the CPU's SHA instructions.
class Sha256 {
  public:
    Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256();

    void update(std::span<const std::byte> bytes);
    void update(std::string_view text) { update(std::as_bytes(std::span(text.data(), text.size()))); }
    // The digest of all bytes since construction or the last finish(); starts anew.
    Digest finish();

  private:
    evp_md_ctx_st* m_context;
};

Digest sha256(std::span<const std::byte> bytes);

}  // namespace ballast

template <>
struct std::hash<ballast::Digest> {
    std::size_t operator()(const ballast::Digest& digest) const noexcept {
        std::size_t value = 0;
        std::memcpy(&value, digest.bytes.data(), sizeof value);
        return value;
    }
};
