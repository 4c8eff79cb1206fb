#include "store/s3/multipart_upload.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "base/file.hpp"
#include "store/s3/xml.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_part_bytes = 8U << 20U;
constexpr std::size_t k_most_parts = 10000;  // S3's
constexpr unsigned k_most_uploads = 8;       // at once

std::string md5_hex(std::span<const std::byte> bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr);
    return hex(std::span(digest).first(size));
}

std::string_view without_quotes(std::string_view etag) {
    if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"'))
        return etag.substr(1, etag.size() - 2);
    return etag;
}

std::string xml_escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    return escaped;
}

// An upload that is neither complete nor aborted.
struct OpenUpload {
    std::string key;  // in the bucket
    std::string id;
    StoreTime begun;
};

// Those whose keys start with `prefix`, the bucket's. Servers that do not know the question, or do not allow
// it, have none.
Result<std::vector<OpenUpload>> list_uploads(S3Client& client, const std::string& prefix) {
    std::vector<OpenUpload> uploads;
    const std::string name_in_errors = client.location().shown("");
    HttpFields markers;
    for (;;) {
        S3Client::Call call{.action = {"s3:ListBucketMultipartUploads", ""},
                            .request = {.query = {{"uploads", ""}, {"prefix", prefix}}},
                            .accepted = {400, 403, 404, 405, 501}};
        for (const auto& marker : markers) call.request.query.push_back(marker);
        BALLAST_TRY(const HttpAnswer answer, client.call(call));
        if (answer.head.status >= 300) return uploads;
        OpenUpload upload;
        HttpFields next(2);
        next[0].first = "key-marker";
        next[1].first = "upload-id-marker";
        bool more = false;
        BALLAST_CHECK(
            parse_xml(answer.body, name_in_errors, [&](std::string_view path, std::string_view text) {
                if (path == "ListMultipartUploadsResult/Upload/Key") upload.key = text;
                if (path == "ListMultipartUploadsResult/Upload/UploadId") upload.id = text;
                if (path == "ListMultipartUploadsResult/Upload/Initiated")
                    upload.begun = parse_iso_time(text).value_or(StoreTime::max());
                if (path == "ListMultipartUploadsResult/NextKeyMarker") next[0].second = text;
                if (path == "ListMultipartUploadsResult/NextUploadIdMarker") next[1].second = text;
                if (path == "ListMultipartUploadsResult/IsTruncated") more = text == "true";
                if (path == "ListMultipartUploadsResult/Upload") uploads.push_back(std::exchange(upload, {}));
            }));
        if (!more || next == markers) return uploads;
        markers = std::move(next);
    }
}

Result<void> abort_upload(S3Client& client, std::string_view key, const std::string& id,
                          const CallLimits& limits) {
    const S3Client::Call call{.action = {"s3:AbortMultipartUpload", key},
                              .request = {.method = "DELETE", .query = {{"uploadId", id}}},
                              .accepted = {404}};
    BALLAST_CHECK(client.call(call, limits));
    return {};
}

// One upload, from its id to its end.
class MultipartUpload {
  public:
    MultipartUpload(S3Client& client, std::string_view key, std::span<const std::byte> bytes,
                    const Store::Sent& sent)
        : m_client(client),
          m_key(key),
          m_bytes(bytes),
          m_sent(sent),
          m_part_bytes(std::max(k_part_bytes, bytes.size() / k_most_parts + 1)),
          m_part_count((bytes.size() + m_part_bytes - 1) / m_part_bytes),
          m_etags(m_part_count) {}

    Result<PutOutcome> run() {
        BALLAST_CHECK(take_up_or_create());
        auto outcome = send_and_complete();
        if (!outcome) abort();
        return outcome;
    }

  private:
    S3Action put() const { return {"s3:PutObject", m_key}; }

    std::span<const std::byte> part(std::size_t index) const {
        const std::size_t start = index * m_part_bytes;
        return m_bytes.subspan(start, std::min(m_part_bytes, m_bytes.size() - start));
    }

    Result<void> take_up_or_create() {
        BALLAST_TRY(m_id, find_broken_upload());
        if (!m_id.empty() && read_parts()) return {};
        const S3Client::Call call{.action = put(), .request = {.method = "POST", .query = {{"uploads", ""}}}};
        BALLAST_TRY(const HttpAnswer answer, m_client.call(call));
        m_id.clear();
        BALLAST_CHECK(parse_xml(answer.body, shown(), [&](std::string_view path, std::string_view text) {
            if (path == "InitiateMultipartUploadResult/UploadId") m_id = text;
        }));
        if (m_id.empty())
            return fail(ErrorCode::unavailable, shown(), "s3:PutObject: no id for an upload in parts");
        return {};
    }

    // The id of an upload of this very key; "" when there is none, or when we may not look.
    Result<std::string> find_broken_upload() {
        const std::string full_key = m_client.location().prefix + m_key;
        BALLAST_TRY(const auto uploads, list_uploads(m_client, full_key));
        for (const auto& upload : uploads) {
            if (upload.key == full_key) return upload.id;
        }
        return std::string();
    }

