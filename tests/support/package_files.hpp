#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "package/package.hpp"
#include "package/read_entry.hpp"

// Files and packages for tests.

namespace ballast::support {

// A fresh directory for one test.
class Workspace {
  public:
    Workspace() : m_directory(TemporaryDirectory::create().value()) {}
    std::string path(std::string_view below = {}) const {
        return below.empty() ? m_directory.path() : m_directory.path() + "/" + std::string(below);
    }
    // The names in it, sorted: what a failed operation may have left behind.
    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(path()))
            found.push_back(entry.path().filename());
        std::sort(found.begin(), found.end());
        return found;
    }

  private:
    TemporaryDirectory m_directory;
};

inline void write_file(const std::string& path, std::string_view bytes, mode_t mode = 0644) {
    std::ofstream(path, std::ios::binary) << bytes;
    ASSERT_EQ(::chmod(path.c_str(), mode), 0) << path;
}

inline std::string file_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// An open file without a name that holds `bytes`.
inline Fd file_of(std::string_view bytes) {
    Fd fd(::memfd_create("test", MFD_CLOEXEC));
    EXPECT_TRUE(write_all(fd, as_bytes(bytes), "memfd"));
    return fd;
}

// "file 644 5 a.txt", "directory 755 lib", "symlink 777 b -> a": an entry on one line.
inline std::string describe(const Entry& entry) {
    char mode[8] = {};
    std::snprintf(mode, sizeof mode, "%o", static_cast<unsigned>(entry.mode));
    switch (entry.kind) {
        case EntryKind::directory:
            return std::string("directory ") + mode + " " + entry.path;
        case EntryKind::symlink:
            return std::string("symlink ") + mode + " " + entry.path + " -> " + entry.target;
        case EntryKind::file:
            break;
    }
    return std::string("file ") + mode + " " + std::to_string(entry.size) + " " + entry.path;
}

inline std::vector<std::string> describe(const Package& package) {
    std::vector<std::string> lines;
    for (const Entry& entry : package.entries()) lines.push_back(describe(entry));
    return lines;
}

inline std::size_t index_of(const Package& package, std::string_view path) {
    const auto& entries = package.entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].path == path) return i;
    }
    ADD_FAILURE() << "no entry " << path;
    return 0;
}

inline std::string bytes_of(const Package& package, std::string_view path) {
    const auto bytes = read_entry(package, index_of(package, path), 1 << 20);
    EXPECT_TRUE(bytes) << bytes.error().object << ": " << bytes.error().message;
    return bytes.value_or("");
}

// An error as the programs show it: "corrupt app.zip: a: is encrypted (hint: ...)"; "" for none.
template <typename T>
std::string error_of(const Result<T>& result) {
    if (result) return {};
    const Error& error = result.error();
    return std::string(to_string(error.code)) + " " + error.object + ": " + error.message +
           (error.hint.empty() ? "" : " (hint: " + error.hint + ")");
}

// Runs `body` in a thread that is nobody, when the tests run as root: root may read everything. The
// bare system call changes this thread alone; glibc's function would change all.
inline void as_ordinary_user(const std::function<void()>& body) {
    if (::geteuid() != 0) return body();
    std::thread([&] {
        constexpr unsigned k_nobody = 65534;
        ASSERT_EQ(::syscall(SYS_setresuid, k_nobody, k_nobody, k_nobody), 0);
        body();
    }).join();
}

}  // namespace ballast::support
