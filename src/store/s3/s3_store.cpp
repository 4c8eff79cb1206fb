#include "store/s3/s3_store.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/integer.hpp"
#include "store/s3/listing.hpp"
#include "store/s3/multipart_upload.hpp"

namespace ballast {

Result<ObjectInfo> S3Store::head(std::string_view key) {
    BALLAST_CHECK(check_key(key));
    const S3Client::Call call{.action = {"s3:GetObject", key}, .request = {.method = "HEAD"}};
    BALLAST_TRY(const HttpAnswer answer, client().call(call));
    ObjectInfo info{std::string(key), 0,
                    parse_http_date(answer.head.header("last-modified")).value_or(StoreTime())};
    const bool is_object =
        !answer.head.header("etag").empty() || !answer.head.header("last-modified").empty();
    if (!parse_integer(answer.head.header("content-length"), info.bytes) || !is_object) {
        return pass_on(not_s3_error(client().location(), call.action, "neither size nor date of an object"));
    }
    return info;
}

Result<std::vector<ObjectInfo>> S3Store::list(std::string_view prefix) {
    std::vector<ObjectInfo> objects;
    std::string token;
    const S3Location location = client().location();
    const std::string name_in_errors = location.shown(prefix);
    do {
        S3Client::Call call{.action = {"s3:ListBucket", ""}, .request = {}};
        call.request.query = {
            {"list-type", "2"}, {"encoding-type", "url"}, {"prefix", location.prefix + std::string(prefix)}};
        if (!token.empty()) call.request.query.emplace_back("continuation-token", token);
        BALLAST_TRY(const HttpAnswer answer, client().call(call));
        BALLAST_TRY(ListingPage page, parse_listing(answer.body, name_in_errors, location.prefix));
        if (!page.next.empty() && page.next == token)
            return fail(ErrorCode::corrupt, name_in_errors, "s3:ListBucket: the list has no end");
        token = std::move(page.next);
        objects.insert(objects.end(), std::move_iterator(page.objects.begin()),
                       std::move_iterator(page.objects.end()));
    } while (!token.empty());
    std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return objects;
}

Result<void> S3Store::remove(std::string_view key) {
    BALLAST_CHECK(check_key(key));
    const S3Client::Call call{
        .action = {"s3:DeleteObject", key}, .request = {.method = "DELETE"}, .accepted = {404}};
    BALLAST_TRY(const HttpAnswer answer, client().call(call));
    const Refusal refusal = read_refusal(answer.head, answer.body);
    if (refusal.code != "NoSuchBucket") return {};
    return pass_on(refusal_error(refusal, client().location(), call.action, Signed::yes));
}

Result<std::uint64_t> S3Store::remove_unfinished(StoreTime before) {
    return abort_uploads(client(), before);
}

Result<PutOutcome> S3Store::put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                          const Sent& sent) {
    BALLAST_CHECK(check_key(key));
    // Asked first, so that a server that passes over conditions is not made to change an object.
    BALLAST_TRY(const bool was_there, object_exists(*this, key));
    if (was_there) return PutOutcome::already_there;
    if (bytes.size() > k_multipart_bytes) return multipart_put(client(), key, bytes, sent);
    S3Client::Call call{.action = {"s3:PutObject", key},
                        .request = {.method = "PUT", .headers = {{"If-None-Match", "*"}}, .body = bytes},
                        .accepted = {409, 412, 501}};
    for (int attempt = 0;; ++attempt) {
        BALLAST_TRY(const HttpAnswer answer, client().call(call));
        if (answer.head.status < 300) {
            if (answer.head.header("etag").empty()) {
                return pass_on(not_s3_error(client().location(), call.action, "no ETag for what was sent"));
            }
            if (sent) sent(bytes.size());
            return PutOutcome::stored;
        }
        BALLAST_TRY(const bool there, object_exists(*this, key));
        if (there) return PutOutcome::already_there;
        const Refusal refusal = read_refusal(answer.head, answer.body);
        constexpr int k_attempts = 4;
        if (attempt == k_attempts) {
            return pass_on(refusal_error(refusal, client().location(), call.action, Signed::yes));
        }
        // A server that does not know the condition: then HEAD was the condition.
        if (refusal.status == 501) call.request.headers.clear();
    }
}

}  // namespace ballast
