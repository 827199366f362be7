#include "app/inventory/backup_route.h"

#include "app/inventory/key_facts.h"
#include "app/inventory/verify_signature.h"
#include "core/text.h"
#include "pkcs11/in_words.h"

#include <openssl/rand.h>

namespace keyconvoy::app {
namespace {

using pkcs11::OaepHash;
using pkcs11::Token;
using pkcs11::WrapMethod;
using pkcs11::WrapRecipe;
using wrapping::qualification::Combination;

/// RFC 5649 has a check value of its own, so a mechanism that means something else by its number fails here and does no harm.
std::vector<WrapRecipe> unwrapCandidates(const WrapRecipe& wrap) {
    if (wrap.method == WrapMethod::Oaep) {
        return {wrap};
    }
    std::vector<WrapRecipe> candidates;
    for (const WrapMethod method : {WrapMethod::TwoStepKwp, WrapMethod::TwoStepPad, WrapMethod::NativeRsaAesKeyWrap}) {
        candidates.push_back({method, wrap.hash, wrap.source});
    }
    return candidates;
}

/// The throw-away key on the first token, destroyed on every path; its session dies with the Token at the latest.
class ThrowAwayGuard {
public:
    ThrowAwayGuard(Token& token, const pkcs11::KeyType& type) : m_token{token}, m_made{token.generateThrowAway(type)} {}
    ThrowAwayGuard(const ThrowAwayGuard&) = delete;
    ThrowAwayGuard& operator=(const ThrowAwayGuard&) = delete;
    ~ThrowAwayGuard() {
        if (m_there) {
            try {
                m_token.destroy(m_made.key);
            } catch (const Error&) {  // another failure is on its way already
                m_there = false;
            }
        }
    }
    void destroy() {
        m_there = false;
        m_token.destroy(m_made.key);
    }
    [[nodiscard]] const Token::ThrowAway& made() const { return m_made; }

private:
    Token& m_token;
    Token::ThrowAway m_made;
    bool m_there = true;
};

void checkCopyIsEqual(const TokenPair& tokens, const Token::ThrowAway& original, pkcs11::KeyReference copy,
                      const pkcs11::KeyType& type) {
    if (isKeyPair(type)) {
        checkPrivateHalf(tokens.to, copy, type, original.publicKeyDer);
        return;
    }
    const auto here = tokens.from.checkValue(original.key).value;
    const auto there = tokens.to.checkValue(copy).value;
    if (!here || !there || *here != *there) {
        throw Error{ErrorKind::Integrity, KC_TEXT("BackupRoute", "throw-away key"),
                    KC_TEXT("BackupRoute", "its check values on the two tokens cannot be compared or differ"),
                    KC_TEXT("BackupRoute", "choose another pair of tokens")};
    }
}

/// Throws what the second token said.
void tryToUnwrap(const TokenPair& tokens, const pkcs11::BackupTransportKey& transportKey, const Token::ThrowAway& original,
                 ByteView blob, const pkcs11::KeyType& type, const WrapRecipe& recipe) {
    const pkcs11::KeyRequest request{
        .type = type,
        .label = pkcs11::ObjectLabel{original.label},
        .lifetime = pkcs11::KeyLifetime::SessionObject,
        .purpose = isKeyPair(type) ? pkcs11::KeyPurpose::Signing : pkcs11::KeyPurpose::CheckValueOnly};
    const pkcs11::GeneratedKey copy =
        tokens.to.unwrapBackup(transportKey, blob, recipe, request, original.id, original.publicKeyDer);
    try {
        checkCopyIsEqual(tokens, original, copy.key, type);
    } catch (...) {
        tokens.to.destroy(copy.key);
        throw;
    }
    tokens.to.destroy(copy.key);
}

wrapping::WrappingKeySpec keySpecOf(int bits) {
    switch (bits) {
        case 2048: return wrapping::WrappingKeySpec::Rsa2048;
        case 3072: return wrapping::WrappingKeySpec::Rsa3072;
        case 4096: return wrapping::WrappingKeySpec::Rsa4096;
        default: break;
    }
    throw Error{ErrorKind::InvalidInput, KC_TEXT("BackupRoute", "transport key"),
                KC_TEXT("BackupRoute", "%1 bits are none of 2048, 3072 and 4096").with(std::to_string(bits)),
                KC_TEXT("BackupRoute", "choose one of these, 4096 unless there is a reason")};
}

}  // namespace

std::vector<Combination> backupCombinations(wrapping::KeySpec keySpec, int transportKeyBits, bool allowSha1) {
    const auto family = isKeyPair(wrapping::tokenKeyType(keySpec)) ? wrapping::WrappingFamily::RsaAesKeyWrap
                                                                   : wrapping::WrappingFamily::RsaesOaep;
    const wrapping::WrappingKeySpec wrappingKey = keySpecOf(transportKeyBits);
    std::vector<Combination> combinations{{keySpec, {algorithmOf(family, OaepHash::Sha256), wrappingKey}}};
    if (allowSha1) {
        combinations.push_back({keySpec, {algorithmOf(family, OaepHash::Sha1), wrappingKey}});
    }
    return combinations;
}

std::optional<WrapRecipe> findUnwrapRecipe(TokenPair tokens, const pkcs11::BackupTransportKey& transportKey,
                                           const pkcs11::KeyType& type, const WrapRecipe& wrap,
                                           std::vector<wrapping::qualification::ThrowAwayRecord>& throwAwayKeys,
                                           std::vector<Text>& reasons, const Clock& clock) {
    const TimePoint generatedAt = clock();
    ThrowAwayGuard original{tokens.from, type};
    throwAwayKeys.push_back(
        {"throw-away key of the pair, on both tokens", original.made().label, original.made().id, generatedAt, {}});
    const Bytes blob = tokens.from.wrapThrowAway(original.made().key, transportKey.publicKey, wrap);
    std::optional<WrapRecipe> found;
    for (const WrapRecipe& candidate : unwrapCandidates(wrap)) {
        try {
            tryToUnwrap(tokens, transportKey, original.made(), blob, type, candidate);
            found = candidate;
            break;
        } catch (const Error& error) {
            const Failure& failure = error.failure();
            reasons.push_back(arranged("%1: %2")
                                  .with(pkcs11::inWords(candidate))
                                  .with(failure.code.empty() ? failure.cause : verbatim(failure.code)));
        }
    }
    original.destroy();
    throwAwayKeys.back().destroyedAt = clock();
    return found;
}

Bytes randomId() {
    Bytes id(16);
    if (RAND_bytes(id.data(), static_cast<int>(id.size())) != 1) {
        throw CryptoError{"RAND_bytes"};
    }
    return id;
}

void checkPrivateHalf(const Token& token, pkcs11::KeyReference key, const pkcs11::KeyType& type, ByteView publicKeyDer) {
    const Bytes message = randomId();
    const pkcs11::SignatureScheme scheme = signatureSchemeFor(type);
    if (!verifySignature(publicKeyDer, scheme, message, token.sign(key, scheme, message))) {
        throw Error{ErrorKind::Integrity, KC_TEXT("BackupRoute", "restored private key"),
                    KC_TEXT("BackupRoute", "its signature does not verify under the original's public key: it is another key"),
                    KC_TEXT("BackupRoute", "do not use this copy; choose another backup token")};
    }
}

}  // namespace keyconvoy::app
