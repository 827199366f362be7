#pragma once

#include "core/file_descriptor.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyconvoy::kms::simulator {

/// A file of lines that only grows: each is on the disk before the next is written, and carries a SHA-256 over itself and all
/// lines before it. What a sudden end left of the last line is recognised and dropped; a line that was changed, or is missing, is
/// damage. For one thread at a time.
class JournalFile {
public:
    using Take = std::function<void(std::string_view line)>;

    /// Makes a file with these lines in place of what has the name, at once or not at all. Throws Unavailable when it cannot be
    /// written.
    static void replace(const std::filesystem::path& path, const std::vector<std::string>& lines);

    /// Reads a file that replace() made, in order. Throws Integrity for damage, Unavailable when it cannot be read or written.
    JournalFile(const std::filesystem::path& path, const Take& take);

    /// Adds one line and syncs it. False when that failed, on a full disk say: then the file is as it was, or, when not even that
    /// can be known, nothing will ever be added again.
    [[nodiscard]] bool append(std::string_view line);

    [[nodiscard]] std::uint64_t sizeBytes() const noexcept { return m_end; }
    /// How long the unfinished line was that was dropped; 0: there was none.
    [[nodiscard]] std::uint64_t droppedBytes() const noexcept { return m_dropped; }

private:
    void read(const Take& take);
    void dropTail(std::uint64_t size);

    std::filesystem::path m_path;
    FileDescriptor m_file;
    std::string m_checksum;  ///< of the last line
    std::uint64_t m_end = 0;
    std::uint64_t m_dropped = 0;
    bool m_usable = true;
};

}  // namespace keyconvoy::kms::simulator
