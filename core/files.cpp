#include "core/files.h"

#include "core/error.h"
#include "core/file_descriptor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <system_error>

namespace keyconvoy {

namespace {

Text filePlace(const std::filesystem::path& path) {
    return KC_TEXT("Files", "file %1").with(path.string());
}

std::string systemText(int number) {
    return std::generic_category().message(number);
}

[[noreturn]] void throwFileError(const std::filesystem::path& path, Text cause, int number) {
    throw Error{
        number == ENOENT ? ErrorKind::NotFound : ErrorKind::Unavailable, filePlace(path),
        std::move(cause).with(systemText(number)),
        number == ENOSPC || number == EDQUOT || number == EFBIG
            ? KC_TEXT("Files", "free some space on this disk, or name another folder; no part of the file was left behind")
            : KC_TEXT("Files", "check the name and the permissions of the file and its folder")};
}

struct stat statusOf(const std::filesystem::path& path, int descriptor) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0) {
        throwFileError(path, KC_TEXT("Files", "its state cannot be read: %1"), errno);
    }
    return status;
}

bool isStream(const struct stat& status) {
    return S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode);
}

std::size_t checkedSize(const std::filesystem::path& path, const struct stat& status, std::size_t limit) {
    if (!S_ISREG(status.st_mode) && !isStream(status)) {
        throw Error{ErrorKind::InvalidInput, filePlace(path), KC_TEXT("Files", "it is no file that can be read"),
                    KC_TEXT("Files", "name a regular file")};
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > limit) {
        throw Error{ErrorKind::InvalidInput, filePlace(path),
                    KC_TEXT("Files", "it has %1 bytes; at most %2 are read").with(size).with(limit),
                    KC_TEXT("Files", "check that this is the file you mean")};
    }
    return size;
}

/// Waits for the writer of a pipe, as long as it takes or until a stop is requested.
class StreamWait {
public:
    StreamWait(const std::filesystem::path& path, int stream, const std::stop_token& stop)
        : m_path{path}, m_stream{stream}, m_stopped{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}, m_onStop{stop, [this] {
                                                                                                            ::eventfd_write(
                                                                                                                m_stopped.get(),
                                                                                                                1);
                                                                                                        }} {}

    void untilReadable() const {
        std::array<pollfd, 2> waiting{pollfd{.fd = m_stream, .events = POLLIN, .revents = 0},
                                      pollfd{.fd = m_stopped.get(), .events = POLLIN, .revents = 0}};
        while (::poll(waiting.data(), waiting.size(), -1) < 0) {
        }
        if (waiting[1].revents != 0) {
            throw Error{ErrorKind::Cancelled, filePlace(m_path),
                        KC_TEXT("Files", "it was asked to stop while it waited for what is to come through this pipe"),
                        KC_TEXT("Files", "name a regular file, or see that something writes into the pipe")};
        }
    }

private:
    const std::filesystem::path& m_path;
    int m_stream;
    FileDescriptor m_stopped;
    std::stop_callback<std::function<void()>> m_onStop;
};

void writeAll(const std::filesystem::path& path, int descriptor, ByteView content) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            throwFileError(path, KC_TEXT("Files", "it cannot be written: %1"), written < 0 ? errno : EIO);
        }
        content = content.subspan(static_cast<std::size_t>(written));
    }
}

void syncFolderOf(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
    const FileDescriptor descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    // Some file systems cannot sync a folder (EINVAL); the file itself has been synced then.
    if (descriptor.valid()) {
        ::fsync(descriptor.get());
    }
}

[[noreturn]] void throwNameTaken(const std::filesystem::path& path) {
    throw Error{ErrorKind::Refused, filePlace(path),
                KC_TEXT("Files", "a file of this name is there already; nothing is overwritten"),
                KC_TEXT("Files", "move it away, or name another output")};
}

/// Removes a file that was created here unless it was completed.
class UnfinishedFile {
public:
    explicit UnfinishedFile(const std::filesystem::path& path) : m_path{path} {}
    UnfinishedFile(const UnfinishedFile&) = delete;
    UnfinishedFile& operator=(const UnfinishedFile&) = delete;
    ~UnfinishedFile() {
        if (!m_finished) {
            ::unlink(m_path.c_str());
        }
    }
    void finish() noexcept { m_finished = true; }

private:
    const std::filesystem::path& m_path;
    bool m_finished = false;
};

}  // namespace

