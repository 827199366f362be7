#include "app/cli/account.h"
#include "app/cli/commands/commands.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/output.h"
#include "app/cli/requests.h"
#include "core/files.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

ExitCode runPlanNew(const ParsedOptions& options, Console& console) {
    if (options.given(option::keyKind) && options.given(option::fromSheet)) {
        throwBadOption(option::keyKind, KC_TEXT("CommandLine", "a plan from a sheet restores what the sheet tells of"),
                       KC_TEXT("CommandLine", "leave one of the two out"));
    }
    const auto sheet = options.value(option::fromSheet);
    const std::string plan = sheet ? app::planToRestore(sheetIn(*sheet)) : app::examplePlan(keyKindFrom(options));
    const std::string file = options.required(option::planFile);
    const Fingerprint sha256 = writeNewFile(file, asBytes(plan));
    printResult(console, {{"file", file}, {"sha256", sha256.hex()}},
                "written: " + file + "\n\nfill it in, then see what is still to be said of it:\n  keyconvoy plan check --plan " +
                    file + "\n");
    return ExitCode::Done;
}

}  // namespace

Command planNewCommand() {
    return {.words = "plan new",
            .summary = "writes a commented plan of a ceremony, to be filled in",
            .description =
                "Writes a plan with one key of the kind that is named, every member with a sentence on what it is for. Accounts, "
                "roles and certificates in it are examples. With --from-sheet it is about the very material of that sheet. "
                "Nothing is "
                "overwritten.",
            .example = "keyconvoy plan new --kind rotate --plan orders-2028.kcplan.toml",
            .options = Options{&option::keyKind, &option::fromSheet, &option::planFile} + outputOptions(),
            .run = &runPlanNew};
}

}  // namespace keyconvoy::cli
