#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <random>

#include "base/interrupt.hpp"
#include "base/size.hpp"
#include "package/open_package.hpp"
#include "package/package_writer.hpp"
#include "package/publish_directory.hpp"
#include "support/package_files.hpp"

namespace ballast {
namespace {

using support::as_ordinary_user;
using support::bytes_of;
using support::describe;
using support::error_of;
using support::file_bytes;
using support::Workspace;
using support::write_file;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Gives `bytes` bytes, that repeat after 251, without holding them.
class PatternReader final : public FileReader {
  public:
    explicit PatternReader(std::uint64_t bytes) : m_bytes(bytes) {}
    Result<std::size_t> read(std::span<std::byte> out) override {
        std::size_t filled = 0;
        for (; filled < out.size() && m_at < m_bytes; ++filled, ++m_at) out[filled] = std::byte(m_at % 251);
        return filled;
    }

  private:
    std::uint64_t m_bytes;
    std::uint64_t m_at = 0;
};

// Gives `bytes` bytes that deflate cannot make smaller.
class NoiseReader final : public FileReader {
  public:
    explicit NoiseReader(std::uint64_t bytes) : m_left(bytes) {}
    Result<std::size_t> read(std::span<std::byte> out) override {
        std::size_t filled = 0;
        for (; filled < out.size() && m_left > 0; ++filled, --m_left)
            out[filled] = std::byte(m_random() & 0xFFU);
        return filled;
    }

  private:
    std::uint64_t m_left;
    std::mt19937 m_random{1};
};

class FailingReader final : public FileReader {
  public:
    Result<std::size_t> read(std::span<std::byte>) override {
        return fail(ErrorCode::corrupt, "app.zip: a", "its compressed bytes are broken");
    }
};

// Lets no file of this process grow past `bytes`, as a full disk would.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : m_handler(::signal(SIGXFSZ, SIG_IGN)) {
        EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &m_before), 0);
        const rlimit limit = {.rlim_cur = bytes, .rlim_max = m_before.rlim_max};
        EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        ::signal(SIGXFSZ, m_handler);
    }

  private:
    rlimit m_before = {};
    sighandler_t m_handler;
};

// A slim package, small, with everything that one can hold.
void add_everything(PackageWriter& writer) {
    PatternReader large(600 * k_kib);
    ASSERT_TRUE(writer.add_bytes("-rf", 0644, as_bytes("a name like a flag")));
    ASSERT_TRUE(writer.add_bytes("ballast.lock", 0644, as_bytes("{}")));
    ASSERT_TRUE(writer.add_directory({.path = "closed", .kind = EntryKind::directory, .mode = 0555}));
    ASSERT_TRUE(
        writer.add_bytes("closed/file", 0400, as_bytes("below a directory that cannot be written to")));
    ASSERT_TRUE(writer.add_directory({.path = "empty", .kind = EntryKind::directory, .mode = 0700}));
    ASSERT_TRUE(writer.add_bytes("empty.txt", 0600, {}));
    ASSERT_TRUE(writer.add_directory({.path = "lib", .kind = EntryKind::directory, .mode = 0755}));
    ASSERT_TRUE(
        writer.add_directory({.path = "lib/gr\xC3\xBC\xC3\x9F", .kind = EntryKind::directory, .mode = 0777}));
    ASSERT_TRUE(
        writer.add_file({.path = "lib/gr\xC3\xBC\xC3\x9F/large", .mode = 0755, .size = 600 * k_kib}, large));
    ASSERT_TRUE(
        writer.add_symlink({.path = "lib/here", .kind = EntryKind::symlink, .mode = 0777, .target = "."}));
    ASSERT_TRUE(writer.add_bytes("lib/latin-1 \xFC", 0644, as_bytes("bytes, not text")));
}

const std::vector<std::string> k_everything = {
    "file 644 18 -rf",
    "file 644 2 ballast.lock",
    "directory 555 closed",
    "file 400 43 closed/file",
    "directory 700 empty",
    "file 600 0 empty.txt",
    "directory 755 lib",
    "directory 777 lib/gr\xC3\xBC\xC3\x9F",
    "file 755 614400 lib/gr\xC3\xBC\xC3\x9F/large",
    "symlink 777 lib/here -> .",
    "file 644 15 lib/latin-1 \xFC",
};

