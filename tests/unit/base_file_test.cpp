#include "base/file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace ballast {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
  protected:
    std::string path(const std::string& name) const { return m_directory.path() + "/" + name; }

    void write(const std::string& name, std::string_view text) const {
        std::ofstream(path(name), std::ios::binary) << text;
    }

    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(m_directory.path()))
            found.push_back(entry.path().filename());
        return found;
    }

    // Runs `body` as an ordinary user, where the tests are run by root: root may do everything.
    template <typename Body>
    void as_ordinary_user(const Body& body) const {
        ASSERT_EQ(::chmod(m_directory.path().c_str(), 0777), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(90);
            ::_exit(body());
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFEXITED(status));
        EXPECT_EQ(WEXITSTATUS(status), 0);
    }

    TemporaryDirectory m_directory = TemporaryDirectory::create().value();
};

TEST_F(FileTest, ReadsAWholeFile) {
    write("a", std::string("with\0nul\n", 9));
    EXPECT_EQ(read_file(path("a"), 9).value(), std::string("with\0nul\n", 9));
    write("empty", "");
    EXPECT_EQ(read_file(path("empty"), 0).value(), "");
}

TEST_F(FileTest, RefusesAFileAboveTheLimitWithoutReadingIt) {
    write("big", "0123456789");
    const auto text = read_file(path("big"), 9);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::corrupt);
    EXPECT_EQ(text.error().message, "has 10 bytes, more than the 9 that such a file may have");
}

TEST_F(FileTest, SaysWhatIsAbsentOrNoFile) {
    EXPECT_EQ(read_file(path("absent"), 1).error().code, ErrorCode::not_found);
    EXPECT_EQ(read_file(path("absent"), 1).error().object, path("absent"));
    EXPECT_EQ(read_file(m_directory.path(), 1).error().message, "not a regular file");
    write("file", "x");
    EXPECT_EQ(read_file(path("file/below"), 1).error().code, ErrorCode::not_found);
}

TEST_F(FileTest, DoesNotWaitForTheWriterOfAFifo) {
    ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
    EXPECT_EQ(read_file(path("fifo"), 100).error().message, "not a regular file");
    EXPECT_EQ(MappedFile::open(path("fifo")).error().message, "not a regular file");
}

TEST_F(FileTest, PreadSaysWhenTheFileEndsEarly) {
    write("short", "abc");
    const Fd fd = open_for_reading(path("short")).value();
    std::string out(2, '\0');
    ASSERT_TRUE(pread_exact(fd, std::as_writable_bytes(std::span(out)), 1, "short"));
    EXPECT_EQ(out, "bc");
    const auto failed = pread_exact(fd, std::as_writable_bytes(std::span(out)), 2, "short");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::corrupt);
}

TEST_F(FileTest, MapsAFileAndAnEmptyOne) {
    write("a", "mapped");
    const MappedFile file = MappedFile::open(path("a")).value();
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()), "mapped");
    write("empty", "");
    EXPECT_TRUE(MappedFile::open(path("empty")).value().bytes().empty());
}

TEST_F(FileTest, MakesDirectoriesAndSaysWhereAFileIsInTheWay) {
    EXPECT_TRUE(make_directories(path("a/b/c")));
    EXPECT_TRUE(make_directories(path("a/b/c")));
    EXPECT_TRUE(fs::is_directory(path("a/b/c")));
    write("file", "");
    EXPECT_EQ(make_directories(path("file/below")).error().object, path("file/below"));
    EXPECT_FALSE(make_directories(path("file")));
}

TEST_F(FileTest, RemovesATreeButNothingThatSymlinksLeadTo) {
    fs::create_directories(path("tree/a/b"));
    write("kept", "kept");
    write("tree/a/file", "");
    fs::create_directory(path("outside"));
    write("outside/kept", "");
    fs::create_symlink(path("outside"), path("tree/link"));
    fs::create_symlink("nowhere", path("tree/dangling"));
    ASSERT_TRUE(remove_all(path("tree")));
    EXPECT_THAT(names(), testing::UnorderedElementsAre("kept", "outside"));
    EXPECT_TRUE(fs::exists(path("outside/kept")));
    EXPECT_TRUE(remove_all(path("tree"))) << "absent is fine";
    EXPECT_TRUE(remove_all(path("kept"))) << "a file is removed too";
    EXPECT_FALSE(fs::exists(path("kept")));
}

TEST_F(FileTest, RemovesASymlinkItselfAndNotItsDirectory) {
    fs::create_directory(path("real"));
    write("real/kept", "");
    fs::create_symlink("real", path("link"));
    ASSERT_TRUE(remove_all(path("link")));
    EXPECT_TRUE(fs::exists(path("real/kept")));
}

TEST_F(FileTest, RemovesDirectoriesThatForbidIt) {
    as_ordinary_user([&] {
        fs::create_directories(path("tree/closed/below"));
        write("tree/closed/below/file", "");
        fs::permissions(path("tree/closed/below"), fs::perms::none);
        fs::permissions(path("tree/closed"), fs::perms::owner_read);
        const bool removed = static_cast<bool>(remove_all(path("tree")));
        return removed && !fs::exists(path("tree")) ? 0 : 1;
    });
}