Bytes readFile(const std::filesystem::path& path, std::size_t limit, const std::stop_token& stop) {
    // Opening a pipe that nobody writes to would wait where no stop request reaches.
    const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!file.valid()) {
        throwFileError(path, KC_TEXT("Files", "it cannot be opened: %1"), errno);
    }
    const struct stat status = statusOf(path, file.get());
    Bytes content(checkedSize(path, status, limit) + 1);  // one more, to see that it did not grow
    std::optional<StreamWait> writer;
    if (isStream(status)) {
        writer.emplace(path, file.get(), stop);
    }
    std::size_t filled = 0;
    for (;;) {
        if (writer) {
            writer->untilReadable();
        }
        const ssize_t count = ::read(file.get(), content.data() + filled, content.size() - filled);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (count < 0) {
            throwFileError(path, KC_TEXT("Files", "it cannot be read: %1"), errno);
        }
        if (count == 0) {
            break;
        }
        filled += static_cast<std::size_t>(count);
        if (filled > limit) {
            throw Error{ErrorKind::InvalidInput, filePlace(path), KC_TEXT("Files", "it has more than %1 bytes").with(limit),
                        KC_TEXT("Files", "check that this is the file you mean")};
        }
        if (filled == content.size()) {
            content.resize(std::min(content.size() * 2, limit + 1));
        }
    }
    content.resize(filled);
    return content;
}

Fingerprint writeNewFile(const std::filesystem::path& path, ByteView content, FileAccess access) {
    const mode_t mode = access == FileAccess::OwnerOnly ? 0600 : 0644;
    const FileDescriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)};
    if (!file.valid()) {
        if (errno == EEXIST) {
            throwNameTaken(path);
        }
        throwFileError(path, KC_TEXT("Files", "it cannot be created: %1"), errno);
    }
    UnfinishedFile unfinished{path};
    writeAll(path, file.get(), content);
    if (::fsync(file.get()) != 0) {
        throwFileError(path, KC_TEXT("Files", "it cannot be brought to the disk: %1"), errno);
    }
    syncFolderOf(path);
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);  // so that the read-back asks the medium, where it can
    const Bytes readBack = readFile(path, content.size() + 1);
    if (!std::ranges::equal(readBack, content)) {
        throw Error{ErrorKind::Integrity, filePlace(path), KC_TEXT("Files", "what was read back differs from what was written"),
                    KC_TEXT("Files", "do not trust this disk or medium; use another")};
    }
    unfinished.finish();
    return Fingerprint::of(readBack);
}

void checkNotThere(const std::filesystem::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) {
        throwNameTaken(path);
    }
}

void checkFolderTakesFiles(const std::filesystem::path& folder) {
    const Text place = KC_TEXT("Files", "folder %1").with(folder.string());
    std::error_code unknown;
    if (!std::filesystem::is_directory(folder, unknown)) {
        throw Error{ErrorKind::NotFound, place, KC_TEXT("Files", "there is no such folder"),
                    KC_TEXT("Files", "make the folder, or name another one for the files")};
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        throw Error{ErrorKind::Refused, place,
                    KC_TEXT("Files", "nothing can be written there: %1").with(std::generic_category().message(errno)),
                    KC_TEXT("Files", "let this user write there, or name another folder for the files; nothing was made yet")};
    }
}

void checkCanBeMade(const std::filesystem::path& file) {
    checkNotThere(file);
    checkFolderTakesFiles(std::filesystem::absolute(file).parent_path());
}

TemporaryFolder::TemporaryFolder(std::string_view namePrefix) {
    const char* configured = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
    std::string pattern = configured != nullptr && *configured != '\0' ? configured : "/tmp";
    pattern += "/" + std::string{namePrefix} + "-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
        throwFileError(pattern,
                       configured != nullptr ? KC_TEXT("Files", "no temporary folder can be made where TMPDIR says: %1")
                                             : KC_TEXT("Files", "no temporary folder can be made: %1"),
                       errno);
    }
    m_path = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

}  // namespace keyconvoy
