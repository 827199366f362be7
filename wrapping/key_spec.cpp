#include "wrapping/key_spec.h"

#include <algorithm>

namespace keyconvoy::wrapping {

namespace {

struct SpecRow {
    KeySpec spec;
    MaterialKind kind;
    pkcs11::KeyType type;
    int strengthBits;  ///< NIST SP 800-57 part 1 rev. 5, tables 2 and 3 (HMAC); RSA-4096 lies between 128 and 192
};

const std::array<SpecRow, keySpecNames.size()> specRows{{
    {KeySpec::SymmetricDefault, MaterialKind::Symmetric, pkcs11::AesKey{256}, 256},
    {KeySpec::Hmac224, MaterialKind::Hmac, pkcs11::GenericSecretKey{28}, 192},
    {KeySpec::Hmac256, MaterialKind::Hmac, pkcs11::GenericSecretKey{32}, 256},
    {KeySpec::Hmac384, MaterialKind::Hmac, pkcs11::GenericSecretKey{48}, 256},
    {KeySpec::Hmac512, MaterialKind::Hmac, pkcs11::GenericSecretKey{64}, 256},
    {KeySpec::Rsa2048, MaterialKind::Rsa, pkcs11::RsaKeyPair{2048}, 112},
    {KeySpec::Rsa3072, MaterialKind::Rsa, pkcs11::RsaKeyPair{3072}, 128},
    {KeySpec::Rsa4096, MaterialKind::Rsa, pkcs11::RsaKeyPair{4096}, 128},
    {KeySpec::EccNistP256, MaterialKind::Ecc, pkcs11::EcKeyPair{pkcs11::EcCurve::P256}, 128},
    {KeySpec::EccNistP384, MaterialKind::Ecc, pkcs11::EcKeyPair{pkcs11::EcCurve::P384}, 192},
    {KeySpec::EccNistP521, MaterialKind::Ecc, pkcs11::EcKeyPair{pkcs11::EcCurve::P521}, 256},
    {KeySpec::EccSecgP256k1, MaterialKind::Ecc, pkcs11::EcKeyPair{pkcs11::EcCurve::Secp256k1}, 128},
    {KeySpec::EccNistEdwards25519, MaterialKind::Ed25519, pkcs11::Ed25519KeyPair{}, 128},
}};

const SpecRow& rowOf(KeySpec spec) {
    return *std::ranges::find(specRows, spec, &SpecRow::spec);
}

}  // namespace

MaterialKind materialKind(KeySpec spec) {
    return rowOf(spec).kind;
}

pkcs11::KeyType tokenKeyType(KeySpec spec) {
    return rowOf(spec).type;
}

std::optional<KeySpec> keySpecFor(const pkcs11::KeyType& type) {
    const auto row = std::ranges::find(specRows, type, &SpecRow::type);
    return row == specRows.end() ? std::nullopt : std::optional{row->spec};
}

bool allows(KeySpec spec, KeyUsage usage) {
    switch (materialKind(spec)) {
        case MaterialKind::Symmetric: return usage == KeyUsage::EncryptDecrypt;
        case MaterialKind::Hmac: return usage == KeyUsage::GenerateVerifyMac;
        case MaterialKind::Rsa: return usage == KeyUsage::EncryptDecrypt || usage == KeyUsage::SignVerify;
        case MaterialKind::Ecc:
            return usage == KeyUsage::SignVerify || (usage == KeyUsage::KeyAgreement && spec != KeySpec::EccSecgP256k1);
        case MaterialKind::Ed25519: return usage == KeyUsage::SignVerify;
    }
    return false;
}

KeyUsage usualUsage(KeySpec spec) {
    switch (materialKind(spec)) {
        case MaterialKind::Symmetric: return KeyUsage::EncryptDecrypt;
        case MaterialKind::Hmac: return KeyUsage::GenerateVerifyMac;
        case MaterialKind::Rsa:
        case MaterialKind::Ecc:
        case MaterialKind::Ed25519: return KeyUsage::SignVerify;
    }
    return KeyUsage::SignVerify;
}

pkcs11::KeyPurpose tokenKeyPurpose(KeySpec spec, KeyUsage usage) {
    const MaterialKind kind = materialKind(spec);
    const bool pair = kind != MaterialKind::Symmetric && kind != MaterialKind::Hmac;
    return pair && usage == KeyUsage::SignVerify ? pkcs11::KeyPurpose::Signing : pkcs11::KeyPurpose::CheckValueOnly;
}

int strengthBits(KeySpec spec) {
    return rowOf(spec).strengthBits;
}

}  // namespace keyconvoy::wrapping
