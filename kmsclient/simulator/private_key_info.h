#pragma once

#include "kmsclient/simulator/crypto.h"
#include "wrapping/key_spec.h"

namespace keyconvoy::kms::simulator {

/// A private key as ImportKeyMaterial takes it: PrivateKeyInfo (RFC 5208), unencrypted, nothing before or behind it. BER is taken
/// for RSA and the NIST and SECG curves, DER alone for Ed25519 (RFC 8410, 48 octets, no public key). Null for anything else:
/// another key type or size, more than two primes, explicit curve parameters, parts that do not belong together.
[[nodiscard]] PkeyPtr parsePrivateKeyInfo(wrapping::KeySpec spec, ByteView encoded);

/// OpenSSL's name of the curve, "prime256v1"; null for a spec that has none.
[[nodiscard]] const char* curveName(wrapping::KeySpec spec);
/// Modulus bits of an RSA spec, else 0.
[[nodiscard]] int rsaBits(wrapping::KeySpec spec);

}  // namespace keyconvoy::kms::simulator
