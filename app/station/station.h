#pragma once

#include "kmsclient/kms_client.h"
#include "pkcs11/token.h"

#include <optional>
#include <string_view>

namespace keyconvoy::app {

/// This machine, this token, this account: what a job works on.
struct TokenStation {
    pkcs11::ModuleProfile module;
    pkcs11::TokenSelector token;
};

/// A token that both mean: the station's, and what a key's URI says of its token. Throws InvalidInput when they contradict each
/// other.
[[nodiscard]] pkcs11::TokenSelector narrowed(pkcs11::TokenSelector token, const pkcs11::TokenSelector& other);

enum class Mode : std::uint8_t {
    Production,
    Rehearsal,  ///< declared with --rehearsal; evidence of a simulator that disagrees with the declaration stops a job at
                ///< preflight
};

struct KmsStation {
    kms::ClientOptions client;
    Mode mode = Mode::Production;
};

[[nodiscard]] Text inWords(Mode mode);                               ///< "production", "rehearsal"
[[nodiscard]] std::string_view toString(Mode mode);                  ///< the same in English, for results
[[nodiscard]] std::optional<Mode> modeNamed(std::string_view name);  ///< the mode of which toString() says this

/// Throws Refused when the mode does not agree with the evidence: an account from 000000000000 to 000000000009 in
/// GetCallerIdentity or in an ARN, the reply header x-keyconvoy-simulator, or plain http mean simulator.
void checkMode(Mode mode, const std::string& account, const std::optional<std::string>& keyArn,
               const kms::ConnectionEvidence& connection);

}  // namespace keyconvoy::app
