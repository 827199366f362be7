#pragma once

#include "core/bytes.h"
#include "pkcs11/attributes.h"
#include "pkcs11/session.h"
#include "pkcs11/token.h"

#include <optional>

namespace keyconvoy::pkcs11 {

/// What PKCS#11 wants to know about a public key.
struct PublicKeyParts {
    std::optional<RsaPublicKey> rsa;
    Bytes ecPoint;             ///< the bare point, for EC and Ed25519
    Bytes ecPointOctetString;  ///< DER OCTET STRING around the point, as CKA_EC_POINT has it (PKCS#11 2.40 mechanisms, 2.3.3)
};

/// Reads a DER SubjectPublicKeyInfo. Throws InvalidInput when it is none, or of a type that is not handled.
[[nodiscard]] PublicKeyParts parsePublicKey(ByteView der);

/// DER SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) of a public-key object, from its attributes.
[[nodiscard]] Bytes readPublicKey(const Session& session, CK_OBJECT_HANDLE publicObject);
[[nodiscard]] Bytes toSubjectPublicKeyInfo(const RsaPublicKey& key);

/// Modulus and exponent of an RSA object, without leading zeros.
[[nodiscard]] RsaPublicKey readRsaPublicKey(const Session& session, CK_OBJECT_HANDLE object);

}  // namespace keyconvoy::pkcs11
