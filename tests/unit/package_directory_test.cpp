#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include <atomic>
#include <cstring>

#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "package/open_package.hpp"
#include "package/read_entry.hpp"
#include "support/package_files.hpp"

namespace ballast {
namespace {

using support::as_ordinary_user;
using support::bytes_of;
using support::describe;
using support::error_of;
using support::index_of;
using support::Workspace;
using support::write_file;
using ::testing::ElementsAre;

constexpr char k_changed_hint[] = " (hint: run it again when nothing else writes to the package)";

TEST(DirectoryPackage, ListsEverythingInPathOrder) {
    const Workspace work;
    ASSERT_EQ(::mkdir(work.path("lib").c_str(), 0755), 0);
    ASSERT_EQ(::mkdir(work.path("empty").c_str(), 0700), 0);
    write_file(work.path("lib/b.so"), "bb", 0755);
    write_file(work.path("lib.txt"), "text", 0600);
    write_file(work.path("handler.js"), "", 0444);
    ASSERT_EQ(::link(work.path("lib.txt").c_str(), work.path("hard").c_str()), 0);
    ASSERT_EQ(::symlink("lib/b.so", work.path("b").c_str()), 0);
    ASSERT_EQ(::symlink("/anywhere", work.path("lib/out").c_str()), 0);

    const auto package = open_package(work.path());
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ((*package)->name(), work.path());
    EXPECT_THAT(describe(**package),
                ElementsAre("symlink 777 b -> lib/b.so", "directory 700 empty", "file 444 0 handler.js",
                            "file 600 4 hard", "directory 755 lib", "file 755 2 lib/b.so",
                            "symlink 777 lib/out -> /anywhere", "file 600 4 lib.txt"));
    EXPECT_EQ(bytes_of(**package, "hard"), "text");
    EXPECT_EQ(bytes_of(**package, "lib/b.so"), "bb");
    EXPECT_EQ(bytes_of(**package, "handler.js"), "");
}

TEST(DirectoryPackage, AnEmptyDirectoryIsAPackageWithoutEntries) {
    const Workspace work;
    const auto package = open_package(work.path());
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_TRUE((*package)->entries().empty());
}

TEST(DirectoryPackage, KeepsUnusualNames) {
    const Workspace work;
    const std::vector<std::string> names = {" leading",     "-rf",
                                            "a b",          "back\\slash",
                                            "line\nbreak",  "quote'\"",
                                            "*.txt",        "gr\xC3\xBC\xC3\x9F",
                                            "latin-1 \xFC", std::string(255, 'n')};
    for (const auto& name : names) write_file(work.path(name), name);
    const auto package = open_package(work.path());
    ASSERT_TRUE(package) << error_of(package);
    ASSERT_EQ((*package)->entries().size(), names.size());
    for (const auto& name : names) EXPECT_EQ(bytes_of(**package, name), name);
    EXPECT_TRUE(std::is_sorted((*package)->entries().begin(), (*package)->entries().end(),
                               [](const Entry& a, const Entry& b) { return path_before(a.path, b.path); }));
}

TEST(DirectoryPackage, FollowsASymlinkThatTheUserNamedButNoneBelow) {
    const Workspace work;
    ASSERT_EQ(::mkdir(work.path("real").c_str(), 0755), 0);
    write_file(work.path("real/a"), "a");
    ASSERT_EQ(::symlink("..", work.path("real/up").c_str()), 0);
    ASSERT_EQ(::symlink("real", work.path("named").c_str()), 0);
    const auto package = open_package(work.path("named") + "/");
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT(describe(**package), ElementsAre("file 644 1 a", "symlink 777 up -> .."));
}

TEST(DirectoryPackage, DropsSetGidAndStickyBitsOfDirectories) {
    const Workspace work;
    ASSERT_EQ(::mkdir(work.path("shared").c_str(), 0755), 0);
    ASSERT_EQ(::chmod(work.path("shared").c_str(), 03775), 0);
    const auto package = open_package(work.path());
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT(describe(**package), ElementsAre("directory 775 shared"));
}

TEST(DirectoryPackage, ListsFilesOver4GiB) {
    const Workspace work;
    write_file(work.path("sparse"), "");
    ASSERT_EQ(::truncate(work.path("sparse").c_str(), static_cast<off_t>(5 * k_gib)), 0);
    const auto package = open_package(work.path());
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT(describe(**package), ElementsAre("file 644 5368709120 sparse"));
    const auto reader = (*package)->open(0);
    ASSERT_TRUE(reader) << error_of(reader);
    std::vector<std::byte> bytes(4096, std::byte{1});
    EXPECT_EQ((*reader)->read(bytes).value(), bytes.size());
    EXPECT_EQ(bytes, std::vector<std::byte>(4096));
    EXPECT_EQ(error_of(read_entry(**package, 0, 1000)),
              "corrupt " + work.path() +
                  ": sparse: has 5368709120 bytes, more than the 1000 that such a file may have");
}

TEST(DirectoryPackage, RefusesWhatIsNeitherFileNorDirectoryNorSymlink) {
    {
        const Workspace work;
        ASSERT_EQ(::mkfifo(work.path("pipe").c_str(), 0644), 0);
        EXPECT_EQ(
            error_of(open_package(work.path())),
            "usage " + work.path("pipe") + ": is a FIFO, which a package cannot hold (hint: remove it)");
    }
    {
        const Workspace work;
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        const std::string path = work.path("socket");
        ASSERT_LT(path.size(), sizeof address.sun_path);
        std::memcpy(address.sun_path, path.c_str(), path.size());
        const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ASSERT_EQ(::bind(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(error_of(open_package(work.path())),
                  "usage " + path + ": is a socket, which a package cannot hold (hint: remove it)");
    }
    const Workspace work;
    if (::mknod(work.path("null").c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0) {
        GTEST_SKIP() << "only root can make devices";
    }
    EXPECT_EQ(error_of(open_package(work.path())),
              "usage " + work.path("null") + ": is a device, which a package cannot hold (hint: remove it)");
}

TEST(DirectoryPackage, RefusesSetUidAndSetGidFiles) {
    const Workspace work;
    ASSERT_EQ(::mkdir(work.path("bin").c_str(), 0755), 0);
    const std::string hint = " (hint: take the bit away with 'chmod ug-s', or leave the file out)";
    write_file(work.path("bin/su"), "x", 04755);
    EXPECT_EQ(error_of(open_package(work.path())),
              "usage " + work.path("bin/su") + ": is a set-uid file, which a package cannot hold" + hint);
    ASSERT_EQ(::chmod(work.path("bin/su").c_str(), 02755), 0);
    EXPECT_EQ(error_of(open_package(work.path())),
              "usage " + work.path("bin/su") + ": is a set-gid file, which a package cannot hold" + hint);
}

TEST(DirectoryPackage, RefusesPathsThatNoSystemCallTakes) {
    const Workspace work;
    const std::string component(255, 'd');
    Fd at(::open(work.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int depth = 0; depth < 17; ++depth) {
        ASSERT_EQ(::mkdirat(at.value(), component.c_str(), 0755), 0);
        at = Fd(::openat(at.value(), component.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    const auto package = open_package(work.path());
    ASSERT_FALSE(package);
    EXPECT_EQ(package.error().code, ErrorCode::usage);
    EXPECT_EQ(package.error().message, "the path is longer than 4095 bytes");
}

TEST(DirectoryPackage, ListsTreesDeeperThanDescriptorsReach) {
    const Workspace work;
    Fd at(::open(work.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    constexpr std::size_t k_depth = 200;
    for (std::size_t depth = 0; depth < k_depth; ++depth) {
        ASSERT_EQ(::mkdirat(at.value(), "d", 0755), 0);
        at = Fd(::openat(at.value(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    rlimit before = {};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit few = {.rlim_cur = 64, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const auto package = open_package(work.path());
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ((*package)->entries().size(), k_depth);
}

TEST(DirectoryPackage, SaysWhatMayNotBeRead) {
    const Workspace work;
    ASSERT_EQ(::chmod(work.path().c_str(), 0755), 0);
    write_file(work.path("secret"), "x", 0000);
    as_ordinary_user([&] {
        const auto package = open_package(work.path());
        ASSERT_TRUE(package) << error_of(package);
        EXPECT_EQ(error_of((*package)->open(0)),
                  "permission " + work.path("secret") + ": cannot open: Permission denied");
    });
    ASSERT_EQ(::mkdir(work.path("closed").c_str(), 0000), 0);
    as_ordinary_user([&] {
        EXPECT_EQ(error_of(open_package(work.path())),
                  "permission " + work.path("closed") + ": cannot open the directory: Permission denied");
    });
}

class ChangingFile : public ::testing::Test {
  protected:
    ChangingFile() {
        write_file(work.path("a"), "four");
        write_file(work.path("b"), std::string(100'000, 'b'));
        package = open_package(work.path()).value();
    }
    std::string changed(std::string_view name) const {
        return "corrupt " + work.path(name) + ": changed while it was read" + k_changed_hint;
    }

    Workspace work;
    std::unique_ptr<Package> package;
};

TEST_F(ChangingFile, ThatGrewIsRefused) {
    write_file(work.path("a"), "fives");
    EXPECT_EQ(error_of(package->open(0)), changed("a"));
}

TEST_F(ChangingFile, ThatWasRewrittenInTheSameSizeIsRefused) {
    struct timespec times[2] = {{0, UTIME_OMIT}, {1, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, work.path("a").c_str(), times, 0), 0);
    EXPECT_EQ(error_of(package->open(0)), changed("a"));
}

TEST_F(ChangingFile, ThatIsGoneIsRefused) {
    ASSERT_EQ(::unlink(work.path("a").c_str()), 0);
    EXPECT_EQ(error_of(package->open(0)), changed("a"));
}

TEST_F(ChangingFile, ThatBecameASymlinkIsNotFollowed) {
    ASSERT_EQ(::unlink(work.path("a").c_str()), 0);
    ASSERT_EQ(::symlink("b", work.path("a").c_str()), 0);
    EXPECT_EQ(error_of(package->open(0)), changed("a"));
}

TEST_F(ChangingFile, ThatBecameAFifoDoesNotBlock) {
    ASSERT_EQ(::unlink(work.path("a").c_str()), 0);
    ASSERT_EQ(::mkfifo(work.path("a").c_str(), 0644), 0);
    EXPECT_EQ(error_of(package->open(0)), changed("a"));
}

TEST_F(ChangingFile, ThatShrinksUnderTheReaderIsRefused) {
    const auto reader = package->open(1).value();
    std::vector<std::byte> bytes(1000);
    EXPECT_EQ(reader->read(bytes).value(), bytes.size());
    ASSERT_EQ(::truncate(work.path("b").c_str(), 2000), 0);
    EXPECT_EQ(reader->read(bytes).value(), bytes.size());
    EXPECT_EQ(error_of(reader->read(bytes)), changed("b"));
}

TEST_F(ChangingFile, ThatGrowsUnderTheReaderIsRefusedAtItsEnd) {
    const auto reader = package->open(1).value();
    std::vector<std::byte> bytes(100'000);
    write_file(work.path("b"), std::string(100'001, 'c'));
    EXPECT_EQ(error_of(reader->read(bytes)), changed("b"));
}

TEST(DirectoryPackage, ReadsFromSeveralThreads) {
    const Workspace work;
    for (int i = 0; i < 50; ++i)
        write_file(work.path(std::to_string(i)), std::string(10'000, static_cast<char>(i)));
    const auto package = open_package(work.path()).value();
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (std::size_t i = 0; i < package->entries().size(); ++i) {
                const auto number = std::stoi(package->entries()[i].path);
                if (read_entry(*package, i, k_mib) == std::string(10'000, static_cast<char>(number))) ++right;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, 200);
}

TEST(OpenPackage, TellsWhatIsNoPackage) {
    const Workspace work;
    const std::string hint = " (hint: name the directory or the .zip that the function is deployed as)";
    EXPECT_EQ(error_of(open_package(work.path("absent"))),
              "not_found " + work.path("absent") + ": cannot open: No such file or directory");
    write_file(work.path("app.zip"), "#!/bin/sh");
    EXPECT_EQ(error_of(open_package(work.path("app.zip"))),
              "usage " + work.path("app.zip") + ": is neither a directory nor a zip" + hint);
    write_file(work.path("empty.zip"), "");
    EXPECT_EQ(error_of(open_package(work.path("empty.zip"))),
              "usage " + work.path("empty.zip") + ": is neither a directory nor a zip" + hint);
    ASSERT_EQ(::mkfifo(work.path("pipe").c_str(), 0644), 0);
    EXPECT_EQ(error_of(open_package(work.path("pipe"))),
              "usage " + work.path("pipe") + ": is neither a directory nor a zip" + hint);
}

}  // namespace
}  // namespace ballast
