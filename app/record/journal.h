#pragma once

#include "app/record/chain.h"
#include "core/file_descriptor.h"
#include "core/strict_json.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace keyconvoy::app {

/// The record while it is written: each entry is on the disk when append() returns. One process has it at a time. What an entry
/// announces is done after append(), so after a crash nothing was done that no entry tells of.
class Journal {
public:
    struct Place {
        std::filesystem::path file;
        Mode mode = Mode::Production;
        std::string station;
    };
    /// A line that a crash left unfinished: nobody was told that it stands.
    struct TornLine {
        std::size_t octets = 0;
        Fingerprint sha256;
    };

    /// Throws Refused when the file is there already, Unavailable when it cannot be made.
    [[nodiscard]] static Journal begin(Place place, Clock clock);
    /// Goes on with one that was broken off: follows its chain to the end and takes an unfinished last line away. Throws
    /// NotFound, Refused when another process has it or it is of another mode or station, Integrity when the chain is broken.
    /// `observe` sees each line.
    [[nodiscard]] static Journal resume(Place place, Clock clock, const std::function<void(const RecordLine&)>& observe = {});

    /// `body` is an object. Writes one line in one piece and syncs it. Gives its hash, the new head. Throws Unavailable when it
    /// does not reach the disk; the file then ends as before, and nothing more is taken: what cannot be written down is not to be
    /// done.
    Fingerprint append(std::string_view kind, const Json& body);

    [[nodiscard]] std::uint64_t lines() const { return m_lines; }
    [[nodiscard]] const Fingerprint& head() const { return m_head; }
    [[nodiscard]] const std::optional<TornLine>& tornLine() const { return m_torn; }

private:
    Journal(Place place, Clock clock, FileDescriptor file);
    void lock() const;
    [[nodiscard]] std::uint64_t follow(const std::function<void(const RecordLine&)>& observe);
    void takeTornLineAway(std::uint64_t wholeOctets, ByteView torn);
    [[noreturn]] void failAppending(int error);
    [[nodiscard]] Error unavailable(Text cause) const;

    Place m_place;
    Clock m_clock;
    FileDescriptor m_file;
    std::uint64_t m_lines = 0;
    std::uint64_t m_octets = 0;  ///< of whole lines
    Fingerprint m_head;
    std::optional<TornLine> m_torn;
    bool m_broken = false;
};

}  // namespace keyconvoy::app
