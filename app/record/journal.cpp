#include "app/record/journal.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace keyconvoy::app {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono;

constexpr std::size_t longestLine = std::size_t{16} << 20U;

Text placeOf(const fs::path& file) {
    return KC_TEXT("Journal", "journal %1").with(file.string());
}

std::string wordsOf(int error) {
    return std::strerror(error);  // NOLINT(concurrency-mt-unsafe)
}

/// "+02:00"
std::string localOffset(TimePoint time) {
    const std::time_t seconds = system_clock::to_time_t(floor<system_clock::duration>(time));
    std::tm local{};
    localtime_r(&seconds, &local);
    std::array<char, 8> text{};
    std::strftime(text.data(), text.size(), "%z", &local);  // "+0200"
    const std::string digits{text.data()};
    return digits.size() == 5 ? digits.substr(0, 3) + ":" + digits.substr(3) : "+00:00";
}

/// Suspended time counts: it is the clock that nobody sets.
milliseconds sinceStart() {
    std::timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return duration_cast<milliseconds>(seconds{time.tv_sec} + nanoseconds{time.tv_nsec});
}

bool writeWhole(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void syncFolderOf(const fs::path& file) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path{"."};
    const FileDescriptor descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!descriptor.valid() || ::fsync(descriptor.get()) != 0) {
        throw Error{ErrorKind::Unavailable, placeOf(file),
                    KC_TEXT("Journal", "its folder cannot be synced: %1").with(wordsOf(errno)),
                    KC_TEXT("Journal", "use a folder on a disk of this machine")};
    }
}

/// The lines of a file, one at a time.
class LineSource {
public:
    explicit LineSource(int file) : m_file{file} {}

    /// With its LF; without one at the end of the file; empty when nothing is left.
    std::string next() {
        std::string line;
        while (line.size() <= longestLine) {
            const std::size_t end = m_buffer.find('\n', m_begin);
            if (end != std::string::npos) {
                line.append(m_buffer, m_begin, end + 1 - m_begin);
                m_begin = end + 1;
                return line;
            }
            line.append(m_buffer, m_begin);
            if (!fill()) {
                return line;
            }
        }
        return line;  // no line of ours: the reader of the chain says so
    }

private:
    bool fill() {
        m_buffer.resize(std::size_t{64} * 1024U);
        m_begin = 0;
        ssize_t count = -1;
        do {
            count = ::read(m_file, m_buffer.data(), m_buffer.size());
        } while (count < 0 && errno == EINTR);
        m_buffer.resize(count > 0 ? static_cast<std::size_t>(count) : 0U);
        return count > 0;
    }

    int m_file;
    std::string m_buffer;
    std::size_t m_begin = 0;
};

}  // namespace

Journal::Journal(Place place, Clock clock, FileDescriptor file)
    : m_place{std::move(place)}, m_clock{std::move(clock)}, m_file{std::move(file)}, m_head{rootOfRecord(m_place.mode)} {
    lock();
}

