#pragma once

#include "core/clock.h"
#include "core/strict_json.h"
#include "pkcs11/token.h"
#include "wrapping/compatibility.h"

#include <optional>
#include <string>
#include <vector>

/// The qualification run: what a token can wrap is proven with throw-away keys, never assumed from its mechanism list.
namespace keyconvoy::wrapping::qualification {

struct Combination {
    KeySpec keySpec = KeySpec::SymmetricDefault;
    WrappingChoice choice;
    friend bool operator==(const Combination&, const Combination&) = default;
};

/// A throw-away key that a run made, for whoever reads the HSM's audit log.
struct ThrowAwayRecord {
    std::string typeName;
    std::string label;
    Bytes id;
    TimePoint generatedAt;
    TimePoint destroyedAt;  ///< the epoch where nothing is known of it: the token went away, or refused
    bool seenMade = true;   ///< false: generating it ended with an error that does not tell whether it was made
};

/// One recipe tried for one combination.
struct Attempt {
    pkcs11::WrapRecipe recipe;
    bool qualified = false;
    Text reason;       ///< why not, or what was shown
    std::string code;  ///< "CKR_MECHANISM_INVALID" where the token refused
};

/// Which token the result is for; it is reused only while all of this is unchanged.
struct TokenIdentity {
    std::string moduleSha256;
    std::string moduleSettings;  ///< SHA-256 of initialisation string and environment variables
    std::string serial;
    std::string model;
    std::string firmwareVersion;
    friend bool operator==(const TokenIdentity&, const TokenIdentity&) = default;
};
[[nodiscard]] TokenIdentity identityOf(const pkcs11::Token& token);

struct Result {
    Combination combination;
    TokenIdentity token;
    TimePoint date;
    std::vector<Attempt> attempts;
    std::vector<ThrowAwayRecord> throwAwayKeys;
    std::optional<pkcs11::WrapRecipe> chosen;  ///< the first recipe that qualified; absent: this token cannot do it
    Text explanation;                          ///< the choice or the refusal in one sentence, for a person
};

/// What a run would generate, so that a person can be asked first: "AES-256", "generic secret, 20 bytes".
[[nodiscard]] std::vector<Text> throwAwayKeysFor(const Combination& combination);

/// Runs this one combination and no other. Throws Refused when KMS would not accept it at all; a token that cannot is a result,
/// not an error. The throw-away keys are added to `account`, also when this throws because the token went away.
[[nodiscard]] Result qualify(pkcs11::Token& token, const Combination& combination, const Clock& clock,
                             std::vector<ThrowAwayRecord>& account);

[[nodiscard]] Json toJson(const Result& result);
/// Throws InvalidInput at `place`.
[[nodiscard]] Result resultFromJson(const Json& json, const Text& place);

}  // namespace keyconvoy::wrapping::qualification
