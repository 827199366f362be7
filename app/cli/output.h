#pragma once

#include "app/cli/console.h"
#include "app/cli/exit_code.h"
#include "app/cli/stop_signals.h"

#include <string>

namespace keyconvoy::cli {

/// What the result of a job that came to its end means: done, or the answer is no and `failure` says why.
struct Verdict {
    ExitCode exitCode = ExitCode::Done;
    Failure failure;  ///< of every exit code but Done
};

/// Prints the result: with `--json` one object {schema, ok, result}, otherwise `account`. Where the exit code is not Done, the
/// object holds `error` as well, and otherwise the failure goes to stderr.
void printResult(Console& console, const Json& result, const std::string& account, const Verdict& verdict = {});

/// Prints why it failed: with `--json` one object {schema, ok, error} on stdout, otherwise a few lines on stderr. Gives the exit
/// code.
ExitCode printFailure(Console& console, const Failure& failure);

/// For a process that ends in the midst of a call; `remedy` says what to look at then.
[[nodiscard]] LastWords endedAtOnce(const Console& console, Text remedy);

/// "error: place: cause", then the other side's code and words, then what to do.
[[nodiscard]] std::string describeFailure(const Failure& failure);

/// "warning: …" and its remedy on stderr.
void printFinding(Console& console, const Finding& finding);

/// Flushes stdout. Throws Unavailable when it could not be written (disk full, reader gone).
void finishOutput(Console& console);

}  // namespace keyconvoy::cli
