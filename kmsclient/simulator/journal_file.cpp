#include "kmsclient/simulator/journal_file.h"

#include "core/error.h"
#include "core/fingerprint.h"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <system_error>

namespace keyconvoy::kms::simulator {

namespace {

constexpr std::size_t checksumDigits = 64;
constexpr std::string_view chainStart = "keyconvoy-kms-simulator journal 1";

Text placeOf(const std::filesystem::path& path) {
    return KC_TEXT("Simulator", "state file %1").with(path.string());
}

[[noreturn]] void throwUnavailable(const std::filesystem::path& path, int number) {
    throw Error{ErrorKind::Unavailable, placeOf(path),
                KC_TEXT("Simulator", "it cannot be read or written: %1").with(std::generic_category().message(number)),
                KC_TEXT("Simulator", "check the space on the disk and the permissions, or name another state folder")};
}

[[noreturn]] void throwDamaged(const std::filesystem::path& path, std::uint64_t lineNumber) {
    throw Error{ErrorKind::Integrity, placeOf(path),
                KC_TEXT("Simulator", "it is damaged: line %1 is not what was written").with(lineNumber),
                KC_TEXT("Simulator", "bring the folder back from a copy, or start with another state folder")};
}

std::string checksumOf(std::string_view before, std::string_view line) {
    std::string chained{before};
    chained += '\n';
    chained += line;
    return Fingerprint::of(asBytes(chained)).hex();
}

std::string sealed(std::string_view checksum, std::string_view line) {
    std::string text{checksum};
    text += ' ';
    text += line;
    text += '\n';
    return text;
}

/// False with errno set.
bool writeAll(int file, std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t written = ::write(file, octets.data(), octets.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        octets.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

void syncFolderOf(const std::filesystem::path& path) {
    const FileDescriptor folder{::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!folder.valid() || ::fsync(folder.get()) != 0) {
        throwUnavailable(path, errno);
    }
}

}  // namespace

void JournalFile::replace(const std::filesystem::path& path, const std::vector<std::string>& lines) {
    const std::filesystem::path fresh = path.string() + ".new";
    const FileDescriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    std::string checksum{chainStart};
    bool written = file.valid();
    for (const std::string& line : lines) {
        checksum = checksumOf(checksum, line);
        written = written && writeAll(file.get(), sealed(checksum, line));
    }
    if (!written || ::fsync(file.get()) != 0 || ::rename(fresh.c_str(), path.c_str()) != 0) {
        const int number = errno;
        ::unlink(fresh.c_str());
        throwUnavailable(path, number);
    }
    syncFolderOf(path);
}

JournalFile::JournalFile(const std::filesystem::path& path, const Take& take)
    : m_path{path}, m_file{::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)}, m_checksum{chainStart} {
    if (!m_file.valid()) {
        throwUnavailable(m_path, errno);
    }
    read(take);
}

void JournalFile::read(const Take& take) {
    std::ifstream stream{m_path, std::ios::binary};
    std::string text;
    for (std::uint64_t number = 1; std::getline(stream, text); ++number) {
        const bool ended = !stream.eof();
        const std::string_view line = std::string_view{text}.substr(std::min(checksumDigits + 1, text.size()));
        std::string checksum = checksumOf(m_checksum, line);
        if (ended && text.starts_with(checksum + " ")) {
            take(line);
            m_checksum = std::move(checksum);
            m_end += text.size() + 1;
        } else if (number > 1 && (!ended || stream.peek() == std::ifstream::traits_type::eof())) {
            dropTail(text.size() + (ended ? 1 : 0));
            return;
        } else {
            throwDamaged(m_path, number);
        }
    }
    if (stream.bad()) {
        throwUnavailable(m_path, EIO);
    }
    if (m_end == 0) {
        throwDamaged(m_path, 1);
    }
}

/// Only the line that was being written when the program ended can be unfinished: nobody was told that it counts.
void JournalFile::dropTail(std::uint64_t size) {
    m_dropped = size;
    if (::ftruncate(m_file.get(), static_cast<off_t>(m_end)) != 0 || ::fsync(m_file.get()) != 0) {
        throwUnavailable(m_path, errno);
    }
}

bool JournalFile::append(std::string_view line) {
    if (!m_usable) {
        return false;
    }
    std::string checksum = checksumOf(m_checksum, line);
    const std::string octets = sealed(checksum, line);
    if (!writeAll(m_file.get(), octets)) {
        m_usable = ::ftruncate(m_file.get(), static_cast<off_t>(m_end)) == 0;
        return false;
    }
    if (::fsync(m_file.get()) != 0) {
        m_usable = false;  // the kernel forgets what it could not write: nobody can say what is on the disk
        return false;
    }
    m_checksum = std::move(checksum);
    m_end += octets.size();
    return true;
}

}  // namespace keyconvoy::kms::simulator
