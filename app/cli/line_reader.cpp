#include "app/cli/line_reader.h"

#include "app/cli/stop_signals.h"

#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace keyconvoy::cli {

namespace {

void cutCarriageReturn(SecretBytes& text, std::size_t& size) {
    if (size > 0 && text.view()[size - 1] == '\r') {
        --size;
    }
}

/// False when a signal asked to stop.
bool waitForInput(int descriptor) {
    std::array<pollfd, 2> waiting{pollfd{.fd = descriptor, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = stopDescriptor(), .events = POLLIN, .revents = 0}};
    while (poll(waiting.data(), waiting.size(), -1) < 0) {
    }
    return waiting[1].revents == 0;
}

}  // namespace

SecretLine readSecretLine(int descriptor, std::size_t limit) {
    SecretLine line{.text = SecretBytes{limit + 1}, .end = LineEnd::TooLong, .error = 0};
    std::size_t size = 0;
    while (size <= limit) {
        if (!waitForInput(descriptor)) {
            line.end = LineEnd::Stopped;
            break;
        }
        const ssize_t count = read(descriptor, line.text.writable().data() + size, 1);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (count <= 0) {
            line.error = count < 0 ? errno : 0;
            line.end = count < 0 ? LineEnd::Failed : size == 0 ? LineEnd::NothingRead : LineEnd::EndOfInput;
            break;
        }
        if (line.text.view()[size] == '\n') {
            line.end = LineEnd::Newline;
            break;
        }
        ++size;
    }
    cutCarriageReturn(line.text, size);
    line.text.truncate(size);
    return line;
}

}  // namespace keyconvoy::cli
