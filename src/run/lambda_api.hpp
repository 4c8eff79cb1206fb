#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

class HttpConnection;

// Lambda's own server inside a function: the Runtime API (2018-06-01) and the Extensions API (2020-01-01), at
// AWS_LAMBDA_RUNTIME_API. One connection, kept between calls; one thread.
// Errors of every call: unavailable when the server does not answer, or refuses what it was sent.
class LambdaApi {
  public:
    // Whether this process was started by Lambda, or by what stands in for it.
    static bool is_there();

    // Errors: usage when AWS_LAMBDA_RUNTIME_API is not set, or is not HOST:PORT.
    static Result<LambdaApi> find();
    LambdaApi(LambdaApi&&) noexcept;
    ~LambdaApi();

    // Tells why the runtime cannot start. Lambda puts it into the response of the invocation and into the
    // log, and ends the context. The type is "Ballast.<code>", as in "Ballast.unavailable".
    Result<void> report_init_error(const Error& error);

    // Registers an extension for SHUTDOWN; gives its identifier. `name` is the file's name in
    // /opt/extensions. Lambda starts the runtime once every extension has registered.
    Result<std::string> register_extension(std::string_view name);

    // Waits for the next event, hours if need be and through any freeze of the context; gives its type.
    Result<std::string> next_event(const std::string& identifier);

  private:
    explicit LambdaApi(std::string url);

    struct Call;
    struct Answer;
    Result<Answer> call(const Call& call);

    std::string m_url;
    std::unique_ptr<HttpConnection> m_connection;
};

}  // namespace ballast
