#include "app/cli/output.h"

#include "app/cli/account.h"
#include "app/cli/printable.h"
#include "app/station/to_json.h"

#include <nlohmann/json.hpp>
#include <ostream>

namespace keyconvoy::cli {

namespace {

constexpr std::size_t detailWidth = 110;
constexpr std::size_t unbroken = std::string::npos;  ///< lines as long as the text, for people who copy from them

/// "keyconvoy.token-list/1": names the shape of `result`.
std::string schemaOf(const Console& console) {
    if (console.command.empty()) {
        return "keyconvoy/1";
    }
    std::string name = console.command;
    for (char& character : name) {
        character = character == ' ' ? '-' : character;
    }
    return "keyconvoy." + name + "/1";
}

Json failureObject(const Console& console, const Failure& failure) {
    Json object;
    object["schema"] = schemaOf(console);
    object["ok"] = false;
    object["error"] = app::toJson(failure);
    return object;
}

/// Foreign text may hold octets that are no UTF-8; they become U+FFFD rather than a second failure.
std::string inJson(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// A result tells what exists now, at KMS and on a token; where standard output does not take it, it must not be lost.
void writeResult(Console& console, const std::string& result) {
    console.out << result << std::flush;
    if (!console.out.good()) {
        console.err << "standard output takes nothing, so the result stands here:\n" << result << std::flush;
    }
}

void addPart(std::string& line, std::string_view name, const std::string& value) {
    if (!value.empty()) {
        line += "  " + std::string{name} + ": " + printable(value);
    }
}

}  // namespace

std::string describeFailure(const Failure& failure) {
    std::string text = "error: " + printable(toEnglish(failure.place)) + ": " + printable(toEnglish(failure.cause)) + "\n";
    for (const FailureDetail& detail : failure.details) {
        const std::string code = detail.code.empty() ? "" : " (" + detail.code + ")";
        text +=
            "  - " + wrapped(printable(toEnglish(detail.subject) + ": " + toEnglish(detail.what) + code), 4, detailWidth) + "\n";
    }
    std::string otherSide;
    addPart(otherSide, "code", failure.code);
    addPart(otherSide, "said", failure.serviceText);
    addPart(otherSide, "request", failure.requestId);
    if (!otherSide.empty()) {
        text += otherSide + "\n";
    }
    if (!failure.remedy.empty()) {
        text += "  what to do: " + wrappedWithLines(toEnglish(failure.remedy), 4, unbroken) + "\n";
    }
    return text;
}

void printResult(Console& console, const Json& result, const std::string& account, const Verdict& verdict) {
    const bool done = verdict.exitCode == ExitCode::Done;
    if (!console.json()) {
        writeResult(console, account);
        if (!done) {
            console.err << describeFailure(verdict.failure) << std::flush;
        }
        return;
    }
    Json object;
    object["schema"] = schemaOf(console);
    object["ok"] = done;
    object["result"] = result;
    if (!done) {
        object["error"] = app::toJson(verdict.failure);
        if (verdict.exitCode == ExitCode::PartFailed) {
            object["error"]["kind"] = "part-failed";
        }
    }
    writeResult(console, inJson(object));
}

LastWords endedAtOnce(const Console& console, Text remedy) {
    Failure failure;
    failure.kind = ErrorKind::Cancelled;
    failure.place = KC_TEXT("CommandLine", "keyconvoy");
    failure.cause = KC_TEXT("CommandLine", "a second signal ended it at once, in the midst of a call");
    failure.remedy = std::move(remedy);
    return {.onStderr = "\nended at once: " + toEnglish(failure.remedy) + "\n",
            .onStdout = console.json() ? inJson(failureObject(console, failure)) : std::string{}};
}

ExitCode printFailure(Console& console, const Failure& failure) {
    if (console.json()) {
        console.out << inJson(failureObject(console, failure)) << std::flush;
    }
    if (!console.json() || !console.out.good()) {
        console.err << describeFailure(failure) << std::flush;
    }
    return exitCodeFor(failure.kind);
}

void printFinding(Console& console, const Finding& finding) {
    console.err << toEnglish(app::inWords(finding.level)) << ": " << printable(toEnglish(finding.what)) << '\n';
    if (!finding.remedy.empty()) {
        console.err << "  what to do: " << wrappedWithLines(toEnglish(finding.remedy), 4, unbroken) << '\n';
    }
    console.err << std::flush;
}

void finishOutput(Console& console) {
    console.out.flush();
    if (!console.out.good()) {
        throw Error{
            ErrorKind::Unavailable, KC_TEXT("CommandLine", "standard output"),
            KC_TEXT("CommandLine", "the result could not be written"),
            KC_TEXT("CommandLine",
                    "the work itself is done, and its result stands above, on standard error: keep it, and repeat nothing. Make "
                    "room or give another place for the output before the next command")};
    }
}

}  // namespace keyconvoy::cli
