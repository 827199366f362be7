#include "pkcs11/in_words.h"

#include "core/text.h"

namespace keyconvoy::pkcs11 {

namespace {

constexpr std::string_view secretBegins = "generic secret, ";
constexpr std::string_view secretEnds = " bytes";

Text oaepInWords(const WrapRecipe& recipe) {
    const char* hash = recipe.hash == OaepHash::Sha256 ? "SHA-256" : "SHA-1";
    return recipe.source == OaepSource::Zero ? KC_TEXT("WrapRecipe", "CKM_RSA_PKCS_OAEP (%1, source 0)").with(hash)
                                             : arranged("CKM_RSA_PKCS_OAEP (%1)").with(hash);
}

}  // namespace

Text inWords(const KeyType& type) {
    return typeInWords(describe(type));
}

Text typeInWords(std::string_view typeName) {
    if (!typeName.starts_with(secretBegins) || !typeName.ends_with(secretEnds)) {
        return verbatim(std::string{typeName});  // a name of PKCS#11 or of a standard
    }
    typeName.remove_prefix(secretBegins.size());
    typeName.remove_suffix(secretEnds.size());
    return KC_TEXT("KeyType", "generic secret, %1 bytes").with(typeName);
}

Text inWords(CheckValueMethod method) {
    switch (method) {
        case CheckValueMethod::AesCmacZeroBlock: return KC_TEXT("CheckValue", "AES-CMAC over 16 zero bytes, first 5 bytes");
        case CheckValueMethod::AesEcbZeroBlock: return KC_TEXT("CheckValue", "AES-ECB of 16 zero bytes, first 3 bytes");
        case CheckValueMethod::HmacZeroBlock: return KC_TEXT("CheckValue", "HMAC over 16 zero bytes, first 5 bytes");
        case CheckValueMethod::SpkiSha256: return KC_TEXT("CheckValue", "SHA-256 of the DER SubjectPublicKeyInfo");
    }
    return {};
}

std::string_view describe(CheckValueMethod method) {
    return inWords(method).english;  // a literal, which outlives the text
}

Text inWords(const WrapRecipe& recipe) {
    Text oaep = oaepInWords(recipe);
    switch (recipe.method) {
        case WrapMethod::Oaep: return oaep;
        case WrapMethod::NativeRsaAesKeyWrap: return KC_TEXT("WrapRecipe", "CKM_RSA_AES_KEY_WRAP with %1").with(std::move(oaep));
        case WrapMethod::TwoStepKwp:
            return KC_TEXT("WrapRecipe", "CKM_AES_KEY_WRAP_KWP under a session AES-256 key, then %1").with(std::move(oaep));
        case WrapMethod::TwoStepPad:
            return KC_TEXT("WrapRecipe", "CKM_AES_KEY_WRAP_PAD under a session AES-256 key, then %1").with(std::move(oaep));
    }
    return oaep;
}

std::string describe(const WrapRecipe& recipe) {
    return toEnglish(inWords(recipe));
}

}  // namespace keyconvoy::pkcs11
