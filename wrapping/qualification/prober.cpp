#include "wrapping/qualification/prober.h"

#include "pkcs11/in_words.h"
#include "wrapping/qualification/check_values.h"
#include "wrapping/qualification/diagnosis.h"
#include "wrapping/qualification/private_key_check.h"
#include "wrapping/wrapping_public_key.h"

#include <algorithm>
#include <array>

namespace keyconvoy::wrapping::qualification {

namespace {

constexpr int mostRegenerations = 12;  // some PKCS#8 lengths are a multiple of 8 in one case of four or so
constexpr std::size_t semiblock = 8;   // RFC 5649

/// These say that the token, the session or the login is gone: no judgement on what the token can wrap.
constexpr std::array<std::string_view, 8> goneCodes{
    "CKR_DEVICE_REMOVED", "CKR_TOKEN_NOT_PRESENT",  "CKR_TOKEN_NOT_RECOGNIZED", "CKR_SESSION_HANDLE_INVALID",
    "CKR_SESSION_CLOSED", "CKR_USER_NOT_LOGGED_IN", "CKR_PIN_EXPIRED",          "CKR_CRYPTOKI_NOT_INITIALIZED",
};

bool isNoJudgement(const Failure& failure) {
    const bool ours = failure.kind == ErrorKind::Internal && failure.code.empty();
    return ours || failure.kind == ErrorKind::Cancelled || std::ranges::find(goneCodes, failure.code) != goneCodes.end();
}

int sizeBitsOf(WrappingKeySpec spec) {
    return static_cast<int>(modulusBytes(spec) * 8);
}

Verdict failed(Stage stage, Text reason) {
    return {.stage = stage, .reason = std::move(reason), .code = {}, .plaintextBytes = 0};
}

Verdict shown(Text reason, std::size_t plaintextBytes) {
    return {.stage = Stage::Shown, .reason = std::move(reason), .code = {}, .plaintextBytes = plaintextBytes};
}

Text wrongSecretLength(std::size_t wanted, ByteView plaintext) {
    const bool padded = plaintext.size() > wanted &&
                        std::ranges::all_of(plaintext.subspan(wanted), [](std::uint8_t octet) { return octet == 0; });
    return padded ? KC_TEXT("Qualification",
                            "a secret of %1 bytes came back as %2, with zero bytes behind it: the token pads the key before "
                            "it wraps it, so the length that RFC 5649 carries is wrong")
                        .with(wanted)
                        .with(plaintext.size())
                  : KC_TEXT("Qualification", "a secret of %1 bytes came back as %2").with(wanted).with(plaintext.size());
}

}  // namespace

Prober::Prober(pkcs11::Token& token, ThrowAwayKeys& keys, WrappingKeySpec wrappingKeySpec)
    : m_token{token},
      m_keys{keys},
      m_wrappingPair{opening::generateRsaKeyPair(sizeBitsOf(wrappingKeySpec))},
      m_wrappingKey{WrappingPublicKey::fromDer(opening::publicKeyDer(*m_wrappingPair),
                                               KC_TEXT("Qualification", "the wrapping key made here"))
                        .rsa()} {
}

Verdict Prober::prove(const Combination& combination, const pkcs11::WrapRecipe& recipe) {
    if (materialKind(combination.keySpec) == MaterialKind::Rsa) {
        return proveVaryingLength(combination, recipe);
    }
    Verdict verdict = tryOnce(tokenKeyType(combination.keySpec), combination.choice, recipe);
    const PlaintextRange range = plaintextRange(combination.keySpec);
    if (verdict.stage == Stage::Shown && (verdict.plaintextBytes < range.smallest || verdict.plaintextBytes > range.largest)) {
        return failed(Stage::Opening, KC_TEXT("Qualification", "the key inside the blob has %1 bytes; %2 to %3 are plausible")
                                          .with(verdict.plaintextBytes)
                                          .with(range.smallest)
                                          .with(range.largest));
    }
    return verdict;
}

/// The encoding of an RSA key has no fixed length. One whose length is a multiple of 8 comes through a token that pads wrongly
/// (SoftHSM 2.6.1's CKM_AES_KEY_WRAP_PAD), so such a throw-away shows nothing and another is made. The cheap secret goes first.
Verdict Prober::proveVaryingLength(const Combination& combination, const pkcs11::WrapRecipe& recipe) {
    Verdict padding = tryOnce(paddingProbe, combination.choice, recipe);
    if (padding.stage != Stage::Shown) {
        return padding;
    }
    const pkcs11::KeyType type = tokenKeyType(combination.keySpec);
    for (int i = 0; i < mostRegenerations; ++i) {
        Verdict verdict = tryOnce(type, combination.choice, recipe);
        if (verdict.stage != Stage::Shown) {
            return verdict;
        }
        if (verdict.plaintextBytes % semiblock != 0) {
            verdict.reason =
                KC_TEXT("Qualification", "%1; its length is no multiple of 8, so that the padding was really tried, and %2")
                    .with(std::move(verdict.reason))
                    .with(std::move(padding.reason));
            return verdict;
        }
        m_keys.renew(type);
    }
    return failed(Stage::Opening, KC_TEXT("Qualification",
                                          "the PKCS#8 of %1 throw-away keys all had a length that is a multiple of 8, so the "
                                          "padding could not be tried")
                                      .with(std::to_string(mostRegenerations)));
}

Verdict Prober::tryOnce(const pkcs11::KeyType& type, WrappingChoice choice, const pkcs11::WrapRecipe& recipe) {
    Stage stage = Stage::Generation;
    try {
        const pkcs11::Token::ThrowAway& key = m_keys.get(type);
        stage = Stage::Wrap;
        const Bytes blob = m_token.wrapThrowAway(key.key, m_wrappingKey, recipe);
        stage = Stage::Opening;
        const auto plaintext = opening::openEnvelope(*m_wrappingPair, choice, blob);
        return plaintext ? judge(plaintext->view(), type, key) : failed(stage, whyNotOpened(*m_wrappingPair, choice, blob));
    } catch (const Error& error) {
        if (isNoJudgement(error.failure())) {
            throw;
        }
        m_token.checkStillThere();
        return refusal(error, stage, type);
    }
}

Verdict Prober::judge(ByteView plaintext, const pkcs11::KeyType& type, const pkcs11::Token::ThrowAway& key) const {
    if (const auto bytes = exactPlaintextBytes(type)) {
        return judgeSecret(plaintext, *bytes, type, key);
    }
    if (auto fault = faultOfPrivateKey(plaintext, type, key.publicKeyDer)) {
        return failed(Stage::Opening, std::move(*fault));
    }
    return shown(KC_TEXT("Qualification",
                         "a throw-away key (%1) came back as exactly one PKCS#8 of %2 bytes, the private half of its public key")
                     .with(pkcs11::inWords(type))
                     .with(plaintext.size()),
                 plaintext.size());
}

Verdict Prober::judgeSecret(ByteView plaintext, std::size_t wantedBytes, const pkcs11::KeyType& type,
                            const pkcs11::Token::ThrowAway& key) const {
    if (plaintext.size() != wantedBytes) {
        return failed(Stage::Opening, wrongSecretLength(wantedBytes, plaintext));
    }
    if (type == pkcs11::KeyType{paddingProbe}) {
        return judgePaddingProbe(plaintext, key);
    }
    const pkcs11::CheckValueOutcome expected = m_token.checkValue(key.key);
    if (expected.value && hasCheckValue(plaintext, *expected.value)) {
        return shown(
            KC_TEXT("Qualification", "a throw-away key (%1) came back as exactly %2 bytes with the same check value (%3)")
                .with(pkcs11::inWords(type))
                .with(plaintext.size())
                .with(pkcs11::inWords(expected.value->method)),
            plaintext.size());
    }
    if (expected.value) {
        return failed(Stage::Opening,
                      KC_TEXT("Qualification", "the key inside the blob is not the throw-away key: its check value differs (%1)")
                          .with(pkcs11::inWords(expected.value->method)));
    }
    return failed(Stage::Opening,
                  KC_TEXT("Qualification", "the token gives no check value of the throw-away key to compare with: %1")
                      .with(expected.whyNot));
}

/// Its length is what it is made for. Its content is compared by HMAC where the token makes one with so short a key (SoftHSM does
/// not below the digest's length); the RSA key that follows is compared whole in any case.
Verdict Prober::judgePaddingProbe(ByteView plaintext, const pkcs11::Token::ThrowAway& key) const {
    const Bytes message(16);
    const Text typeName = pkcs11::inWords(paddingProbe);
    try {
        if (m_token.mac(key.key, pkcs11::HmacHash::Sha256, message) != hmac(MacHash::Sha256, plaintext, message)) {
            return failed(Stage::Opening, KC_TEXT("Qualification",
                                                  "the key inside the blob is not the throw-away key: its HMAC-SHA-256 differs"));
        }
    } catch (const Error& error) {
        if (isNoJudgement(error.failure())) {
            throw;
        }
        return shown(
            KC_TEXT("Qualification", "a throw-away key (%1) came back as exactly %2 bytes").with(typeName).with(plaintext.size()),
            plaintext.size());
    }
    return shown(KC_TEXT("Qualification", "a throw-away key (%1) came back as exactly %2 bytes with the same HMAC-SHA-256")
                     .with(typeName)
                     .with(plaintext.size()),
                 plaintext.size());
}

Verdict Prober::refusal(const Error& error, Stage stage, const pkcs11::KeyType& type) const {
    const Text& cause = error.failure().cause;
    Text reason = stage == Stage::Generation ? KC_TEXT("Qualification", "the token cannot generate a throw-away key (%1): %2")
                                                   .with(pkcs11::inWords(type))
                                                   .with(cause)
                  : stage == Stage::Wrap ? KC_TEXT("Qualification", "the token refused to wrap a throw-away key (%1): %2")
                                               .with(pkcs11::inWords(type))
                                               .with(cause)
                                         : KC_TEXT("Qualification", "the throw-away key (%1) could not be compared: %2")
                                               .with(pkcs11::inWords(type))
                                               .with(cause);
    return {.stage = stage, .reason = std::move(reason), .code = error.failure().code, .plaintextBytes = 0};
}

}  // namespace keyconvoy::wrapping::qualification
