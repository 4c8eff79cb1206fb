// A custom runtime for provided.*: the function's handler is a program of the tree. It gets the event on its
// standard input, and what it prints is the response. Ballast is linked in, so there is neither a second
// program nor a wrapper.

#include <ballast/ballast.h>
#include <malloc.h>
#include <nss.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace {

namespace http = boost::beast::http;

// One request to the Runtime API. "next" waits as long as it takes: the context may be frozen meanwhile.
http::response<http::string_body> ask(http::verb verb, const std::string& what, const std::string& body = {},
                                      const std::string& error_type = {}) {
    static const std::string address = std::getenv("AWS_LAMBDA_RUNTIME_API");
    static boost::asio::io_context io;
    const auto colon = address.find(':');
    boost::beast::tcp_stream stream(io);
    stream.connect(
        boost::asio::ip::tcp::resolver(io).resolve(address.substr(0, colon), address.substr(colon + 1)));
    http::request<http::string_body> request(verb, "/2018-06-01/runtime/" + what, 11, body);
    request.set(http::field::host, address);
    if (!error_type.empty()) request.set("Lambda-Runtime-Function-Error-Type", error_type);
    request.prepare_payload();
    http::write(stream, request);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    http::read(stream, buffer, parser);
    return parser.release();
}

struct Outcome {
    std::string output;
    std::string failure;  // empty when it worked
};

// Runs a program with `input` before it, in `environment`; its standard error is the function's log.
Outcome run(const char* program, const std::string& input, char** environment) {
    int output[2] = {-1, -1};
    const int event = memfd_create("event", MFD_CLOEXEC);
    if (event < 0 || pipe2(output, O_CLOEXEC) != 0 ||
        pwrite(event, input.data(), input.size(), 0) != static_cast<ssize_t>(input.size())) {
        return {{}, "cannot pass the event on"};
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, event, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    char* argv[] = {const_cast<char*>(program), nullptr};
    pid_t child = 0;
    const int failed = posix_spawn(&child, program, &actions, nullptr, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    close(event);
    close(output[1]);
    Outcome outcome;
    char buffer[65536];
    for (ssize_t count = 0; (count = read(output[0], buffer, sizeof buffer)) > 0;)
        outcome.output.append(buffer, count);
    close(output[0]);
    int status = 0;
    if (failed != 0 || waitpid(child, &status, 0) != child)
        return {{}, std::string(program) + ": cannot start"};
    if (status != 0)
        outcome.failure = std::string(program) + ": ended with status " + std::to_string(WEXITSTATUS(status));
    return outcome;
}

std::string take(ballast_error* error) {
    const std::string text = ballast_error_text(error);
    ballast_error_free(error);
    return text;
}

// Brings what the handler needs by the deadline, and runs it. When all is there already, bringing it costs
// microseconds.
Outcome handle(ballast_package* package, const std::string* event, std::int64_t deadline_ms) {
    ballast_options options = BALLAST_OPTIONS_INIT;
    options.deadline_ms = deadline_ms;
    ballast_error* error = nullptr;
    ballast_tree* tree = nullptr;
    const char* program = nullptr;
    char** environment = nullptr;
    if (ballast_path(package, std::getenv("_HANDLER"), &options, &tree, &program, &error) != BALLAST_OK)
        return {{}, take(error)};
    const std::unique_ptr<ballast_tree, decltype(&ballast_tree_close)> held(tree, &ballast_tree_close);
    if (ballast_tree_was_cold(tree)) std::cerr << ballast_tree_report(tree) << "\n";
    if (event == nullptr) return {};
    if (ballast_tree_environment(tree, nullptr, &environment, &error) != BALLAST_OK) return {{}, take(error)};
    const std::unique_ptr<char*, decltype(&ballast_environment_free)> owned(environment,
                                                                            &ballast_environment_free);
    return run(program, *event, environment);
}

std::string error_json(const std::string& message) {
    std::cerr << message << "\n";
    return nlohmann::json{
        {"errorType", "Function.Failed"}, {"errorMessage", message}, {"stackTrace", nlohmann::json::array()}}
        .dump();
}

std::int64_t milliseconds_from_now(int milliseconds) {
    const auto at =
        std::chrono::system_clock::now().time_since_epoch() + std::chrono::milliseconds(milliseconds);
    return std::chrono::duration_cast<std::chrono::milliseconds>(at).count();
}

}  // namespace

int main() {
    // Both as in ballast-run, which is static too: host names by what is linked in; fewer arenas for threads.
    __nss_configure_lookup("hosts", "files dns");
    mallopt(M_ARENA_MAX, 2);
    ballast_error* error = nullptr;
    ballast_package* package = nullptr;
    if (ballast_package_open(nullptr, &package, &error) != BALLAST_OK) {
        ask(http::verb::post, "init/error", error_json(take(error)), "Runtime.NoPackage");
        return 1;
    }
    // Init ends after 10 s. What is not there by then, or failed, the first invocation takes up, under its
    // own deadline.
    handle(package, nullptr, milliseconds_from_now(9000));
    for (;;) {
        const auto next = ask(http::verb::get, "invocation/next");
        const std::string id(next["Lambda-Runtime-Aws-Request-Id"]);
        const Outcome outcome =
            handle(package, &next.body(), std::stoll(std::string(next["Lambda-Runtime-Deadline-Ms"])) - 250);
        if (outcome.failure.empty()) {
            ask(http::verb::post, "invocation/" + id + "/response", outcome.output);
        } else {
            ask(http::verb::post, "invocation/" + id + "/error", error_json(outcome.failure),
                "Function.Failed");
        }
    }
}
