#include "compare/launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned k_least_rounds = 5;

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

// What posix_spawn() is told; freed by the owner.
class SpawnSettings {
  public:
    explicit SpawnSettings(const Launch& what) {
        ::posix_spawn_file_actions_init(&m_actions);
        ::posix_spawn_file_actions_addopen(&m_actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        open_for(STDOUT_FILENO, what.output);
        if (what.complaints == what.output) {
            ::posix_spawn_file_actions_adddup2(&m_actions, STDOUT_FILENO, STDERR_FILENO);
        } else {
            open_for(STDERR_FILENO, what.complaints);
        }
        ::posix_spawn_file_actions_addchdir_np(&m_actions, what.directory.c_str());
        ::posix_spawnattr_init(&m_attributes);
        ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSID);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }

    const posix_spawn_file_actions_t* actions() const { return &m_actions; }
    const posix_spawnattr_t* attributes() const { return &m_attributes; }

  private:
    void open_for(int fd, const std::string& file) {
        const char* const path = file.empty() ? "/dev/null" : file.c_str();
        ::posix_spawn_file_actions_addopen(&m_actions, fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    }

    posix_spawn_file_actions_t m_actions = {};
    posix_spawnattr_t m_attributes = {};
};

// A child that is reaped, with its group killed, whatever happens.
class Child {
  public:
    explicit Child(pid_t pid) : m_pid(pid) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (m_reaped) return;
        kill_group();
        reap();
    }

    // What it started may outlive it.
    void kill_group() const { ::kill(-m_pid, SIGKILL); }

    // As waitpid() says it.
    int reap() {
        int status = 0;
        while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
        }
        m_reaped = true;
        return status;
    }

  private:
    pid_t m_pid;
    bool m_reaped = false;
};

// The children of all of this process's threads.
std::vector<pid_t> children() {
    std::vector<pid_t> found;
    std::error_code error;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", error)) {
        std::ifstream list(thread.path() / "children");
        for (pid_t pid = 0; list >> pid;) found.push_back(pid);
    }
    return found;
}

// Ends what programs left behind in other sessions, until there is none, or, of one that forks faster than it
// can be killed, for a while.
void end_orphans() {
    constexpr int k_attempts = 1000;
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
        for (;;) {
            const pid_t reaped = ::waitpid(-1, nullptr, WNOHANG);
            if (reaped < 0 && errno == ECHILD) return;
            if (reaped <= 0) break;
        }
        for (const pid_t pid : children()) ::kill(pid, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

// Waits for the descriptor of a process; false at the deadline.
Result<bool> wait_until_ended(const Fd& process, Clock::time_point deadline, const std::string& program) {
    for (;;) {
        BALLAST_CHECK(check_interrupt(program));
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        pollfd waited = {process.value(), POLLIN, 0};
        const int ready = ::poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left, 200)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return fail_errno(errno, program, "cannot wait for it");
    }
}

}  // namespace

Result<Launched> launch(const Launch& what) {
    const std::string& program = what.arguments.front();
    const SpawnSettings settings(what);
    const auto argv = pointers_to(what.arguments);
    const auto environment = pointers_to(what.environment);
    const auto begin = Clock::now();
    pid_t pid = 0;
    const int fault = ::posix_spawn(&pid, program.c_str(), settings.actions(), settings.attributes(),
                                    argv.data(), environment.data());
    if (fault == EAGAIN || fault == ENOMEM) return fail_errno(fault, program, "cannot start");
    if (fault != 0) return Launched{k_cannot_start, false, 0};
    Child child(pid);
    // glibc 2.36 declares it for C only.
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
    if (process.value() < 0) return fail_errno(errno, program, "cannot watch it");
    auto ended = wait_until_ended(process, begin + what.limit, program);
    const std::chrono::duration<double, std::milli> taken = Clock::now() - begin;
    child.kill_group();
    const int status = child.reap();
    if (what.is_foreign) {
        end_orphans();
        BALLAST_CHECK(remove_all(what.directory));
        BALLAST_CHECK(make_directories(what.directory));
    }
    if (!ended) return pass_on(std::move(ended));
    if (!*ended) return Launched{k_timed_out, false, taken.count()};
    if (WIFEXITED(status)) return Launched{WEXITSTATUS(status), false, taken.count()};
    return Launched{128 + WTERMSIG(status), true, taken.count()};
}

std::vector<std::string> own_environment() {
    std::vector<std::string> all;
    for (char** at = environ; *at != nullptr; ++at) all.emplace_back(*at);
    return all;
}

std::string complaint_in(const std::string& file) {
    constexpr std::uint64_t k_max_bytes = 1U << 20U;
    const auto words = read_file(file, k_max_bytes);
    std::string line;
    for (std::size_t at = 0; words && at < words->size();) {
        const std::size_t end = std::min(words->find('\n', at), words->size());
        if (words->find_first_not_of(" \t\r", at) < end) line = words->substr(at, end - at);
        if (line.find("error: ") != std::string::npos) break;
        at = end + 1;
    }
    return printable(line);
}

void adopt_orphans() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

double median_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

PairedStarts paired_starts(const std::vector<double>& plain_ms, const std::vector<double>& changed_ms) {
    std::vector<double> added_ms(plain_ms.size());
    for (std::size_t i = 0; i < added_ms.size(); ++i) added_ms[i] = changed_ms[i] - plain_ms[i];
    return {static_cast<unsigned>(plain_ms.size()), median_of(plain_ms), median_of(changed_ms),
            median_of(added_ms)};
}

Result<PairedStarts> pair_starts(const Launch& plain, const Launch& changed, int status, unsigned rounds,
                                 std::chrono::milliseconds budget) {
    std::vector<double> plain_ms;
    std::vector<double> changed_ms;
    const auto timed = [&](const Launch& what) -> Result<double> {
        BALLAST_TRY(const Launched launched, launch(what));
        if (launched.status == status) return launched.milliseconds;
        return fail(ErrorCode::check_failed, what.arguments.front(),
                    launched.status == k_timed_out
                        ? fmt::format("did not end within {} s", what.limit.count() / 1000)
                        : fmt::format("ends with status {}, not {}", launched.status, status));
    };
    BALLAST_CHECK(timed(plain));
    BALLAST_CHECK(timed(changed));
    const auto begin = Clock::now();
    for (unsigned round = 0; round < std::max(rounds, k_least_rounds); ++round) {
        if (round >= k_least_rounds && Clock::now() - begin > budget) break;
        // The second one may find something warm: they take turns.
        const bool plain_first = round % 2 == 0;
        BALLAST_TRY(const double first, timed(plain_first ? plain : changed));
        BALLAST_TRY(const double second, timed(plain_first ? changed : plain));
        plain_ms.push_back(plain_first ? first : second);
        changed_ms.push_back(plain_first ? second : first);
    }
    return paired_starts(plain_ms, changed_ms);
}

}  // namespace ballast
