#include <gtest/gtest.h>

#include <cerrno>

#include "package/beneath.hpp"
#include "support/package_files.hpp"

namespace ballast {
namespace {

using support::Workspace;
using support::write_file;

using Opener = Fd (*)(int, const std::string&, int);

Fd by_components(int root_fd, const std::string& path, int flags) {
    return open_beneath_by_components(root_fd, path, flags);
}

// Both ways must do the same.
class OpenBeneath : public ::testing::TestWithParam<Opener> {
  protected:
    OpenBeneath() {
        std::filesystem::create_directories(work.path("a/b"));
        write_file(work.path("a/b/file"), "x");
        EXPECT_EQ(::symlink("b", work.path("a/link").c_str()), 0);
        EXPECT_EQ(::symlink("file", work.path("a/b/alias").c_str()), 0);
        root = Fd(::open(work.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    Fd open(const std::string& path, int flags = O_RDONLY) const {
        return GetParam()(root.value(), path, flags);
    }

    Workspace work;
    Fd root;
};

TEST_P(OpenBeneath, OpensFilesAndDirectories) {
    EXPECT_TRUE(open("a/b/file"));
    EXPECT_TRUE(open("a/b", O_RDONLY | O_DIRECTORY));
    EXPECT_TRUE(open("", O_RDONLY | O_DIRECTORY));
    EXPECT_EQ(::fcntl(open("a/b/file").value(), F_GETFD), FD_CLOEXEC);
}

TEST_P(OpenBeneath, FollowsNoSymlink) {
    EXPECT_FALSE(open("a/b/alias"));
    EXPECT_EQ(errno, ELOOP);
    EXPECT_FALSE(open("a/link/file"));
    EXPECT_TRUE(errno == ELOOP || errno == ENOTDIR);
}

TEST_P(OpenBeneath, SaysWhatIsMissing) {
    EXPECT_FALSE(open("a/none/file"));
    EXPECT_EQ(errno, ENOENT);
    EXPECT_FALSE(open("a/b/file/below"));
    EXPECT_EQ(errno, ENOTDIR);
}

INSTANTIATE_TEST_SUITE_P(BothWays, OpenBeneath, ::testing::Values(&open_beneath, &by_components));

}  // namespace
}  // namespace ballast
