#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/s3/http_message.hpp"
#include "store/s3/location.hpp"

namespace ballast {

// One thing that is asked of S3, as its users know it.
struct S3Action {
    std::string_view permission;  // the IAM action: "s3:GetObject"
    std::string_view key;         // "" for the bucket's own
};

// An answer that is not a success, as far as the client acts on it.
struct Refusal {
    unsigned status = 0;
    std::string code;     // S3's: "NoSuchKey"; "" when the answer did not say
    std::string message;  // S3's own words
    std::string region;   // where the bucket is, when the answer says
    std::optional<std::chrono::sys_seconds> server_time;
    std::optional<std::chrono::milliseconds> retry_after;
    bool is_s3 = true;  // false: what answered does not speak S3

    // Worth the same request again: the server or the way to it was at fault, for now.
    bool is_transient() const;
    bool is_expired_credential() const;
    bool is_wrong_clock() const;
    bool is_wrong_region() const;
};

// Reads an answer's head and what there was of its body, which only an answer to HEAD lacks.
enum class AnswerTo : std::uint8_t { head, other };
Refusal read_refusal(const HttpHead& head, std::string_view body, AnswerTo kind = AnswerTo::other);

// One line that names bucket, key, action and what to do.
enum class Signed : std::uint8_t { yes, no };
Error refusal_error(const Refusal& refusal, const S3Location& location, const S3Action& action,
                    Signed is_signed);

// Code usage: what answered does not speak S3, as `sign` shows ("HTTP 200 and no S3 answer").
Error not_s3_error(const S3Location& location, const S3Action& action, std::string_view sign);

// "Sun, 06 Nov 1994 08:49:37 GMT"; nothing for any other form.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

// "2026-11-23T10:00:00.000Z"; nothing for any other form.
std::optional<std::chrono::sys_seconds> parse_iso_time(std::string_view text);

}  // namespace ballast
