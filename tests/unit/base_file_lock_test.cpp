#include "base/file_lock.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include "base/file.hpp"
#include "base/interrupt.hpp"

namespace ballast {
namespace {

using Mode = FileLock::Mode;
using Wait = FileLock::Wait;

class FileLockTest : public testing::Test {
  protected:
    Result<FileLock> acquire(Mode mode, Wait wait) const {
        return FileLock::acquire(m_fd.value(), "lock", "the lock", mode, wait);
    }

    TemporaryDirectory m_directory = TemporaryDirectory::create().value();
    Fd m_fd = Fd(::open(m_directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
};

TEST_F(FileLockTest, ExcludesOthersUntilItIsGone) {
    {
        const auto held = acquire(Mode::exclusive, Wait::no).value();
        ASSERT_TRUE(held);
        EXPECT_FALSE(acquire(Mode::exclusive, Wait::no).value());
        EXPECT_FALSE(acquire(Mode::shared, Wait::no).value());
    }
    EXPECT_TRUE(acquire(Mode::exclusive, Wait::no).value());
}

TEST_F(FileLockTest, IsSharedByReaders) {
    const auto first = acquire(Mode::shared, Wait::no).value();
    const auto second = acquire(Mode::shared, Wait::no).value();
    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
    EXPECT_FALSE(acquire(Mode::exclusive, Wait::no).value());
}

TEST_F(FileLockTest, WaitsForTheHolder) {
    auto held = std::make_unique<FileLock>(acquire(Mode::exclusive, Wait::no).value());
    std::atomic<bool> acquired = false;
    std::thread waiter([&] {
        const auto lock = acquire(Mode::exclusive, Wait::yes);
        acquired = static_cast<bool>(lock.value());
    });
    EXPECT_FALSE(acquired);
    held.reset();
    waiter.join();
    EXPECT_TRUE(acquired);
}

// gc removes a tree with its lock file while another process waits for that lock.
TEST_F(FileLockTest, HoldersAgreeOnOneFileAfterItWasRemoved) {
    auto held = std::make_unique<FileLock>(acquire(Mode::exclusive, Wait::no).value());
    std::atomic<bool> acquired = false;
    FileLock waited;
    std::thread waiter([&] {
        waited = acquire(Mode::exclusive, Wait::yes).value();
        acquired = true;
    });
    ASSERT_EQ(::unlinkat(m_fd.value(), "lock", 0), 0);
    held.reset();
    waiter.join();
    EXPECT_TRUE(acquired);
    EXPECT_TRUE(std::filesystem::exists(m_directory.path() + "/lock"));
    EXPECT_FALSE(acquire(Mode::exclusive, Wait::no).value())
        << "the one who waited must hold the file of that name";
}

TEST_F(FileLockTest, DiesWithItsHolder) {
    int ready[2];
    ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto held = acquire(Mode::exclusive, Wait::no);
        const char state = held && *held ? 'y' : 'n';
        if (::write(ready[1], &state, 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    char state = 0;
    ASSERT_EQ(::read(ready[0], &state, 1), 1);
    EXPECT_EQ(state, 'y');
    EXPECT_FALSE(acquire(Mode::exclusive, Wait::no).value());
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_TRUE(acquire(Mode::exclusive, Wait::yes).value());
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_F(FileLockTest, LivesOnInAnExecutedProgramOnlyWhenAsked) {
    const auto held_by_program = [&](bool keep) {
        int input[2];
        EXPECT_EQ(::pipe2(input, O_CLOEXEC), 0);
        pid_t child = -1;
        {
            auto held = acquire(Mode::exclusive, Wait::no).value();
            if (keep && !held.keep_across_exec()) ADD_FAILURE() << "cannot keep the lock";
            child = ::fork();
            if (child == 0) {
                ::dup2(input[0], STDIN_FILENO);
                ::execlp("cat", "cat", nullptr);  // runs until its input ends
                ::_exit(127);
            }
            // The descriptor is closed, or kept, once the child is cat.
            std::string command;
            while (command != "cat\n") {
                const Fd comm(
                    ::open(("/proc/" + std::to_string(child) + "/comm").c_str(), O_RDONLY | O_CLOEXEC));
                char text[32] = {};
                if (!comm || ::read(comm.value(), text, sizeof(text) - 1) <= 0) {
                    ADD_FAILURE() << "the child is gone";
                    break;
                }
                command = text;
            }
        }
        const bool still_held = !acquire(Mode::exclusive, Wait::no).value();
        ::close(input[0]);
        ::close(input[1]);
        EXPECT_EQ(::waitpid(child, nullptr, 0), child);
        return still_held;
    };
    EXPECT_TRUE(held_by_program(true));
    EXPECT_FALSE(held_by_program(false));
}

TEST_F(FileLockTest, DoesNotFollowASymlink) {
    std::filesystem::create_symlink("elsewhere", m_directory.path() + "/lock");
    const auto lock = acquire(Mode::exclusive, Wait::no);
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, ErrorCode::permission);
    EXPECT_EQ(lock.error().object, "the lock");
    EXPECT_FALSE(std::filesystem::exists(m_directory.path() + "/elsewhere"));
}

TEST_F(FileLockTest, StopsWaitingWhenInterrupted) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "ThreadSanitizer holds signals back while flock(2) waits";
#endif
    const auto held = acquire(Mode::exclusive, Wait::no).value();
    const pid_t child = ::fork();  // the flag that a signal sets is the process's own
    ASSERT_GE(child, 0);
    if (child == 0) {
        catch_interrupts();
        ::alarm(60);
        const auto waited = acquire(Mode::exclusive, Wait::yes);
        ::_exit(!waited && waited.error().code == ErrorCode::interrupted ? 0 : 1);
    }
    // The signal has to find it waiting: one that comes before changes nothing that flock(2) sees.
    const std::string call_path = "/proc/" + std::to_string(child) + "/syscall";
    for (;;) {
        const auto call = Fd(::open(call_path.c_str(), O_RDONLY | O_CLOEXEC));
        char text[16] = {};
        if (!call || ::read(call.value(), text, sizeof(text) - 1) < 0) break;
        if (std::string(text).starts_with("73 ")) break;  // flock(2) on x86-64
        std::this_thread::yield();
    }
    ASSERT_EQ(::kill(child, SIGTERM), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
}  // namespace ballast
