#pragma once

#include "core/bytes.h"
#include "core/c_handle.h"
#include "core/secret_bytes.h"
#include "wrapping/compatibility.h"

#include <openssl/evp.h>
#include <optional>

/// Opening a blob with a private key: for the simulator (which plays KMS) and the qualification (throw-away keys) only. A library
/// of its own, so that the linker shows who can do it.
namespace keyconvoy::wrapping::opening {

using PkeyPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;

/// A fresh RSA key pair, e = 65537.
[[nodiscard]] PkeyPtr generateRsaKeyPair(int sizeBits);

/// DER SubjectPublicKeyInfo.
[[nodiscard]] Bytes publicKeyDer(const EVP_PKEY& key);

/// The plaintext, or nothing when anything about the blob is wrong (hash, MGF1 hash, label, padding, RFC 5649 IV, length, zero
/// padding): one answer for all, as KMS gives. `choice.keySpec` must be the key's.
[[nodiscard]] std::optional<SecretBytes> openEnvelope(EVP_PKEY& privateKey, WrappingChoice choice, ByteView blob);

/// RSAES-OAEP decryption (RFC 8017, 7.1.2), empty label, MGF1 with the same hash.
[[nodiscard]] std::optional<SecretBytes> oaepDecrypt(EVP_PKEY& privateKey, pkcs11::OaepHash hash, ByteView ciphertext);
/// The same with another hash in MGF1: KMS never takes it; the qualification names the slip.
[[nodiscard]] std::optional<SecretBytes> oaepDecryptMixed(EVP_PKEY& privateKey, pkcs11::OaepHash hash, pkcs11::OaepHash mgf1Hash,
                                                          ByteView ciphertext);
/// AES key unwrap with padding (RFC 5649, 4.2); the key has 16, 24 or 32 octets.
[[nodiscard]] std::optional<SecretBytes> keyUnwrapWithPadding(ByteView key, ByteView wrapped);
/// AES key unwrap without padding (RFC 3394, 2.2.2): KMS never takes it; the qualification tells it apart from RFC 5649.
[[nodiscard]] std::optional<SecretBytes> keyUnwrap(ByteView key, ByteView wrapped);

}  // namespace keyconvoy::wrapping::opening
