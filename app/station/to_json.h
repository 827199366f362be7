#pragma once

#include "app/ceremony/question.h"
#include "core/clock.h"
#include "core/finding.h"
#include "core/strict_json.h"
#include "kmsclient/model.h"
#include "pkcs11/token.h"

#include <optional>
#include <string>

/// How tokens, keys and findings are written in every result: one spelling for all jobs. Hashes and IDs are lower-case hex; an
/// attribute that the token does not report is null.
namespace keyconvoy::app {

/// What is absent is null; times are RFC 3339 UTC.
[[nodiscard]] Json orNull(const std::optional<std::string>& text);
[[nodiscard]] Json orNull(const std::optional<TimePoint>& time);

[[nodiscard]] Json toJson(const pkcs11::ModuleDescription& module);
/// With `software` (every result says so) and the PIN states in words.
[[nodiscard]] Json toJson(const pkcs11::TokenDescription& token);
/// The same of an open token, with the state of its login and its module's hash.
[[nodiscard]] Json toJson(const pkcs11::Token& token);
/// How every result about a token begins: `token` ("software" or "not known to be software") and `tokenDetails`.
[[nodiscard]] Json resultAbout(const pkcs11::Token& token);
[[nodiscard]] Json toJson(const pkcs11::KeyDescription& key);
/// {"method", "value"}
[[nodiscard]] Json toJson(const pkcs11::CheckValue& value);
/// As above, or {"method": null, "value": null, "whyNot"}.
[[nodiscard]] Json toJson(const pkcs11::CheckValueOutcome& outcome);
[[nodiscard]] Json toJson(const Finding& finding);
[[nodiscard]] Json toJson(const Findings& findings);
[[nodiscard]] Json toJson(const kms::ConnectionEvidence& connection);
/// {"kind", "place", "cause", "remedy", "code", "serviceText", "requestId", "details": [{"subject", "what", "code"}]}
[[nodiscard]] Json toJson(const Failure& failure);

/// "software" or "not known to be software".
[[nodiscard]] Text kindInWords(const pkcs11::TokenDescription& token);
[[nodiscard]] Text inWords(pkcs11::PinState state);
[[nodiscard]] Text inWords(pkcs11::LoginState state);
[[nodiscard]] Text inWords(pkcs11::KeyOrigin origin);  ///< "not generated in this run" and so on
[[nodiscard]] Text inWords(pkcs11::ObjectClass objectClass);
[[nodiscard]] Text inWords(FindingLevel level);

/// "yes", "no" or "not reported by the token".
[[nodiscard]] Text inWords(const std::optional<bool>& attribute);

/// The token as it describes itself, its flags in words, for a person.
[[nodiscard]] Details tokenFacts(const pkcs11::TokenDescription& token);
/// The attributes as the token states them, for a person.
[[nodiscard]] Details attributeDetails(const pkcs11::KeyDescription& key);

}  // namespace keyconvoy::app
