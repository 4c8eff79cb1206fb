#include "base/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>  // environ, with _GNU_SOURCE

#include <array>
#include <cerrno>

#include "base/fd.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_max_output_bytes = 16U << 20U;

Result<std::string> read_until_end(const Fd& fd, const std::string& program) {
    std::string text;
    std::array<char, 65536> buffer = {};
    for (;;) {
        const auto count = ::read(fd.value(), buffer.data(), buffer.size());
        if (count == 0) return text;
        if (count < 0) {
            if (errno == EINTR) continue;
            return fail_errno(errno, program, "cannot read its output");
        }
        if (text.size() < k_max_output_bytes) text.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

}  // namespace

Result<CommandOutput> run_command(const std::vector<std::string>& arguments) {
    const std::string& program = arguments.front();
    std::array<int, 2> ends = {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(errno, program, "cannot make a pipe");
    const Fd read_end(ends[0]);
    Fd write_end(ends[1]);

    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, write_end.value(), STDOUT_FILENO);
    pid_t child = 0;
    const int spawn_error = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (spawn_error != 0) return fail_errno(spawn_error, program, "cannot start");
    write_end.reset();

    auto text = read_until_end(read_end, program);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return fail_errno(errno, program, "cannot wait for it");
    }
    if (!text) return pass_on(std::move(text));
    return CommandOutput{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), std::move(*text)};
}

}  // namespace ballast
