#include "app/cli/terminal.h"

#include "app/cli/line_reader.h"
#include "app/cli/stop_signals.h"
#include "core/error.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace keyconvoy::cli {

namespace {

constexpr std::size_t longestAnswer = 1024;

/// Echo off while this lives. The keys that would stop or abort the process with the echo still off are switched off as well;
/// Ctrl-C stays, its handler restores the terminal.
class EchoOff {
public:
    explicit EchoOff(int terminal) : m_terminal{terminal} {
        if (tcgetattr(terminal, &m_before) != 0) {
            throw Error{ErrorKind::Unavailable, KC_TEXT("CommandLine", "the terminal"),
                        KC_TEXT("CommandLine", "its echo cannot be switched off, so a PIN would be visible"),
                        KC_TEXT("CommandLine", "use another terminal, or --pin-source file:PATH or --pin-source fd:NUMBER")};
        }
        restoreAtSignal(terminal, &m_before);
        termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
        quiet.c_lflag |= ICANON | ISIG;
        quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
        quiet.c_cc[VQUIT] = _POSIX_VDISABLE;
        tcsetattr(terminal, TCSAFLUSH, &quiet);
    }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;
    ~EchoOff() {
        tcsetattr(m_terminal, TCSADRAIN, &m_before);
        restoreAtSignal(-1, nullptr);
    }

private:
    int m_terminal;
    termios m_before{};
};

[[noreturn]] void throwCancelled() {
    throw Error{ErrorKind::Cancelled, KC_TEXT("CommandLine", "the question at the terminal"),
                KC_TEXT("CommandLine", "it was not answered"),
                KC_TEXT("CommandLine", "start the command again when you are ready; nothing was done for this answer")};
}

}  // namespace

std::optional<Terminal> Terminal::open() {
    FileDescriptor descriptor{::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)};
    return descriptor.valid() ? std::optional{Terminal{std::move(descriptor)}} : std::nullopt;
}

void Terminal::show(std::string_view text) const {
    const int target = isatty(STDERR_FILENO) == 1 ? STDERR_FILENO : m_descriptor.get();
    [[maybe_unused]] const auto written = write(target, text.data(), text.size());
}

SecretBytes Terminal::readLine() {
    SecretLine line = readSecretLine(m_descriptor.get(), longestAnswer);
    if (line.end == LineEnd::NothingRead || line.end == LineEnd::Stopped) {
        show("\n");
        throwCancelled();
    }
    return std::move(line.text);
}

SecretBytes Terminal::askSecret(std::string_view prompt) {
    const EchoOff echoOff{m_descriptor.get()};  // before the prompt: who types fast must not see the PIN
    show(prompt);
    SecretBytes secret = readLine();
    show("\n");
    return secret;
}

std::string Terminal::askLine(std::string_view prompt) {
    tcflush(m_descriptor.get(), TCIFLUSH);  // an answer typed before the question was seen is none
    show(prompt);
    return std::string{asText(readLine().view())};
}

}  // namespace keyconvoy::cli