Journal Journal::begin(Place place, Clock clock) {
    FileDescriptor file{::open(place.file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (const int error = errno; !file.valid()) {
        throw error == EEXIST
            ? Error{ErrorKind::Refused, placeOf(place.file), KC_TEXT("Journal", "there is a file of this name already"),
                    KC_TEXT("Journal", "go on with it, or choose another folder: a record is never written over")}
            : Error{ErrorKind::Unavailable, placeOf(place.file), KC_TEXT("Journal", "it cannot be made: %1").with(wordsOf(error)),
                    KC_TEXT("Journal", "make the folder, or give write permission there")};
    }
    Journal journal{std::move(place), std::move(clock), std::move(file)};
    syncFolderOf(journal.m_place.file);
    return journal;
}

Journal Journal::resume(Place place, Clock clock, const std::function<void(const RecordLine&)>& observe) {
    FileDescriptor file{::open(place.file.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW)};
    if (const int error = errno; !file.valid()) {
        throw Error{error == ENOENT ? ErrorKind::NotFound : ErrorKind::Unavailable, placeOf(place.file),
                    KC_TEXT("Journal", "it cannot be opened: %1").with(wordsOf(error)),
                    KC_TEXT("Journal", "check the name and the permissions of the file and its folder")};
    }
    Journal journal{std::move(place), std::move(clock), std::move(file)};
    journal.m_octets = journal.follow(observe);
    return journal;
}

void Journal::lock() const {
    if (::flock(m_file.get(), LOCK_EX | LOCK_NB) != 0) {
        throw Error{ErrorKind::Refused, placeOf(m_place.file), KC_TEXT("Journal", "another process writes it"),
                    KC_TEXT("Journal", "end that one first; two that write one record would break it")};
    }
}

/// Gives the octets of the whole lines.
std::uint64_t Journal::follow(const std::function<void(const RecordLine&)>& observe) {
    LineSource source{m_file.get()};
    ChainReader chain;
    std::uint64_t octets = 0;
    for (std::string line = source.next(); !line.empty(); line = source.next()) {
        if (!line.ends_with('\n') && line.size() <= longestLine) {
            takeTornLineAway(octets, asBytes(line));
            break;
        }
        const RecordLine taken = chain.take(line);
        if (taken.mode != m_place.mode || taken.station != m_place.station) {
            throw Error{
                ErrorKind::Refused, placeOf(m_place.file),
                KC_TEXT("Journal", "it is of the station \"%1\", in the mode %2").with(taken.station).with(inWords(taken.mode)),
                KC_TEXT("Journal", "go on with it there, and in that mode")};
        }
        octets += line.size();
        if (observe) {
            observe(taken);
        }
    }
    m_lines = chain.lines();
    m_head = m_lines == 0 ? rootOfRecord(m_place.mode) : chain.head();
    return octets;
}

void Journal::takeTornLineAway(std::uint64_t wholeOctets, ByteView torn) {
    m_torn = TornLine{torn.size(), Fingerprint::of(torn)};
    if (::ftruncate(m_file.get(), static_cast<off_t>(wholeOctets)) != 0 || ::fdatasync(m_file.get()) != 0) {
        throw unavailable(KC_TEXT("Journal", "its unfinished last line cannot be taken away: %1").with(wordsOf(errno)));
    }
}

Fingerprint Journal::append(std::string_view kind, const Json& body) {
    if (m_broken) {
        throw unavailable(KC_TEXT("Journal", "an entry before this one did not reach the disk"));
    }
    const TimePoint now = m_clock();
    const std::string line = toLine({.n = m_lines + 1,
                                     .time = now,
                                     .zone = localOffset(now),
                                     .monotonic = sinceStart(),
                                     .mode = m_place.mode,
                                     .station = m_place.station,
                                     .kind = std::string{kind},
                                     .body = body.dump(-1, ' ', false, Json::error_handler_t::replace),
                                     .previous = m_head});
    if (!writeWhole(m_file.get(), line) || ::fdatasync(m_file.get()) != 0) {
        failAppending(errno);
    }
    ++m_lines;
    m_octets += line.size();
    m_head = hashOfLine(line);
    return m_head;
}

/// What reached the file of this line is taken away again, as far as that goes; else it is a torn line for the next one.
void Journal::failAppending(int error) {
    m_broken = true;
    static_cast<void>(::ftruncate(m_file.get(), static_cast<off_t>(m_octets)) == 0 && ::fdatasync(m_file.get()) == 0);
    throw unavailable(KC_TEXT("Journal", "an entry cannot be written: %1").with(wordsOf(error)));
}

Error Journal::unavailable(Text cause) const {
    return Error{
        ErrorKind::Unavailable, placeOf(m_place.file), std::move(cause),
        KC_TEXT("Journal", "make room on that disk, then go on with this journal; nothing was done that it does not tell of")};
}

}  // namespace keyconvoy::app