std::unique_ptr<PackageWriter> create(const std::string& path, Replace existing = Replace::nothing) {
    auto writer = create_package(path, existing);
    EXPECT_TRUE(writer) << error_of(writer);
    return writer ? std::move(*writer) : nullptr;
}

void write_everything(const std::string& path, Replace existing = Replace::nothing) {
    const auto writer = create(path, existing);
    ASSERT_NE(writer, nullptr);
    add_everything(*writer);
    const auto committed = writer->commit();
    ASSERT_TRUE(committed) << error_of(committed);
}

// The same for both forms: the parameter is the package's name.
class PackageWriterTest : public ::testing::TestWithParam<const char*> {
  protected:
    std::string out() const { return work.path(GetParam()); }
    Workspace work;
};

TEST_P(PackageWriterTest, WritesWhatReadsBackTheSame) {
    const mode_t umask_before = ::umask(0077);
    write_everything(out());
    ::umask(umask_before);
    const auto package = open_package(out());
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ(describe(**package), k_everything);
    EXPECT_EQ(bytes_of(**package, "closed/file"), "below a directory that cannot be written to");
    EXPECT_EQ(bytes_of(**package, "lib/latin-1 \xFC"), "bytes, not text");
    const std::string large = bytes_of(**package, "lib/gr\xC3\xBC\xC3\x9F/large");
    ASSERT_EQ(large.size(), 600 * k_kib);
    EXPECT_EQ(large[599 * k_kib], static_cast<char>(599 * k_kib % 251));
    EXPECT_THAT(work.names(), ElementsAre(GetParam()));
}

TEST_P(PackageWriterTest, LeavesNothingWithoutCommit) {
    {
        const auto writer = create(out());
        add_everything(*writer);
        EXPECT_FALSE(std::filesystem::exists(out()));
    }
    EXPECT_THAT(work.names(), IsEmpty());
}

TEST_P(PackageWriterTest, WritesAPackageWithoutEntries) {
    const auto writer = create(out());
    ASSERT_TRUE(writer->commit());
    const auto package = open_package(out());
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT((*package)->entries(), IsEmpty());
    EXPECT_THAT(work.names(), ElementsAre(GetParam()));
}

TEST_P(PackageWriterTest, PassesOnWhatReadingFailsWith) {
    {
        const auto writer = create(out());
        FailingReader reader;
        EXPECT_EQ(error_of(writer->add_file({.path = "a", .mode = 0644, .size = 10}, reader)),
                  "corrupt app.zip: a: its compressed bytes are broken");
    }
    EXPECT_THAT(work.names(), IsEmpty());
}

TEST_P(PackageWriterTest, RefusesFilesOfAnotherSizeThanListed) {
    for (const std::uint64_t held : {0UL, 9UL, 11UL, 1'000'000UL}) {
        const auto writer = create(out());
        PatternReader reader(held);
        const auto added = writer->add_file({.path = "a", .mode = 0644, .size = 10}, reader);
        EXPECT_THAT(error_of(added), ::testing::EndsWith("a: does not have the 10 bytes that were listed"));
    }
    EXPECT_THAT(work.names(), IsEmpty());
}

TEST_P(PackageWriterTest, RefusesPathsThatClimbOut) {
    const auto writer = create(out());
    EXPECT_EQ(error_of(writer->add_bytes("../evil", 0644, {})), "corrupt ../evil: the path climbs with '..'");
    EXPECT_EQ(error_of(writer->add_directory({.path = "/evil"})), "corrupt /evil: the path is absolute");
    EXPECT_EQ(error_of(writer->add_symlink({.path = "a/../../evil", .target = "x"})),
              "corrupt a/../../evil: the path climbs with '..'");
    EXPECT_FALSE(std::filesystem::exists(work.path("evil")));
}

TEST_P(PackageWriterTest, ReplacesASlimPackageWhole) {
    write_everything(out());
    const auto writer = create(out(), Replace::slim_package);
    ASSERT_TRUE(writer->add_bytes("ballast.lock", 0644, as_bytes("second")));
    EXPECT_EQ(describe(*open_package(out()).value()), k_everything);  // until the moment of commit()
    const auto committed = writer->commit();
    ASSERT_TRUE(committed) << error_of(committed);
    EXPECT_THAT(describe(*open_package(out()).value()), ElementsAre("file 644 6 ballast.lock"));
    EXPECT_THAT(work.names(), ElementsAre(GetParam()));
}

