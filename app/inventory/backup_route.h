#pragma once

#include "app/ceremony/job.h"
#include "app/station/qualifier.h"
#include "core/finding.h"
#include "pkcs11/token.h"
#include "wrapping/compatibility.h"
#include "wrapping/key_spec.h"

#include <optional>
#include <vector>

/// How a key gets from one token to another: found out by trying, never from lists.
namespace keyconvoy::app {

/// The two tokens of a backup; both outlive whoever holds this.
struct TokenPair {
    pkcs11::Token& from;
    pkcs11::Token& to;
};

/// How the first token wraps and how the second unwraps: the same algorithm may have another mechanism number on each.
struct BackupRoute {
    wrapping::WrappingAlgorithm algorithm = wrapping::WrappingAlgorithm::RsaesOaepSha256;
    pkcs11::WrapRecipe wrap;
    pkcs11::WrapRecipe unwrap;
};

/// RSAES-OAEP for secrets and RSA AES key wrap for key pairs; SHA-256 first, SHA-1 only with permission.
[[nodiscard]] std::vector<wrapping::qualification::Combination> backupCombinations(wrapping::KeySpec keySpec,
                                                                                   int transportKeyBits, bool allowSha1);

/// Sends one throw-away key the whole way: generated and wrapped on the first token, unwrapped as a session object on the second,
/// shown to be the same, destroyed on both. Gives the recipe by which the second token unwraps, or the reasons why it does not
/// (appended to `reasons`).
[[nodiscard]] std::optional<pkcs11::WrapRecipe> findUnwrapRecipe(
    TokenPair tokens, const pkcs11::BackupTransportKey& transportKey, const pkcs11::KeyType& type, const pkcs11::WrapRecipe& wrap,
    std::vector<wrapping::qualification::ThrowAwayRecord>& throwAwayKeys, std::vector<Text>& reasons, const Clock& clock);

/// Sixteen random octets for a CKA_ID.
[[nodiscard]] Bytes randomId();

/// A fresh message signed by the private half on `token`, verified by OpenSSL under the public key given. Throws Integrity when
/// it does not.
void checkPrivateHalf(const pkcs11::Token& token, pkcs11::KeyReference key, const pkcs11::KeyType& type, ByteView publicKeyDer);

}  // namespace keyconvoy::app
