#pragma once

#include <cstddef>
#include <cstdint>

// The numbers of the zip format that reading and writing share: PKWARE's APPNOTE.TXT 6.3.10, sections
// 4.3.7 to 4.5.3.

namespace ballast {

inline constexpr std::uint32_t k_zip_header_signature = 0x04034b50;
inline constexpr std::uint32_t k_zip_record_signature = 0x02014b50;
inline constexpr std::uint32_t k_zip_end_signature = 0x06054b50;
inline constexpr std::uint32_t k_zip_end64_signature = 0x06064b50;
inline constexpr std::uint32_t k_zip_locator64_signature = 0x07064b50;

// How long each is without the texts and fields of any length that may follow.
inline constexpr std::size_t k_zip_header_bytes = 30;
inline constexpr std::size_t k_zip_record_bytes = 46;
inline constexpr std::size_t k_zip_end_bytes = 22;
inline constexpr std::size_t k_zip_end64_bytes = 56;
inline constexpr std::size_t k_zip_locator64_bytes = 20;

// What a field too small for its value holds; a zip64 field or record then has the value.
inline constexpr std::uint16_t k_in_zip64_16 = 0xFFFF;
inline constexpr std::uint32_t k_in_zip64_32 = 0xFFFFFFFF;
inline constexpr std::uint16_t k_zip_extra_zip64 = 0x0001;
// Info-ZIP's: a version, the CRC of the name in the record, and the name again, in UTF-8.
inline constexpr std::uint16_t k_zip_extra_unicode_path = 0x7075;
inline constexpr std::size_t k_zip_unicode_path_header_bytes = 5;

// Values of "version made by", high byte: who wrote the entry's attributes.
inline constexpr std::uint8_t k_zip_host_dos = 0;
inline constexpr std::uint8_t k_zip_host_unix = 3;
inline constexpr std::uint8_t k_zip_host_windows = 10;
inline constexpr std::uint8_t k_zip_host_vfat = 14;
inline constexpr std::uint8_t k_zip_host_os_x = 19;

inline constexpr std::uint16_t k_zip_flag_encrypted = 1U << 0U;
inline constexpr std::uint16_t k_zip_flag_best_deflate = 1U << 1U;
inline constexpr std::uint16_t k_zip_flag_strong_encryption = 1U << 6U;
inline constexpr std::uint16_t k_zip_flag_utf8 = 1U << 11U;
inline constexpr std::uint16_t k_zip_flag_hidden_directory = 1U << 13U;

inline constexpr std::uint16_t k_zip_stored = 0;
inline constexpr std::uint16_t k_zip_deflated = 8;

}  // namespace ballast
