#include "core/files.h"

#include "core/error.h"
#include "core/file_descriptor.h"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace keyconvoy {
namespace {

namespace fs = std::filesystem;

const ByteView content = asBytes("some bytes");

class FilesTest : public testing::Test {
protected:
    [[nodiscard]] fs::path in(std::string_view name) const { return m_folder.path() / name; }

    [[nodiscard]] std::size_t filesThere() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator{m_folder.path()}, fs::directory_iterator{}));
    }

    static ErrorKind kindOf(const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& error) {
            EXPECT_FALSE(error.failure().remedy.empty());
            return error.kind();
        }
        ADD_FAILURE() << "nothing was thrown";
        return ErrorKind::Internal;
    }

    TemporaryFolder m_folder{"keyconvoy-files-test"};
};

using WriteNewFile = FilesTest;
using ReadFile = FilesTest;
using CheckNotThere = FilesTest;

TEST_F(WriteNewFile, ReturnsTheFingerprintOfWhatStandsThere) {
    EXPECT_EQ(writeNewFile(in("a"), content), Fingerprint::of(content));
    EXPECT_EQ(asText(readFile(in("a"), 100)), "some bytes");
}

TEST_F(WriteNewFile, NothingIsAFileToo) {
    EXPECT_EQ(writeNewFile(in("a"), {}), Fingerprint::of({}));
    EXPECT_TRUE(readFile(in("a"), 0).empty());
}

TEST_F(WriteNewFile, NeverOverwrites) {
    writeNewFile(in("a"), asBytes("old"));
    EXPECT_EQ(kindOf([&] { writeNewFile(in("a"), content); }), ErrorKind::Refused);
    EXPECT_EQ(asText(readFile(in("a"), 100)), "old");
}

TEST_F(WriteNewFile, NeverFollowsALinkThatLeadsNowhere) {
    fs::create_symlink(in("elsewhere"), in("a"));
    EXPECT_EQ(kindOf([&] { writeNewFile(in("a"), content); }), ErrorKind::Refused);
    EXPECT_FALSE(fs::exists(in("elsewhere")));
    EXPECT_TRUE(fs::is_symlink(in("a")));
}

TEST_F(WriteNewFile, TheModeIsAsAskedFor) {
    const mode_t old = ::umask(022);
    writeNewFile(in("everybody"), content);
    writeNewFile(in("owner"), content, FileAccess::OwnerOnly);
    ::umask(old);
    struct stat status {};
    ASSERT_EQ(::stat(in("everybody").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0644U);
    ASSERT_EQ(::stat(in("owner").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(WriteNewFile, AMissingFolderIsNotFound) {
    EXPECT_EQ(kindOf([&] { writeNewFile(in("no") / "a", content); }), ErrorKind::NotFound);
}

TEST_F(WriteNewFile, AFullDiskLeavesNothingBehind) {
    // A limit on the file's size stops the write after a part of it, as a full disk does; the signal would end the process.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit small = before;
    small.rlim_cur = 4096;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    const ErrorKind kind = kindOf([&] { writeNewFile(in("a"), Bytes(10'000)); });
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_EQ(kind, ErrorKind::Unavailable);
    EXPECT_EQ(filesThere(), 0U);
}

TEST_F(ReadFile, AMissingFileIsNotFound) {
    EXPECT_EQ(kindOf([&] { static_cast<void>(readFile(in("a"), 10)); }), ErrorKind::NotFound);
}

TEST_F(ReadFile, TheLimitIsTheLastSizeTaken) {
    writeNewFile(in("a"), content);
    EXPECT_EQ(readFile(in("a"), content.size()).size(), content.size());
    EXPECT_EQ(kindOf([&] { static_cast<void>(readFile(in("a"), content.size() - 1)); }), ErrorKind::InvalidInput);
}

TEST_F(ReadFile, AFolderIsNoFile) {
    EXPECT_EQ(kindOf([&] { static_cast<void>(readFile(m_folder.path(), 10)); }), ErrorKind::InvalidInput);
}

TEST_F(ReadFile, AnEndlessStreamEndsAtTheLimit) {
    EXPECT_EQ(kindOf([] { static_cast<void>(readFile("/dev/zero", 100'000)); }), ErrorKind::InvalidInput);
}

TEST_F(ReadFile, APipeIsReadToItsEnd) {
    ASSERT_EQ(::mkfifo(in("pipe").c_str(), 0600), 0);
    std::jthread writer{[this] { std::ofstream{in("pipe")} << std::string(100'000, 'x'); }};
    EXPECT_EQ(readFile(in("pipe"), 200'000).size(), 100'000U);
}

TEST_F(ReadFile, TheMessageNamesTheFileAndWhatTheSystemSaid) {
    try {
        static_cast<void>(readFile("/no/such/file", 10));
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "file /no/such/file: it cannot be opened: No such file or directory");
    }
}

TEST_F(CheckNotThere, OnlyAFreeNamePasses) {
    EXPECT_NO_THROW(checkNotThere(in("a")));
    fs::create_symlink("nowhere", in("link"));
    writeNewFile(in("file"), content);
    for (const std::string_view taken : {"link", "file", "."}) {
        EXPECT_EQ(kindOf([&] { checkNotThere(in(taken)); }), ErrorKind::Refused) << taken;
    }
}

TEST(TemporaryFolder, BelongsToItsOwnerAndIsGoneAfterwards) {
    fs::path path;
    {
        const TemporaryFolder folder{"keyconvoy-test"};
        path = folder.path();
        EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
        EXPECT_THAT(path.filename().string(), testing::StartsWith("keyconvoy-test-"));
        fs::create_directories(path / "a" / "b");
        std::ofstream{path / "a" / "file"} << "x";
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, StandsWhereTmpdirSays) {
    const TemporaryFolder outer{"keyconvoy-test"};
    const fs::path elsewhere = outer.path() / "with a space";
    fs::create_directory(elsewhere);
    ::setenv("TMPDIR", elsewhere.c_str(), 1);  // each test is a process of its own
    const TemporaryFolder inner{"keyconvoy-test"};
    ::unsetenv("TMPDIR");
    EXPECT_EQ(inner.path().parent_path(), elsewhere);
}

TEST(TemporaryFolder, NoPlaceForItIsAnError) {
    ::setenv("TMPDIR", "/no/such/folder", 1);  // each test is a process of its own
    EXPECT_THROW(TemporaryFolder{"keyconvoy-test"}, Error);
    ::unsetenv("TMPDIR");
}

TEST_F(ReadFile, APipeIsReadWhenItsWriterComes) {
    const fs::path pipe = in("pipe");
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    const std::jthread writer{[&pipe] { std::ofstream{pipe} << "late"; }};
    EXPECT_EQ(asText(readFile(pipe, 100)), "late");
}

TEST_F(ReadFile, WaitingForAPipesWriterEndsWhenAStopIsRequested) {
    const fs::path pipe = in("pipe");
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    std::stop_source stop;
    const std::jthread stopper{[&] {
        const FileDescriptor writer{open(pipe.c_str(), O_WRONLY | O_CLOEXEC)};  // opens when the pipe is being read
        stop.request_stop();
    }};
    EXPECT_EQ(kindOf([&] { static_cast<void>(readFile(pipe, 100, stop.get_token())); }), ErrorKind::Cancelled);
}

}  // namespace
}  // namespace keyconvoy
