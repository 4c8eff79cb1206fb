#include "run/lambda_api.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/environment.hpp"
#include "base/file.hpp"
#include "base/json_text.hpp"
#include "store/s3/http_connection.hpp"

namespace ballast {
namespace {

using std::chrono::milliseconds;

constexpr const char* k_variable = "AWS_LAMBDA_RUNTIME_API";
constexpr std::uint64_t k_max_answer_bytes = 1U << 20U;
constexpr HttpConnection::Patience k_patience{milliseconds(1000), milliseconds(5000), milliseconds(5000)};
// An event may be hours away, in which the context is frozen as well.
constexpr HttpConnection::Patience k_endless{milliseconds(1000), std::chrono::hours(24 * 365),
                                             milliseconds(5000)};

}  // namespace

struct LambdaApi::Call {
    const char* method;
    const char* path;
    HttpFields headers;
    std::string body;
    bool is_endless = false;
};

struct LambdaApi::Answer {
    HttpHead head;
    std::string body;
};

LambdaApi::LambdaApi(std::string url) : m_url(std::move(url)) {}
LambdaApi::LambdaApi(LambdaApi&&) noexcept = default;
LambdaApi::~LambdaApi() = default;

bool LambdaApi::is_there() {
    return !environment(k_variable).empty();
}

Result<LambdaApi> LambdaApi::find() {
    if (!is_there()) {
        return fail(ErrorCode::usage, k_variable, "is not set: this is not inside a Lambda function",
                    "Lambda sets it for what it starts; elsewhere use 'hydrate' or 'exec'");
    }
    std::string url = "http://" + environment(k_variable);
    BALLAST_CHECK(parse_endpoint(url, k_variable));
    return LambdaApi(std::move(url));
}

Result<LambdaApi::Answer> LambdaApi::call(const Call& call) {
    const auto& patience = call.is_endless ? k_endless : k_patience;
    // An endless wait is ended by a signal itself: asking for one now and then would wake a context that
    // waits.
    const CallLimits limits{.heeds_interrupts = !call.is_endless};
    BALLAST_TRY(const Endpoint endpoint, parse_endpoint(m_url, k_variable));
    const HttpRequest request{
        .method = call.method, .path = call.path, .headers = call.headers, .body = as_bytes(call.body)};
    const bool is_kept = m_connection && m_connection->is_reusable() && !call.is_endless;
    if (!is_kept) BALLAST_SET(m_connection, HttpConnection::open(endpoint, nullptr, patience, limits));
    Answer answer;
    BALLAST_TRY(answer.head, m_connection->exchange(request, limits));
    BALLAST_TRY(answer.body, m_connection->read_rest(k_max_answer_bytes, limits));
    if (answer.head.status < 200 || answer.head.status > 299) {
        return fail(ErrorCode::unavailable, m_url + call.path,
                    fmt::format("HTTP {}: {}", answer.head.status, answer.body.substr(0, 200)));
    }
    return answer;
}

Result<void> LambdaApi::report_init_error(const Error& error) {
    const std::string type = fmt::format("Ballast.{}", to_string(error.code));
    std::string message = error.object + ": " + error.message;
    if (!error.hint.empty()) message += " (" + error.hint + ")";
    nlohmann::ordered_json json;
    json["errorMessage"] = message;
    json["errorType"] = type;
    json["stackTrace"] = nlohmann::ordered_json::array();
    BALLAST_CHECK(call({"POST",
                        "/2018-06-01/runtime/init/error",
                        {{"Content-Type", "application/json"}, {"Lambda-Runtime-Function-Error-Type", type}},
                        json_line(json)}));
    return {};
}

Result<std::string> LambdaApi::register_extension(std::string_view name) {
    BALLAST_TRY(const Answer answer,
                call({"POST",
                      "/2020-01-01/extension/register",
                      {{"Content-Type", "application/json"}, {"Lambda-Extension-Name", std::string(name)}},
                      R"({"events":["SHUTDOWN"]})"}));
    std::string identifier(answer.head.header("Lambda-Extension-Identifier"));
    if (identifier.empty() || identifier.find_first_of("\r\n") != std::string::npos)
        return fail(ErrorCode::unavailable, m_url, "registering the extension gave no identifier");
    return identifier;
}

Result<std::string> LambdaApi::next_event(const std::string& identifier) {
    // A connection that a freeze or a restored snapshot broke is no reason to end: Lambda takes an extension
    // that exits for a crash, and the context with it.
    constexpr int k_attempts = 10;
    constexpr auto k_pause = milliseconds(200);
    for (int attempt = 1;; ++attempt) {
        auto answer = call({.method = "GET",
                            .path = "/2020-01-01/extension/event/next",
                            .headers = {{"Lambda-Extension-Identifier", identifier}},
                            .body = {},
                            .is_endless = true});
        if (answer) return json_string(parse_json(answer->body), "eventType");
        const bool was_refused = m_connection && m_connection->was_answered();
        if (was_refused || attempt == k_attempts) return pass_on(std::move(answer));
        m_connection.reset();
        std::this_thread::sleep_for(k_pause);
    }
}

}  // namespace ballast