TEST_P(PackageWriterTest, KeepsTheOldPackageWhenTheNewOneIsNotCommitted) {
    write_everything(out());
    { add_everything(*create(out(), Replace::slim_package)); }
    EXPECT_EQ(describe(*open_package(out()).value()), k_everything);
    EXPECT_THAT(work.names(), ElementsAre(GetParam()));
}

TEST_P(PackageWriterTest, RefusesToReplaceUnlessAsked) {
    write_everything(out());
    EXPECT_EQ(
        error_of(create_package(out(), Replace::nothing)),
        "usage " + out() + ": exists already (hint: name a place where nothing is yet, or remove it first)");
}

TEST_P(PackageWriterTest, RefusesWhatCameUnderItsNameMeanwhile) {
    const auto writer = create(out(), Replace::nothing);
    add_everything(*writer);
    write_everything(out());
    const auto committed = writer->commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, ErrorCode::usage);
    EXPECT_EQ(committed.error().message, "exists already");
}

TEST_P(PackageWriterTest, DoesNotFollowASymlinkUnderItsName) {
    ASSERT_EQ(::symlink("elsewhere", out().c_str()), 0);
    const auto writer = create_package(out(), Replace::slim_package);
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, ErrorCode::usage);
    EXPECT_THAT(work.names(), ElementsAre(GetParam()));
}

TEST_P(PackageWriterTest, NeedsTheDirectoryThatHoldsIt) {
    const std::string path = work.path("none/" + std::string(GetParam()));
    EXPECT_EQ(error_of(create_package(path, Replace::nothing)),
              "not_found " + path + ": cannot create it in " + work.path("none") +
                  ": No such file or directory (hint: create that directory first)");
}