    // Notes the parts that the server has whole. False when the upload is gone or cannot be read.
    bool read_parts() {
        std::string marker;
        do {
            S3Client::Call call{.action = {"s3:ListMultipartUploadParts", m_key},
                                .request = {.query = {{"uploadId", m_id}}},
                                .accepted = {400, 403, 404, 405, 501}};
            if (!marker.empty()) call.request.query.emplace_back("part-number-marker", marker);
            const auto answer = m_client.call(call);
            if (!answer || answer->head.status >= 300) return false;
            std::size_t number = 0;
            std::string etag;
            std::string next;
            bool more = false;
            const auto parsed =
                parse_xml(answer->body, shown(), [&](std::string_view path, std::string_view text) {
                    if (path == "ListPartsResult/Part/PartNumber")
                        std::from_chars(text.data(), text.data() + text.size(), number);
                    if (path == "ListPartsResult/Part/ETag") etag = text;
                    if (path == "ListPartsResult/NextPartNumberMarker") next = text;
                    if (path == "ListPartsResult/IsTruncated") more = text == "true";
                    if (path != "ListPartsResult/Part" || number < 1 || number > m_part_count) return;
                    if (without_quotes(etag) == md5_hex(part(number - 1))) m_etags[number - 1] = etag;
                });
            if (!parsed) return false;
            marker = more && next != marker ? next : "";
        } while (!marker.empty());
        return true;
    }

    Result<PutOutcome> send_and_complete() {
        std::vector<std::thread> threads;
        const auto count =
            std::min<std::size_t>({k_most_uploads, m_client.location().connections, m_part_count});
        for (std::size_t i = 1; i < count; ++i) threads.emplace_back([this] { send_parts(); });
        send_parts();
        for (auto& thread : threads) thread.join();
        if (m_error) return pass_on(std::move(*m_error));
        return complete();
    }

    void send_parts() {
        for (;;) {
            const std::size_t index = m_next.fetch_add(1);
            if (index >= m_part_count) return;
            if (m_etags[index].empty()) {
                auto sent = send_part(index);
                if (!sent) {
                    const std::lock_guard lock(m_mutex);
                    if (!m_error) m_error = std::move(sent).error();
                    m_next = m_part_count;
                    return;
                }
            }
            const std::lock_guard lock(m_mutex);
            if (m_sent) m_sent(part(index).size());
        }
    }

    Result<void> send_part(std::size_t index) {
        const S3Client::Call call{
            .action = put(),
            .request = {.method = "PUT",
                        .query = {{"partNumber", fmt::format("{}", index + 1)}, {"uploadId", m_id}},
                        .body = part(index)}};
        BALLAST_TRY(const HttpAnswer answer, m_client.call(call));
        m_etags[index] = answer.head.header("etag");
        if (m_etags[index].empty())
            return fail(ErrorCode::unavailable, shown(), "s3:PutObject: the answer to a part has no ETag");
        return {};
    }

    Result<PutOutcome> complete() {
        std::string list = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
        for (std::size_t i = 0; i < m_part_count; ++i) {
            list += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1,
                                xml_escape(m_etags[i]));
        }
        list += "</CompleteMultipartUpload>";
        const S3Client::Call call{
            .action = put(),
            .request = {.method = "POST",
                        .query = {{"uploadId", m_id}},
                        .headers = {{"Content-Type", "application/xml"}, {"If-None-Match", "*"}},
                        .body = as_bytes(list)},
            .accepted = {404, 409, 412}};
        BALLAST_TRY(const HttpAnswer answer, m_client.call(call));
        const Refusal refusal = read_refusal(answer.head, answer.body);
        // S3 may begin its answer with 200 before it knows that it cannot.
        if (answer.head.status < 300 && refusal.code.empty()) return check_whole(PutOutcome::stored);
        // Another push was faster, or this request was answered before and the answer lost.
        if (answer.head.status >= 300) {
            if (auto there = check_whole(PutOutcome::already_there)) {
                if (answer.head.status != 404) abort();
                return there;
            }
        }
        return pass_on(refusal_error(refusal, m_client.location(), put(), Signed::yes));
    }

    Result<PutOutcome> check_whole(PutOutcome outcome) {
        const S3Client::Call call{.action = {"s3:GetObject", m_key}, .request = {.method = "HEAD"}};
        BALLAST_TRY(const HttpAnswer answer, m_client.call(call));
        if (answer.head.header("content-length") != fmt::format("{}", m_bytes.size()))
            return fail(ErrorCode::corrupt, shown(),
                        "s3:PutObject: the object has another size than what was sent",
                        "remove the object, then push again");
        return outcome;
    }

    // As well as can be: what is left is found by the next push of the same key, and by gc.
    void abort() {
        CallLimits limits = m_client.limits();
        limits.heeds_interrupts = false;
        limits.deadline = std::min(limits.deadline, CallLimits::Clock::now() + std::chrono::seconds(10));
        (void)abort_upload(m_client, m_key, m_id, limits);
    }

    std::string shown() const { return m_client.location().shown(m_key); }

    S3Client& m_client;
    const std::string m_key;
    const std::span<const std::byte> m_bytes;
    const Store::Sent& m_sent;
    const std::size_t m_part_bytes;
    const std::size_t m_part_count;
    std::string m_id;
    std::vector<std::string> m_etags;  // "" where the part has still to be sent
    std::atomic<std::size_t> m_next{0};
    std::mutex m_mutex;  // guards m_error and calls of m_sent
    std::optional<Error> m_error;
};

}  // namespace

Result<PutOutcome> multipart_put(S3Client& client, std::string_view key, std::span<const std::byte> bytes,
                                 const Store::Sent& sent) {
    return MultipartUpload(client, key, bytes, sent).run();
}

Result<std::uint64_t> abort_uploads(S3Client& client, StoreTime before) {
    const std::string prefix = client.location().prefix;
    std::uint64_t aborted = 0;
    for (const char* folder : {"packs/", "manifests/"}) {
        BALLAST_TRY(const auto uploads, list_uploads(client, prefix + folder));
        for (const auto& upload : uploads) {
            if (upload.begun >= before || !upload.key.starts_with(prefix)) continue;
            BALLAST_CHECK(abort_upload(client, std::string_view(upload.key).substr(prefix.size()), upload.id,
                                       client.limits()));
            ++aborted;
        }
    }
    return aborted;
}

}  // namespace ballast
