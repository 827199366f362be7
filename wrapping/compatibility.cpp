#include "wrapping/compatibility.h"

#include <algorithm>
#include <array>

namespace keyconvoy::wrapping {

namespace {

/// One row per key spec: the whole rule book. An absent smallest wrapping key means that the family is refused for this spec.
struct Rule {
    KeySpec keySpec = KeySpec::SymmetricDefault;
    std::optional<WrappingKeySpec> oaepFrom;     ///< smallest wrapping key for RSAES_OAEP_*
    std::optional<WrappingKeySpec> keyWrapFrom;  ///< smallest wrapping key for RSA_AES_KEY_WRAP_*
    PlaintextRange plaintext;
};

constexpr auto any = std::optional{WrappingKeySpec::Rsa2048};
constexpr auto from3072 = std::optional{WrappingKeySpec::Rsa3072};
constexpr std::optional<WrappingKeySpec> never = std::nullopt;

// KMS Developer Guide, "Importing key material": step 2 (wrapping keys and algorithms) and the requirements for imported
// material. PKCS#8 of an EC key: the smaller figure leaves out the public point, the larger has it and the curve twice, with room
// for an attribute. PKCS#8 of an RSA key: INTEGERs whose top octet is zero are shorter, so the length varies by some octets.
constexpr std::array<Rule, keySpecNames.size()> rules{{
    {KeySpec::SymmetricDefault, any, never, {32, 32}},
    {KeySpec::Hmac224, any, never, {28, 128}},
    {KeySpec::Hmac256, any, never, {32, 128}},
    {KeySpec::Hmac384, any, never, {48, 128}},
    {KeySpec::Hmac512, any, never, {64, 128}},
    {KeySpec::Rsa2048, never, any, {1200, 1260}},
    {KeySpec::Rsa3072, never, any, {1776, 1836}},
    {KeySpec::Rsa4096, never, any, {2357, 2417}},
    {KeySpec::EccNistP256, any, any, {67, 180}},
    {KeySpec::EccNistP384, any, any, {80, 214}},
    {KeySpec::EccNistP521, from3072, any, {98, 280}},
    {KeySpec::EccSecgP256k1, any, any, {64, 180}},
    {KeySpec::EccNistEdwards25519, from3072, any, {48, 48}},
}};

const Rule& ruleFor(KeySpec keySpec) {
    return *std::ranges::find(rules, keySpec, &Rule::keySpec);
}

const std::optional<WrappingKeySpec>& smallestFor(const Rule& rule, WrappingFamily family) {
    return family == WrappingFamily::RsaesOaep ? rule.oaepFrom : rule.keyWrapFrom;
}

}  // namespace

bool accepts(KeySpec keySpec, WrappingChoice choice) {
    const auto& smallest = smallestFor(ruleFor(keySpec), familyOf(choice.algorithm));
    return smallest && choice.keySpec >= *smallest;
}

std::optional<Text> whyRefused(KeySpec keySpec, WrappingChoice choice) {
    if (accepts(keySpec, choice)) {
        return std::nullopt;
    }
    const auto& smallest = smallestFor(ruleFor(keySpec), familyOf(choice.algorithm));
    if (smallest) {
        return KC_TEXT("Compatibility", "KMS takes %1 key material by %2 only under a wrapping key of %3 or larger, not %4")
            .with(nameOf(keySpecNames, keySpec))
            .with(nameOf(wrappingAlgorithmNames, choice.algorithm))
            .with(nameOf(wrappingKeySpecNames, *smallest))
            .with(nameOf(wrappingKeySpecNames, choice.keySpec));
    }
    const auto family = familyOf(choice.algorithm);
    return KC_TEXT("Compatibility", "KMS takes %1 key material by %2 only, not by %3")
        .with(nameOf(keySpecNames, keySpec))
        .with(family == WrappingFamily::RsaesOaep ? "RSA_AES_KEY_WRAP_*" : "RSAES_OAEP_*")
        .with(nameOf(wrappingAlgorithmNames, choice.algorithm));
}

std::string refusalAsKms(KeySpec keySpec, WrappingChoice choice) {
    std::string text{"Wrapping algorithm "};
    text += nameOf(wrappingAlgorithmNames, choice.algorithm);
    text += " and wrapping key spec ";
    text += nameOf(wrappingKeySpecNames, choice.keySpec);
    text += " cannot be used to import a ";
    text += nameOf(keySpecNames, keySpec);
    return text + " key.";
}

std::size_t longestOaepPlaintext(WrappingChoice choice) {
    const std::size_t hashBytes = hashOf(choice.algorithm) == pkcs11::OaepHash::Sha1 ? 20 : 32;
    return modulusBytes(choice.keySpec) - 2 * hashBytes - 2;
}

PlaintextRange plaintextRange(KeySpec keySpec) {
    return ruleFor(keySpec).plaintext;
}

bool takes(KeySpec keySpec, const pkcs11::KeyType& type) {
    if (materialKind(keySpec) != MaterialKind::Hmac) {
        return type == tokenKeyType(keySpec);
    }
    const auto bytes = exactPlaintextBytes(type);
    const PlaintextRange range = plaintextRange(keySpec);
    return std::holds_alternative<pkcs11::GenericSecretKey>(type) && *bytes >= range.smallest && *bytes <= range.largest;
}

std::optional<std::size_t> exactPlaintextBytes(const pkcs11::KeyType& type) {
    if (const auto* aes = std::get_if<pkcs11::AesKey>(&type)) {
        return static_cast<std::size_t>(aes->sizeBits) / 8;
    }
    if (const auto* secret = std::get_if<pkcs11::GenericSecretKey>(&type)) {
        return static_cast<std::size_t>(secret->sizeBytes);
    }
    return std::nullopt;
}

}  // namespace keyconvoy::wrapping
