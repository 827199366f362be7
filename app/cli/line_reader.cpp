#include "app/cli/line_reader.h"

#include <cerrno>
#include <unistd.h>

namespace keyconvoy::cli {

namespace {

void cutCarriageReturn(SecretBytes& text, std::size_t& size) {
    if (size > 0 && text.view()[size - 1] == '\r') {
        --size;
    }
}

}  // namespace

SecretLine readSecretLine(int descriptor, std::size_t limit) {
    SecretLine line{.text = SecretBytes{limit + 1}, .end = LineEnd::TooLong, .error = 0};
    std::size_t size = 0;
    while (size <= limit) {
        const ssize_t count = read(descriptor, line.text.writable().data() + size, 1);
        if (count < 0 && errno == EINTR) {
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
