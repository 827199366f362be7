#pragma once

#include "core/file_descriptor.h"
#include "core/secret_bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::cli {

/// The controlling terminal (/dev/tty), whatever stdin and stdout are. Prompts go to stderr, or to the terminal itself when
/// stderr is redirected.
class Terminal {
public:
    /// Absent when this process has none: in CI, under cron, behind a pipe without a session.
    [[nodiscard]] static std::optional<Terminal> open();

    /// One line with echo off; the settings are restored on every path. Throws Cancelled at end of input or when a signal asked
    /// to stop.
    [[nodiscard]] SecretBytes askSecret(std::string_view prompt);
    /// One line, echoed, without its end.
    [[nodiscard]] std::string askLine(std::string_view prompt);

private:
    explicit Terminal(FileDescriptor descriptor) : m_descriptor{std::move(descriptor)} {}
    void show(std::string_view text) const;
    /// Throws Cancelled at end of input and when a signal asked to stop.
    [[nodiscard]] SecretBytes readLine();

    FileDescriptor m_descriptor;
};

}  // namespace keyconvoy::cli
