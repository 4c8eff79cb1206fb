#include "run/probe_system.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <optional>

#include "base/environment.hpp"
#include "base/file.hpp"
#include "base/parallel.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

using State = Finding::State;

// The machine's, which matters to the tree's programs: this one brings its own. Every glibc holds a sentence
// with its version.
std::string find_c_library() {
    for (const char* path : {"/lib64/libc.so.6", "/usr/lib64/libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6"}) {
        const auto library = MappedFile::open(path);
        if (!library) continue;
        const auto bytes = library->bytes();
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        constexpr std::string_view k_before = "stable release version ";
        const auto at = text.find(k_before);
        if (at == std::string_view::npos) return "glibc";
        // "2.36.", the end of a sentence.
        auto version = text.substr(at + k_before.size(), 16);
        version = version.substr(0, version.find_first_not_of("0123456789."));
        while (version.ends_with('.')) version.remove_suffix(1);
        return "glibc " + std::string(version);
    }
    return ::access("/lib/ld-musl-x86_64.so.1", F_OK) == 0 ? "musl" : "none found";
}

std::optional<std::uint64_t> read_number(const std::string& path) {
    const auto text = read_file(path, 4096);
    std::uint64_t value = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

// This process's control group, as far as it can be seen from inside: "" at the top.
std::string find_control_group() {
    const auto text = read_file("/proc/self/cgroup", 64U << 10U);
    if (!text) return {};
    const auto at = text->find("0::/");
    if (at == std::string::npos) return {};
    const auto start = at + 3;
    std::string path = text->substr(start, text->find('\n', start) - start);
    return path == "/" ? std::string() : path;
}

// The smallest limit of this group and those above it.
std::optional<std::uint64_t> find_memory_limit() {
    std::optional<std::uint64_t> least = read_number("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    for (std::string group = find_control_group();; group.resize(group.find_last_of('/'))) {
        const auto limit = read_number("/sys/fs/cgroup" + group + "/memory.max");
        if (limit) least = std::min(*limit, least.value_or(*limit));
        if (group.empty()) break;
    }
    return least;
}

Finding memory() {
    struct sysinfo info = {};
    ::sysinfo(&info);
    const std::uint64_t machine = static_cast<std::uint64_t>(info.totalram) * info.mem_unit;
    const std::uint64_t limit = std::min(machine, find_memory_limit().value_or(machine));
    std::string found = format_size(limit);
    const std::string function = environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
    if (!function.empty()) found += ", the function has " + function + " MB";
    constexpr std::uint64_t k_enough = 64 * k_mib;
    if (limit >= k_enough)
        return {"memory", State::good, found, "hydration takes up to 64 MB, whatever the tree's size"};
    return {"memory", State::lacking, found, "hydration may take up to 64 MB, and be killed"};
}

Finding cores() {
    std::string found = fmt::format("{}", available_cores());
    const auto quota = read_file("/sys/fs/cgroup" + find_control_group() + "/cpu.max", 256);
    if (quota && !quota->starts_with("max")) {
        double microseconds = 0;
        double period = 0;
        const auto space = quota->find(' ');
        if (space != std::string::npos) {
            std::from_chars(quota->data(), quota->data() + space, microseconds);
            std::from_chars(quota->data() + space + 1, quota->data() + quota->size(), period);
        }
        if (period > 0) found += fmt::format(", {:.2g} of their time", microseconds / period);
    }
    return {"cores", State::good, found,
            fmt::format("decodes with {} threads", std::min(available_cores(), 4U))};
}

Finding lambda() {
    const std::string name = environment("AWS_LAMBDA_FUNCTION_NAME");
    if (name.empty()) return {"Lambda", State::good, "no"};
    std::string found = "function " + name;
    for (const char* variable :
         {"AWS_EXECUTION_ENV", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_EXEC_WRAPPER"}) {
        const std::string value = environment(variable);
        if (!value.empty()) found += ", " + value;
    }
    return {"Lambda", State::good, found, "does not ask the metadata service for credentials"};
}

// How it went in a child that ended by it: "" when it was allowed.
template <typename Try>
std::string why_not(Try attempt) {
    const pid_t child = ::fork();
    if (child < 0) return fmt::format("cannot fork: {}", std::strerror(errno));
    if (child == 0) ::_exit(attempt() ? 0 : (errno != 0 ? errno : EINVAL));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) return fmt::format("killed by signal {}", WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ? std::string() : std::strerror(WEXITSTATUS(status));
}

template <typename Try>
Finding probe(const char* what, const char* therefore, Try attempt) {
    const std::string refusal = why_not(attempt);
    if (refusal.empty()) return {what, State::good, "allowed", therefore};
    return {what, State::lacking, refusal, therefore};
}

}  // namespace

Findings look_at_system() {
    utsname system = {};
    ::uname(&system);
    const std::time_t now = std::time(nullptr);
    std::tm utc = {};
    ::gmtime_r(&now, &utc);
    std::array<char, 32> clock = {};
    std::strftime(clock.data(), clock.size(), "%Y-%m-%d %H:%M:%S UTC", &utc);
    return {
        {"kernel", State::good, fmt::format("{} {}", system.release, system.machine)},
        {"C library", State::good, find_c_library(), "ballast-run needs none; the tree's programs do"},
        {"user", State::good, fmt::format("{}, group {}", ::geteuid(), ::getegid())},
        cores(),
        memory(),
        {"clock", State::good, clock.data(), "is corrected by S3's, where it is wrong"},
        lambda(),
    };
}

Finding look_at_package(const std::string& directory) {
    struct stat info = {};
    if (::stat(directory.c_str(), &info) != 0) return {"package", State::lacking, directory + ": not there"};
    const bool is_writable = ::access(directory.c_str(), W_OK) == 0;
    return {"package", State::good, directory + (is_writable ? ", writable" : ", read-only"),
            "nothing is written to it"};
}

Findings look_at_permissions() {
    constexpr const char* k_unused = "not used";
    return {
        probe("io_uring", k_unused,
              [] {
                  io_uring_params parameters = {};
                  return ::syscall(SYS_io_uring_setup, 1, &parameters) >= 0;
              }),
        probe("userfaultfd", k_unused,
              [] {
                  constexpr int k_user_mode_only = 1;
                  return ::syscall(SYS_userfaultfd, O_CLOEXEC | k_user_mode_only) >= 0;
              }),
        probe("ptrace", k_unused, [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }),
        probe("user namespaces", k_unused, [] { return ::unshare(CLONE_NEWUSER) == 0; }),
        probe("no_new_privs", k_unused, [] { return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; }),
        probe("FUSE", k_unused, [] { return ::open("/dev/fuse", O_RDWR | O_CLOEXEC) >= 0; }),
        probe("/dev/shm", "locks are flock's, on files of the root",
              [] {
                  // As shm_open and POSIX semaphores do.
                  const char* name = "/dev/shm/ballast-doctor";
                  const int fd = ::open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
                  if (fd >= 0) ::unlink(name);
                  return fd >= 0;
              }),
    };
}

}  // namespace ballast
