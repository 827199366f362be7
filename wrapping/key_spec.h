#pragma once

#include "core/name_table.h"
#include "pkcs11/key_type.h"
#include "pkcs11/token.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace keyconvoy::wrapping {

/// The KMS key specs that take imported material (KMS API, CreateKey KeySpec with Origin EXTERNAL).
enum class KeySpec : std::uint8_t {
    SymmetricDefault,
    Hmac224,
    Hmac256,
    Hmac384,
    Hmac512,
    Rsa2048,
    Rsa3072,
    Rsa4096,
    EccNistP256,
    EccNistP384,
    EccNistP521,
    EccSecgP256k1,
    EccNistEdwards25519,
};

inline constexpr NameTable<KeySpec, 13> keySpecNames{{
    {KeySpec::SymmetricDefault, "SYMMETRIC_DEFAULT"},
    {KeySpec::Hmac224, "HMAC_224"},
    {KeySpec::Hmac256, "HMAC_256"},
    {KeySpec::Hmac384, "HMAC_384"},
    {KeySpec::Hmac512, "HMAC_512"},
    {KeySpec::Rsa2048, "RSA_2048"},
    {KeySpec::Rsa3072, "RSA_3072"},
    {KeySpec::Rsa4096, "RSA_4096"},
    {KeySpec::EccNistP256, "ECC_NIST_P256"},
    {KeySpec::EccNistP384, "ECC_NIST_P384"},
    {KeySpec::EccNistP521, "ECC_NIST_P521"},
    {KeySpec::EccSecgP256k1, "ECC_SECG_P256K1"},
    {KeySpec::EccNistEdwards25519, "ECC_NIST_EDWARDS25519"},
}};
static_assert(hasNoRepeats(keySpecNames));

enum class KeyUsage : std::uint8_t { EncryptDecrypt, SignVerify, GenerateVerifyMac, KeyAgreement };

inline constexpr NameTable<KeyUsage, 4> keyUsageNames{{
    {KeyUsage::EncryptDecrypt, "ENCRYPT_DECRYPT"},
    {KeyUsage::SignVerify, "SIGN_VERIFY"},
    {KeyUsage::GenerateVerifyMac, "GENERATE_VERIFY_MAC"},
    {KeyUsage::KeyAgreement, "KEY_AGREEMENT"},
}};
static_assert(hasNoRepeats(keyUsageNames));

/// What kind of material a spec takes; decides the wrapping family and the check after import.
enum class MaterialKind : std::uint8_t { Symmetric, Hmac, Rsa, Ecc, Ed25519 };

[[nodiscard]] MaterialKind materialKind(KeySpec spec);
/// What to generate on the token: exactly the spec's length for HMAC.
[[nodiscard]] pkcs11::KeyType tokenKeyType(KeySpec spec);
/// The spec that a token key of this type fits; absent when KMS has none.
[[nodiscard]] std::optional<KeySpec> keySpecFor(const pkcs11::KeyType& type);
/// Whether KMS lets a key of this spec have this usage (KMS API, CreateKey KeyUsage).
[[nodiscard]] bool allows(KeySpec spec, KeyUsage usage);
/// The usage when none is named: the first one allowed, as documented for each spec; SIGN_VERIFY for key pairs.
[[nodiscard]] KeyUsage usualUsage(KeySpec spec);
/// Key pairs that are to sign need SIGN on the token for the check after import.
[[nodiscard]] pkcs11::KeyPurpose tokenKeyPurpose(KeySpec spec, KeyUsage usage);
/// Security strength in bits (NIST SP 800-57 part 1 rev. 5, table 2).
[[nodiscard]] int strengthBits(KeySpec spec);

}  // namespace keyconvoy::wrapping
