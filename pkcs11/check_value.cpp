#include "pkcs11/check_value.h"

#include "core/fingerprint.h"
#include "core/name_table.h"
#include "pkcs11/attributes.h"
#include "pkcs11/mac.h"
#include "pkcs11/mechanisms.h"

#include <array>

namespace keyconvoy::pkcs11 {

namespace {

constexpr std::array<std::uint8_t, 16> zeroBlock{};
constexpr std::size_t macBytes = 5;  // as PCI PIN has it for AES
constexpr std::size_t ecbBytes = 3;

/// Refusals that say "not this way", after which the other method may be tried; anything else is a failure.
bool saysNotThisWay(CK_RV code) {
    return code == CKR_MECHANISM_INVALID || code == CKR_MECHANISM_PARAM_INVALID || code == CKR_KEY_TYPE_INCONSISTENT ||
           code == CKR_KEY_FUNCTION_NOT_PERMITTED || code == CKR_FUNCTION_NOT_SUPPORTED || code == CKR_KEY_SIZE_RANGE;
}

CheckValueOutcome taken(CheckValueMethod method, Bytes value, std::size_t size) {
    value.resize(std::min(value.size(), size));
    return {.value = CheckValue{method, std::move(value)}, .whyNot = {}};
}

CheckValueOutcome without(Text why) {
    return {.value = std::nullopt, .whyNot = std::move(why)};
}

SignAttempt tryEncryptZeroBlock(const Session& session, CK_OBJECT_HANDLE key) {
    CK_MECHANISM mechanism{CKM_AES_ECB, nullptr, 0};
    const auto& functions = session.functions();
    if (const CK_RV refusal = functions.C_EncryptInit(session.handle(), &mechanism, key); refusal != CKR_OK) {
        return {.signature = std::nullopt, .refusal = refusal};
    }
    Bytes input{zeroBlock.begin(), zeroBlock.end()};
    Bytes output(2 * zeroBlock.size());
    CK_ULONG length = output.size();
    const CK_RV code = functions.C_Encrypt(session.handle(), input.data(), input.size(), output.data(), &length);
    if (code != CKR_OK) {
        return {.signature = std::nullopt, .refusal = code};
    }
    return {.signature = std::move(output), .refusal = CKR_OK};
}

void checkRefusal(const Session& session, const SignAttempt& attempt, std::string_view function) {
    if (!saysNotThisWay(attempt.refusal)) {
        session.check(attempt.refusal, function);
    }
}

CheckValueOutcome aesCheckValue(const Session& session, CK_OBJECT_HANDLE key, bool signs, bool encrypts) {
    CK_RV refusal = CKR_OK;
    if (signs) {
        SignAttempt mac = trySign(session, {CKM_AES_CMAC, nullptr, 0}, key, zeroBlock);
        if (mac.signature) {
            return taken(CheckValueMethod::AesCmacZeroBlock, *std::move(mac.signature), macBytes);
        }
        checkRefusal(session, mac, callWith("C_Sign", CKM_AES_CMAC));
        refusal = mac.refusal;
    }
    if (encrypts) {
        SignAttempt block = tryEncryptZeroBlock(session, key);
        if (block.signature) {
            return taken(CheckValueMethod::AesEcbZeroBlock, *std::move(block.signature), ecbBytes);
        }
        checkRefusal(session, block, callWith("C_Encrypt", CKM_AES_ECB));
        refusal = block.refusal;
    }
    return refusal == CKR_OK
               ? without(KC_TEXT("CheckValue", "the key has neither SIGN nor ENCRYPT, so the token computes nothing with it"))
               : without(KC_TEXT("CheckValue", "the token has neither AES-CMAC nor AES-ECB for this key (%1)")
                             .with(describeReturnValue(refusal).name));
}

CheckValueOutcome hmacCheckValue(const Session& session, CK_OBJECT_HANDLE key, int keyBytes, bool signs) {
    if (!signs) {
        return without(KC_TEXT("CheckValue", "the key does not have SIGN, so the token computes no HMAC with it"));
    }
    if (keyBytes == 0) {
        return without(
            KC_TEXT("CheckValue", "the token does not report the key's length (CKA_VALUE_LEN), which decides the hash"));
    }
    const auto hash = hmacHashForKeyBytes(keyBytes);
    if (!hash) {
        return without(KC_TEXT("CheckValue", "the key has %1 bytes, and no hash that KMS uses has a digest of that length")
                           .with(std::to_string(keyBytes)));
    }
    SignAttempt mac = trySign(session, {hmacMechanism(*hash), nullptr, 0}, key, zeroBlock);
    if (mac.signature) {
        return taken(CheckValueMethod::HmacZeroBlock, *std::move(mac.signature), macBytes);
    }
    checkRefusal(session, mac, callWith("C_Sign", hmacMechanism(*hash)));
    return without(
        KC_TEXT("CheckValue", "the token does not compute this HMAC (%1)").with(describeReturnValue(mac.refusal).name));
}

}  // namespace

CheckValueOutcome secretKeyCheckValue(const Session& session, CK_OBJECT_HANDLE key, const std::optional<KeyType>& known) {
    const AttributeValues values = readAttributes(session, key, {CKA_KEY_TYPE, CKA_VALUE_LEN, CKA_SIGN, CKA_ENCRYPT});
    const bool signs = values.flag(CKA_SIGN).value_or(false);
    if (values.number(CKA_KEY_TYPE) == CK_KEY_TYPE{CKK_AES}) {
        return aesCheckValue(session, key, signs, values.flag(CKA_ENCRYPT).value_or(false));
    }
    int keyBytes = static_cast<int>(values.number(CKA_VALUE_LEN).value_or(0));
    if (keyBytes == 0 && known && std::holds_alternative<GenericSecretKey>(*known)) {
        keyBytes = std::get<GenericSecretKey>(*known).sizeBytes;
    }
    return hmacCheckValue(session, key, keyBytes, signs);
}

CheckValue publicKeyCheckValue(ByteView subjectPublicKeyInfo) {
    const Fingerprint fingerprint = Fingerprint::of(subjectPublicKeyInfo);
    return {.method = CheckValueMethod::SpkiSha256, .value = {fingerprint.digest.begin(), fingerprint.digest.end()}};
}

}  // namespace keyconvoy::pkcs11
