#include "kmsclient/simulator/state_rules.h"

#include "kmsclient/simulator/api_error.h"

#include <algorithm>
#include <array>

namespace keyconvoy::kms::simulator {

namespace {

/// A set of states, one bit each.
using States = unsigned;

constexpr States in(KeyState state) {
    return 1U << static_cast<unsigned>(state);
}

constexpr States ending = in(KeyState::PendingDeletion) | in(KeyState::PendingReplicaDeletion);
constexpr States creating = in(KeyState::Creating);
constexpr States updating = in(KeyState::Updating);
constexpr States empty = in(KeyState::PendingImport);
constexpr States disabled = in(KeyState::Disabled);

/// For everything that uses the material.
constexpr States unusable = disabled | ending | empty | creating;

struct Rule {
    std::string_view operation;
    States refused;
};
/// RotateKeyOnDemand in Updating is not known of AWS, so it is refused.
constexpr std::array<Rule, 22> rules{{
    {"GetParametersForImport", ending | creating | updating},
    {"ImportKeyMaterial", ending | creating},
    {"DeleteImportedKeyMaterial", creating | updating},
    {"RotateKeyOnDemand", unusable | updating},
    {"EnableKey", ending | empty | creating | updating},
    {"DisableKey", ending | empty | creating | updating},
    {"Encrypt", unusable},
    {"Decrypt", unusable},
    {"GenerateMac", unusable},
    {"VerifyMac", unusable},
    {"Sign", unusable},
    {"Verify", unusable},
    {"GetPublicKey", unusable},
    {"DeriveSharedSecret", unusable},
    {"CreateAlias", ending},
    {"UpdateAlias", ending},
    {"TagResource", ending},
    {"UntagResource", ending},
    {"UpdateKeyDescription", ending},
    {"ScheduleKeyDeletion", ending | updating},
    {"ReplicateKey", unusable | updating},
    {"UpdatePrimaryRegion", unusable},
}};

States refusedBy(std::string_view operation) {
    const auto* rule = std::ranges::find(rules, operation, &Rule::operation);
    return rule == rules.end() ? 0 : rule->refused;
}

[[noreturn]] void refuse(KeyState state, const std::string& arn) {
    switch (state) {
        case KeyState::Creating: throw invalidState(arn + " is creating.");
        case KeyState::Updating: throw invalidState(arn + " is updating.");
        case KeyState::PendingImport: throw invalidState(arn + " is pending import.");
        case KeyState::PendingDeletion:
        case KeyState::PendingReplicaDeletion: throw invalidState(arn + " is pending deletion (or pending replica deletion).");
        case KeyState::Disabled:
        case KeyState::Enabled: break;
    }
    throw ApiError{"DisabledException", arn + " is disabled."};
}

}  // namespace

void requireState(std::string_view operation, const KeyRecord& key) {
    const States refused = refusedBy(operation);
    for (const KeyState state : {stateOf(key), lastingStateOf(key)}) {
        if ((refused & in(state)) != 0) {
            refuse(state, key.arn);
        }
    }
}

}  // namespace keyconvoy::kms::simulator
