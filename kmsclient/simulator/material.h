#pragma once

#include "core/secret_bytes.h"
#include "kmsclient/simulator/crypto.h"
#include "wrapping/key_spec.h"

#include <optional>
#include <string>

namespace keyconvoy::kms::simulator {

/// Key material in the form that the operations use: octets for symmetric and HMAC keys, a key pair for the others.
struct Material {
    SecretBytes octets;
    PkeyPtr keyPair;
};

/// What was unwrapped, checked as strictly as KMS does: exactly 32 octets for SYMMETRIC_DEFAULT, the spec's length up to 128 for
/// HMAC, PrivateKeyInfo for key pairs. Nothing for anything else.
[[nodiscard]] std::optional<Material> parseMaterial(wrapping::KeySpec spec, ByteView plaintext);

/// Fresh material, as for a key of origin AWS_KMS.
[[nodiscard]] Material generateMaterial(wrapping::KeySpec spec);

/// SHA-256 over key ID, one zero octet and the plaintext, in hex. AWS does not publish its function; this one shares what is
/// known of it: 64 digits that depend on KMS key and material alone.
[[nodiscard]] std::string keyMaterialId(const std::string& keyId, ByteView plaintext);

}  // namespace keyconvoy::kms::simulator