TEST_P(PackageWriterTest, SaysWhenAFileCannotBeWritten) {
    {
        const auto writer = create(out());
        NoiseReader reader(k_mib);
        const FileSizeLimit limit(100'000);
        const auto added = writer->add_file({.path = "a", .mode = 0644, .size = k_mib}, reader);
        EXPECT_THAT(error_of(added), ::testing::EndsWith("a: cannot write: File too large"));
    }
    EXPECT_THAT(work.names(), IsEmpty());
}

// Root is stopped by no mode.
TEST_P(PackageWriterTest, FillsAndReplacesDirectoriesThatMayNotBeWrittenTo) {
    ASSERT_EQ(::chmod(work.path().c_str(), 0777), 0);
    as_ordinary_user([&] {
        write_everything(out());
        EXPECT_EQ(describe(*open_package(out()).value()), k_everything);
        write_everything(out(), Replace::slim_package);
        EXPECT_EQ(describe(*open_package(out()).value()), k_everything);
        { add_everything(*create(out(), Replace::slim_package)); }
    });
    EXPECT_THAT(work.names(), ElementsAre(GetParam()));
}

TEST_P(PackageWriterTest, StopsOnASignalAndLeavesNothing) {
    const auto interrupted = [&] {
        catch_interrupts();
        std::unique_ptr<PackageWriter> writer = create(out());
        add_everything(*writer);
        (void)::raise(SIGTERM);
        PatternReader reader(k_mib);
        const auto added = writer->add_file({.path = "z", .mode = 0644, .size = k_mib}, reader);
        writer.reset();
        ::_exit(added ? 0 : static_cast<int>(added.error().code));
    };
    EXPECT_EXIT(interrupted(), ::testing::ExitedWithCode(130), "");
    EXPECT_THAT(work.names(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(BothForms, PackageWriterTest, ::testing::Values("slim", "slim.zip"),
                         [](const auto& form) { return form.index == 0 ? "Directory" : "Zip"; });

TEST(CreatePackage, RefusesNamesThatAreNone) {
    for (const char* path : {"", "/", ".", "..", "a/..", "./"}) {
        EXPECT_EQ(
            error_of(create_package(path, Replace::slim_package)),
            "usage " + std::string(path) +
                ": is not a name that a package can have (hint: name the new directory or .zip itself)");
    }
}

TEST(DirectoryWriter, TakesAnEmptyDirectoryAndATrailingSlash) {
    const Workspace work;
    ASSERT_EQ(::mkdir(work.path("slim").c_str(), 0700), 0);
    write_everything(work.path("slim") + "//");
    EXPECT_EQ(describe(*open_package(work.path("slim")).value()), k_everything);
    struct stat info = {};
    ASSERT_EQ(::stat(work.path("slim").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0755U);
}

TEST(DirectoryWriter, RefusesToReplaceAnythingButASlimPackage) {
    const Workspace work;
    const std::string hint = " (hint: name a place where nothing is yet, or remove it first)";
    ASSERT_EQ(::mkdir(work.path("work").c_str(), 0755), 0);
    write_file(work.path("work/thesis.tex"), "years");
    EXPECT_EQ(error_of(create_package(work.path("work"), Replace::slim_package)),
              "usage " + work.path("work") +
                  ": is not empty and not a slim package, which alone would be replaced" + hint);
    write_file(work.path("file"), "bytes");
    EXPECT_EQ(error_of(create_package(work.path("file"), Replace::slim_package)),
              "usage " + work.path("file") + ": exists and is not a directory" + hint);
    EXPECT_EQ(file_bytes(work.path("work/thesis.tex")), "years");
    EXPECT_THAT(work.names(), ElementsAre("file", "work"));
}

TEST(DirectoryWriter, RefusesWhatIsThereTwice) {
    const Workspace work;
    const auto writer = create(work.path("slim"));
    ASSERT_TRUE(
        writer->add_symlink({.path = "a", .kind = EntryKind::symlink, .target = work.path("outside")}));
    EXPECT_EQ(error_of(writer->add_bytes("a", 0644, as_bytes("x"))),
              "unavailable " + work.path("slim/a") + ": cannot create: File exists");
    EXPECT_FALSE(writer->add_bytes("a/b", 0644, as_bytes("x")));  // not through the symlink either
    EXPECT_FALSE(std::filesystem::exists(work.path("outside")));
}

TEST(DirectoryWriter, ReplacesInTwoStepsWhereNamesCannotBeExchanged) {
    const Workspace work;
    write_everything(work.path("slim"));
    auto next = TemporaryDirectory::create(work.path()).value();
    write_file(next.path() + "/new", "x");
    const auto replaced = replace_directory_in_two_steps(std::move(next), work.path("slim"));
    ASSERT_TRUE(replaced) << error_of(replaced);
    EXPECT_THAT(describe(*open_package(work.path("slim")).value()), ElementsAre("file 644 1 new"));
    EXPECT_THAT(work.names(), ElementsAre("slim"));
}

TEST(DirectoryWriter, PutsTheOldBackWhenTheSecondStepFails) {
    const Workspace work;
    write_everything(work.path("slim"));
    auto next = TemporaryDirectory::create(work.path()).value();
    ASSERT_TRUE(remove_all(next.path()));  // so that it cannot take the name
    EXPECT_EQ(error_of(replace_directory_in_two_steps(std::move(next), work.path("slim"))),
              "not_found " + work.path("slim") + ": cannot publish: No such file or directory");
    EXPECT_EQ(describe(*open_package(work.path("slim")).value()), k_everything);
    EXPECT_THAT(work.names(), ElementsAre("slim"));
}

TEST(ZipWriter, RefusesToReplaceAnythingButASlimPackage) {
    const Workspace work;
    const std::string hint = " (hint: name a place where nothing is yet, or remove it first)";
    {
        const auto writer = create(work.path("app.zip"));
        ASSERT_TRUE(writer->add_bytes("handler.js", 0644, as_bytes("x")));
        ASSERT_TRUE(writer->commit());
    }
    const std::string before = file_bytes(work.path("app.zip"));
    EXPECT_EQ(error_of(create_package(work.path("app.zip"), Replace::slim_package)),
              "usage " + work.path("app.zip") +
                  ": exists and is not a slim package, which alone would be replaced" + hint);
    EXPECT_EQ(file_bytes(work.path("app.zip")), before);
    ASSERT_EQ(::mkdir(work.path("dir.zip").c_str(), 0755), 0);
    EXPECT_EQ(error_of(create_package(work.path("dir.zip"), Replace::slim_package)),
              "usage " + work.path("dir.zip") + ": exists and is not a file" + hint);
    write_file(work.path("mktemp.zip"), "");
    write_everything(work.path("mktemp.zip"));
    EXPECT_EQ(describe(*open_package(work.path("mktemp.zip")).value()), k_everything);
}

TEST(ZipWriter, MakesTheSameBytesWhateverTheTimeZoneAndTheUmask) {
    const Workspace work;
    const char* before = std::getenv("TZ");
    const std::string zone_before = before == nullptr ? "" : before;
    ::setenv("TZ", "America/Los_Angeles", 1);
    ::tzset();
    write_everything(work.path("one.zip"));
    ::setenv("TZ", "Asia/Kolkata", 1);
    ::tzset();
    const mode_t umask_before = ::umask(0077);
    write_everything(work.path("two.zip"));
    ::umask(umask_before);
    if (before == nullptr) {
        ::unsetenv("TZ");
    } else {
        ::setenv("TZ", zone_before.c_str(), 1);
    }
    ::tzset();
    const std::string one = file_bytes(work.path("one.zip"));
    EXPECT_EQ(one, file_bytes(work.path("two.zip")));
    // The first local header's time and date: 1980-01-01 00:00.
    ASSERT_GT(one.size(), 30U);
    EXPECT_EQ(one.substr(10, 4), std::string("\0\0\x21\0", 4));
}

TEST(ZipWriter, SaysWhenTheDirectoryCannotBeWritten) {
    const Workspace work;
    {
        const auto writer = create(work.path("slim.zip"));
        NoiseReader noise(200'000);
        ASSERT_TRUE(writer->add_file({.path = "noise", .mode = 0644, .size = 200'000}, noise));
        const FileSizeLimit limit(100'000);
        EXPECT_EQ(error_of(writer->commit()),
                  "unavailable " + work.path("slim.zip") + ": cannot write: File too large");
    }
    EXPECT_THAT(work.names(), IsEmpty());
}

TEST(ZipWriter, StopsOnASignalBeforeItPublishes) {
    const Workspace work;
    const auto interrupted = [&] {
        catch_interrupts();
        std::unique_ptr<PackageWriter> writer = create(work.path("slim.zip"));
        add_everything(*writer);
        (void)::raise(SIGTERM);
        const auto committed = writer->commit();
        writer.reset();
        ::_exit(committed ? 0 : static_cast<int>(committed.error().code));
    };
    EXPECT_EXIT(interrupted(), ::testing::ExitedWithCode(130), "");
    EXPECT_THAT(work.names(), IsEmpty());
}

// What unzip(1) makes of it must be what went in.
TEST(ZipWriter, WritesWhatUnzipReads) {
    const Workspace work;
    write_everything(work.path("slim.zip"));
    ASSERT_EQ(std::system(("unzip -tq " + work.path("slim.zip") + " > /dev/null").c_str()), 0)
        << "needs unzip(1)";
    const std::string unzip = "cd " + work.path() + " && umask 0 && unzip -q slim.zip -d tree";
    ASSERT_EQ(std::system(unzip.c_str()), 0);
    const auto package = open_package(work.path("tree"));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ(describe(**package).size(), k_everything.size());
    for (const std::size_t i : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 9U})
        EXPECT_EQ(describe(**package)[i], k_everything[i]);
    EXPECT_EQ(bytes_of(**package, "closed/file"), "below a directory that cannot be written to");
}

TEST(ZipWriter, CountsPast65535Entries) {
    const Workspace work;
    constexpr std::size_t k_entries = 66'000;
    {
        const auto writer = create(work.path("many.zip"));
        for (std::size_t i = 0; i < k_entries; ++i) {
            ASSERT_TRUE(writer->add_bytes(std::to_string(100'000 + i), 0644, {}));
        }
        const auto committed = writer->commit();
        ASSERT_TRUE(committed) << error_of(committed);
    }
    const auto package = open_package(work.path("many.zip"));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ((*package)->entries().size(), k_entries);
}

}  // namespace
}  // namespace ballast
