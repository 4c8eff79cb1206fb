#include "store/s3/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "base/integer.hpp"
#include "base/relative_path.hpp"
#include "store/s3/xml.hpp"

namespace ballast {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<std::chrono::sys_seconds> parse_time(std::string_view text, const char* form) {
    std::tm parts = {};
    const std::string copy(text);
    if (::strptime(copy.c_str(), form, &parts) == nullptr) return {};
    return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

// Of the server's own words, what one line can show.
std::string short_text(std::string_view text) {
    constexpr std::size_t k_most = 160;
    return printable(text.substr(0, k_most));
}

std::string resource(const S3Location& location, const S3Action& action) {
    return "arn:aws:s3:::" + location.bucket +
           (action.key.empty() ? "" : "/" + location.prefix + std::string(action.key));
}

}  // namespace

bool Refusal::is_transient() const {
    if (!is_s3 && status < 500) return false;
    return status == 500 || status == 502 || status == 503 || status == 504 || status == 429 ||
           is_one_of(code, {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout",
                            "OperationAborted", "ThrottlingException", "ConditionalRequestConflict"});
}

bool Refusal::is_expired_credential() const {
    return is_one_of(code, {"ExpiredToken", "TokenRefreshRequired", "RequestExpired"});
}

bool Refusal::is_wrong_clock() const {
    return code == "RequestTimeTooSkewed";
}

bool Refusal::is_wrong_region() const {
    return status == 301 || status == 307 ||
           is_one_of(code, {"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
                            "IllegalLocationConstraintException"});
}

Refusal read_refusal(const HttpHead& head, std::string_view body, AnswerTo kind) {
    Refusal refusal;
    refusal.status = head.status;
    refusal.region = head.header("x-amz-bucket-region");
    refusal.server_time = parse_http_date(head.header("date"));
    if (const auto after = head.header("retry-after"); !after.empty()) {
        unsigned seconds = 0;
        if (parse_integer(after, seconds)) {
            refusal.retry_after = std::chrono::seconds(seconds);
        } else if (const auto until = parse_http_date(after); until && refusal.server_time) {
            refusal.retry_after = std::max(std::chrono::seconds(0), *until - *refusal.server_time);
        }
    }
    const bool is_page = head.header("content-type").starts_with("text/html");
    const auto parsed = parse_xml(body, "answer", [&](std::string_view path, std::string_view text) {
        if (!path.starts_with("Error")) return;
        const auto name = file_name(path);
        if (name == "Code") refusal.code = text;
        if (name == "Message") refusal.message = text;
        if (name == "Region" && refusal.region.empty()) refusal.region = text;
    });
    // Only an answer to HEAD may be without words; S3 and what speaks it number their answers.
    const bool may_be_silent = !head.header("x-amz-request-id").empty() || kind == AnswerTo::head;
    refusal.is_s3 = !is_page && (body.empty() ? may_be_silent : parsed && !refusal.code.empty());
    return refusal;
}

Error refusal_error(const Refusal& refusal, const S3Location& location, const S3Action& action,
                    Signed is_signed) {
    const std::string object = location.shown(action.key);
    const std::string status =
        refusal.code.empty() ? fmt::format("HTTP {}", refusal.status) : short_text(refusal.code);
    const std::string said =
        refusal.message.empty() ? status : fmt::format("{} ({})", short_text(refusal.message), status);
    const auto error = [&](ErrorCode code, const std::string& what, const std::string& hint) {
        return Error{code, object, fmt::format("{}: {}", action.permission, what), hint};
    };
    const std::string server = location.server().url();
    if (!refusal.is_s3) {
        Error other = not_s3_error(location, action, fmt::format("HTTP {} and no S3 answer", refusal.status));
        if (refusal.status >= 500) other.code = ErrorCode::unavailable;
        return other;
    }
    if (refusal.code == "NoSuchBucket") {
        return error(ErrorCode::not_found,
                     fmt::format("there is no bucket '{}' at {}", location.bucket, server),
                     "check the bucket's name, the region and the endpoint, or create the bucket");
    }
    if (refusal.code == "InvalidAccessKeyId") {
        return error(ErrorCode::permission, fmt::format("{} does not know the access key id", server),
                     "check AWS_ACCESS_KEY_ID, AWS_PROFILE, and that key and endpoint belong together");
    }
    if (refusal.code == "SignatureDoesNotMatch") {
        return error(ErrorCode::permission, "the secret access key does not fit the access key id",
                     "check AWS_SECRET_ACCESS_KEY for lost or added characters");
    }
    if (refusal.is_expired_credential() || refusal.code == "InvalidToken") {
        return error(ErrorCode::permission,
                     fmt::format("the session's credentials are not valid any more: {}", said),
                     "renew them: AWS_SESSION_TOKEN belongs to the access key and ends with its session");
    }
    if (refusal.is_wrong_clock()) {
        return error(ErrorCode::permission, "this machine's clock and the server's are too far apart",
                     "set the clock (UTC now, by the server, is in its Date header)");
    }
    if (refusal.is_wrong_region()) {
        return error(ErrorCode::usage,
                     refusal.region.empty()
                         ? fmt::format("the bucket is not in region {}: {}", location.region, said)
                         : fmt::format("the bucket is in region {}, not {}", refusal.region, location.region),
                     refusal.region.empty()
                         ? "name its region with ?region= or AWS_REGION"
                         : fmt::format("say ?region={} or AWS_REGION={}", refusal.region, refusal.region));
    }
    if (refusal.status == 403 || refusal.status == 401) {
        if (is_signed == Signed::no) {
            return error(ErrorCode::permission, "no credentials were found, and the bucket is not public",
                         "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or give the "
                         "function a role");
        }
        return error(ErrorCode::permission, fmt::format("denied: {}", said),
                     fmt::format("allow {} on {}", action.permission, resource(location, action)));
    }
    if (refusal.status == 404) {
        return error(ErrorCode::not_found, "no such object",
                     "check the store's prefix, and that the version was pushed to it");
    }
    if (refusal.is_transient()) return error(ErrorCode::unavailable, said, "");
    return error(ErrorCode::unavailable, fmt::format("unexpected answer: {}", said), "");
}

Error not_s3_error(const S3Location& location, const S3Action& action, std::string_view sign) {
    return {ErrorCode::usage, location.shown(action.key),
            fmt::format("{}: {} does not speak S3 ({})", action.permission, location.server().url(), sign),
            "check the endpoint: ?endpoint= of the store's URL, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL"};
}

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
    return parse_time(text, "%a, %d %b %Y %H:%M:%S GMT");
}

std::optional<std::chrono::sys_seconds> parse_iso_time(std::string_view text) {
    return parse_time(text, "%Y-%m-%dT%H:%M:%S");
}

}  // namespace ballast
