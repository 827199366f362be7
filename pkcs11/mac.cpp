#include "pkcs11/mac.h"

#include "pkcs11/mechanisms.h"

#include <algorithm>
#include <array>

namespace keyconvoy::pkcs11 {

namespace {

constexpr std::size_t largestSignature = 2048;  // RSA-16384

}  // namespace

SignAttempt trySign(const Session& session, CK_MECHANISM mechanism, CK_OBJECT_HANDLE key, ByteView message) {
    const auto& functions = session.functions();
    if (const CK_RV refusal = functions.C_SignInit(session.handle(), &mechanism, key); refusal != CKR_OK) {
        return {.signature = std::nullopt, .refusal = refusal};
    }
    std::array<std::uint8_t, largestSignature> signature{};
    CK_ULONG length = signature.size();
    const CK_RV code =
        functions.C_Sign(session.handle(), withoutConst(message.data()), message.size(), signature.data(), &length);
    if (code != CKR_OK) {
        return {.signature = std::nullopt, .refusal = code};
    }
    const ByteView given = ByteView{signature}.first(std::min<std::size_t>(length, signature.size()));
    return {.signature = Bytes{given.begin(), given.end()}, .refusal = CKR_OK};
}

Bytes signWith(const Session& session, CK_MECHANISM mechanism, CK_OBJECT_HANDLE key, ByteView message) {
    SignAttempt attempt = trySign(session, mechanism, key, message);
    if (!attempt.signature) {
        session.check(attempt.refusal, callWith("C_Sign", mechanism.mechanism));
    }
    return *std::move(attempt.signature);
}

CK_MECHANISM_TYPE hmacMechanism(HmacHash hash) {
    switch (hash) {
        case HmacHash::Sha224: return CKM_SHA224_HMAC;
        case HmacHash::Sha256: return CKM_SHA256_HMAC;
        case HmacHash::Sha384: return CKM_SHA384_HMAC;
        case HmacHash::Sha512: return CKM_SHA512_HMAC;
    }
    return CKM_SHA256_HMAC;
}

std::optional<HmacHash> hmacHashForKeyBytes(int keyBytes) {
    switch (keyBytes) {
        case 28: return HmacHash::Sha224;
        case 32: return HmacHash::Sha256;
        case 48: return HmacHash::Sha384;
        case 64: return HmacHash::Sha512;
        default: return std::nullopt;
    }
}

}  // namespace keyconvoy::pkcs11
