#include "app/cli/commands/commands.h"

#include <algorithm>

namespace keyconvoy::cli {

const std::vector<Command>& allCommands() {
    static const std::vector<Command> commands{
        rehearseCommand(),   doctorCommand(),      tokenListCommand(), tokenShowCommand(),      tokenQualifyCommand(),
        tokenTrustCommand(), keyGenerateCommand(), keyListCommand(),   keyShowCommand(),        keyBackupCommand(),
        keySealCommand(),    keyDestroyCommand(),  importCommand(),    reimportCommand(),       rotateCommand(),
        replicateCommand(),  checkCommand(),       wrapCommand(),      deleteMaterialCommand(), kmsCreateCommand(),
        kmsListCommand(),    kmsShowCommand(),     expiryCommand(),    policyCommand(),         planNewCommand(),
        planCheckCommand(),  planShowCommand(),    planHashCommand(),
    };
    return commands;
}

const Command* findCommand(std::string_view words) {
    const auto row = std::ranges::find(allCommands(), words, &Command::words);
    return row == allCommands().end() ? nullptr : &*row;
}

}  // namespace keyconvoy::cli
