#include "app/cli/dispatch.h"

#include <fcntl.h>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

/// A caller may have closed them; then the next file opened would become "stdout". A result that nobody can get is a failure, so
/// a closed stdout becomes one that takes nothing.
void occupyStandardStreams() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(descriptor, F_GETFD) < 0) {
            [[maybe_unused]] const int opened = open(descriptor == STDOUT_FILENO ? "/dev/full" : "/dev/null", O_RDWR);
        }
    }
}

}  // namespace

// The locale stays "C" on purpose: messages are English, and numbers and times must not depend on where this runs.
int main(int argc, char** argv) {
    occupyStandardStreams();
    const std::vector<std::string> arguments{argv + (argc > 0 ? 1 : 0), argv + argc};
    return static_cast<int>(keyconvoy::cli::run(arguments, std::cout, std::cerr));
}
