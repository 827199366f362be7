#pragma once

#include "core/finding.h"
#include "pkcs11/attributes.h"
#include "pkcs11/quirks.h"
#include "pkcs11/session.h"

#include <span>

namespace keyconvoy::pkcs11 {

/// Compares what the token says with what it was asked for. A difference throws Integrity, naming each; among the `tolerated`
/// types it is a warning, for a token that is known to have its own mind there. An attribute that the token does not report is a
/// finding, unless the key cannot be trusted without it.
void checkReadBack(const Session& session, const AttributeValues& values, std::span<const CK_ATTRIBUTE> asked, Findings& findings,
                   std::span<const CK_ATTRIBUTE_TYPE> tolerated = {});

/// What only the token sets, for a SENSITIVE key that C_GenerateKey just made: LOCAL, ALWAYS_SENSITIVE, KEY_GEN_MECHANISM, and
/// NEVER_EXTRACTABLE, which is the opposite of the EXTRACTABLE that the values hold.
void checkOriginAttributes(const Session& session, const AttributeValues& values, CK_MECHANISM_TYPE generatedBy,
                           const Quirks& quirks, Findings& findings);

}  // namespace keyconvoy::pkcs11