TEST_F(FileTest, SaysThatRemovingIsForbiddenWhereItIs) {
    fs::create_directory(path("sticky"));
    write("sticky/theirs", "");
    ASSERT_EQ(::chmod(path("sticky").c_str(), 01777), 0);
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to leave a file that another user owns";
    as_ordinary_user([&] {
        const auto removed = remove_all(path("sticky/theirs"));
        return !removed && removed.error().code == ErrorCode::permission ? 0 : 1;
    });
    EXPECT_TRUE(fs::exists(path("sticky/theirs")));
}

// A descriptor a level, with the usual limit of 1,024, has to be enough for what honest trees hold.
TEST_F(FileTest, RemovesDeepTrees) {
    std::string deep = path("tree");
    for (int i = 0; i < 700; ++i) deep += "/d";
    fs::create_directories(deep);
    struct rlimit limit = {};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit usual = {1024, limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
    const auto removed = remove_all(path("tree"));
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT_TRUE(removed) << removed.error().message;
    EXPECT_FALSE(fs::exists(path("tree")));
}

TEST_F(FileTest, AnAtomicFileAppearsOnlyWithItsCommit) {
    {
        auto file = AtomicFile::create(path("a"), 0600).value();
        ASSERT_TRUE(file.write(as_bytes("new")));
        EXPECT_FALSE(fs::exists(path("a")));
        EXPECT_TRUE(file.commit().value());
    }
    EXPECT_EQ(read_file(path("a"), 10).value(), "new");
    EXPECT_THAT(names(), testing::ElementsAre("a"));
    struct stat info = {};
    ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(FileTest, AnAtomicFileThatIsNotCommittedLeavesNothing) {
    write("a", "old");
    {
        auto file = AtomicFile::create(path("a")).value();
        ASSERT_TRUE(file.write(as_bytes("half")));
        const AtomicFile moved = std::move(file);
    }
    EXPECT_EQ(read_file(path("a"), 10).value(), "old");
    EXPECT_THAT(names(), testing::ElementsAre("a"));
}

TEST_F(FileTest, AnAtomicFileReplacesOrKeepsWhatIsThere) {
    write("a", "old");
    {
        auto file = AtomicFile::create(path("a")).value();
        ASSERT_TRUE(file.write(as_bytes("new")));
        EXPECT_FALSE(file.commit(AtomicFile::Existing::keep).value());
    }
    EXPECT_EQ(read_file(path("a"), 10).value(), "old");
    {
        auto file = AtomicFile::create(path("a")).value();
        ASSERT_TRUE(file.write(as_bytes("new")));
        EXPECT_TRUE(file.commit(AtomicFile::Existing::replace).value());
    }
    EXPECT_EQ(read_file(path("a"), 10).value(), "new");
    {
        auto file = AtomicFile::create(path("b")).value();
        EXPECT_TRUE(file.commit(AtomicFile::Existing::keep).value());
    }
    EXPECT_THAT(names(), testing::UnorderedElementsAre("a", "b"));
}

TEST_F(FileTest, TwoWritersOfOnePathDoNotMeet) {
    auto first = AtomicFile::create(path("a")).value();
    auto second = AtomicFile::create(path("a")).value();
    ASSERT_TRUE(first.write(as_bytes("first")));
    ASSERT_TRUE(second.write(as_bytes("second")));
    EXPECT_TRUE(second.commit(AtomicFile::Existing::keep).value());
    EXPECT_FALSE(first.commit(AtomicFile::Existing::keep).value());
    EXPECT_EQ(read_file(path("a"), 10).value(), "second");
}

TEST_F(FileTest, AnAtomicFileNeedsItsDirectory) {
    const auto file = AtomicFile::create(path("absent/a"));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::not_found);
    EXPECT_EQ(file.error().object, path("absent/a")) << "the temporary name means nothing to a user";
}

TEST_F(FileTest, ATemporaryDirectoryGoesWithAllBelowItUnlessReleased) {
    std::string removed;
    std::string kept;
    {
        auto first = TemporaryDirectory::create(m_directory.path()).value();
        fs::create_directories(first.path() + "/a/b");
        removed = first.path();
        auto second = TemporaryDirectory::create(m_directory.path()).value();
        kept = second.release();
        EXPECT_NE(removed, kept);
        struct stat info = {};
        ASSERT_EQ(::stat(removed.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777U, 0700U);
    }
    EXPECT_FALSE(fs::exists(removed));
    EXPECT_TRUE(fs::exists(kept));
}

TEST_F(FileTest, ATemporaryDirectoryNamesTheParentItCannotUse) {
    const auto directory = TemporaryDirectory::create(path("absent"));
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().object, path("absent"));
    EXPECT_EQ(directory.error().code, ErrorCode::not_found);
}

TEST_F(FileTest, WritesOnAtAnOffset) {
    const Fd fd(::open(path("a").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_TRUE(write_all(fd, as_bytes("abcdef"), "a"));
    ASSERT_TRUE(pwrite_all(fd, as_bytes("XY"), 2, "a"));
    EXPECT_EQ(read_file(fd, "a", 10).value(), "abXYef");
    const Fd read_only = open_for_reading(path("a")).value();
    EXPECT_EQ(write_all(read_only, as_bytes("x"), "a").error().object, "a");
}

}  // namespace
}  // namespace ballast
