#pragma once

#include "app/station/station.h"
#include "core/clock.h"
#include "core/fingerprint.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// The lines of a record: one JSON object each, chained by the SHA-256 of the exact octets of the line before. Anybody checks it
/// with sha256sum.
namespace keyconvoy::app {

/// What one line says of itself.
struct RecordLine {
    std::uint64_t n = 0;                     ///< from 1
    TimePoint time;                          ///< this machine's clock, in milliseconds
    std::string zone;                        ///< local offset from UTC then: "+02:00"
    std::chrono::milliseconds monotonic{0};  ///< since this machine started: goes on when somebody sets the clock
    Mode mode = Mode::Production;
    std::string station;
    std::string kind;  ///< "step.begins"
    std::string body;  ///< a JSON object
    Fingerprint previous;
};

/// What the first line names as the one before it.
[[nodiscard]] Fingerprint rootOfRecord(Mode mode);
/// The line with its LF; the members stand in the order in which they are declared above.
[[nodiscard]] std::string toLine(const RecordLine& line);
/// Of the line with its LF.
[[nodiscard]] Fingerprint hashOfLine(std::string_view lineWithLf);

/// Follows a chain from its first line. Each line is taken with its LF.
class ChainReader {
public:
    /// Throws Integrity, naming the line, when it is no line of a record, or not the one that follows.
    RecordLine take(std::string_view lineWithLf);

    [[nodiscard]] std::uint64_t lines() const { return m_lines; }
    /// Of the line that was taken last.
    [[nodiscard]] const Fingerprint& head() const { return m_head; }

private:
    [[nodiscard]] Error broken(Text cause) const;
    void checkFollows(const RecordLine& line) const;

    std::uint64_t m_lines = 0;
    Fingerprint m_head;
    Mode m_mode = Mode::Production;
    std::string m_station;
};

}  // namespace keyconvoy::app
