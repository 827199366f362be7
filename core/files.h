#pragma once

#include "core/bytes.h"
#include "core/fingerprint.h"

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string_view>

namespace keyconvoy {

/// The whole file, which may also be a pipe: its writer is waited for until a stop is requested. Throws NotFound when it is not
/// there, InvalidInput when it is larger than `limit` octets or nothing that can be read, Unavailable when it cannot be read,
/// Cancelled when a stop was requested.
[[nodiscard]] Bytes readFile(const std::filesystem::path& path, std::size_t limit, const std::stop_token& stop = {});

enum class FileAccess : std::uint8_t {
    Everybody,  ///< mode 0644 less the umask
    OwnerOnly,  ///< mode 0600
};

/// Writes a file that must not exist yet, syncs it and its folder, reads it back and compares. Returns the SHA-256 of what
/// was read back. On any failure (disk full, say) nothing is left under that name. Throws Refused when the name is taken,
/// Unavailable when it cannot be written, Integrity when the read-back differs.
Fingerprint writeNewFile(const std::filesystem::path& path, ByteView content, FileAccess access = FileAccess::Everybody);

/// Throws Refused when something has this name already; for checking every output before any work is done.
void checkNotThere(const std::filesystem::path& path);
/// Found out before the work whose result goes there. Throws NotFound when there is no such folder, Refused when this user cannot
/// write in it.
void checkFolderTakesFiles(const std::filesystem::path& folder);
/// Both, for a file that is written last.
void checkCanBeMade(const std::filesystem::path& file);

/// A fresh folder (mode 0700) under $TMPDIR or /tmp, removed with all it holds on destruction.
class TemporaryFolder {
public:
    explicit TemporaryFolder(std::string_view namePrefix);
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

private:
    std::filesystem::path m_path;
};

}  // namespace keyconvoy
