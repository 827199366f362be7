#include "wrapping/qualification/diagnosis.h"

#include "wrapping/envelope_layout.h"
#include "wrapping/opening/open_envelope.h"

#include <array>
#include <optional>

namespace keyconvoy::wrapping::qualification {

namespace {

using opening::oaepDecrypt;
using pkcs11::OaepHash;

constexpr std::size_t sessionKeyBytes = 32;

const char* nameOfHash(OaepHash hash) {
    return hash == OaepHash::Sha1 ? "SHA-1" : "SHA-256";
}

OaepHash otherHash(OaepHash hash) {
    return hash == OaepHash::Sha1 ? OaepHash::Sha256 : OaepHash::Sha1;
}

Text describeWrongSize(WrappingChoice choice, ByteView blob) {
    const bool oaep = familyOf(choice.algorithm) == WrappingFamily::RsaesOaep;
    return oaep ? KC_TEXT("Qualification", "the blob has %1 bytes where RSAES-OAEP under this key gives exactly %2")
                      .with(blob.size())
                      .with(modulusBytes(choice.keySpec))
                : KC_TEXT("Qualification", "the blob has %1 bytes: not %2 bytes of RSA part and a multiple of 8 behind them")
                      .with(blob.size())
                      .with(modulusBytes(choice.keySpec));
}

/// The RSA part under the hash that was not asked for, or under two hashes that differ.
std::optional<Text> hashSlip(EVP_PKEY& privateKey, OaepHash asked, ByteView rsaPart) {
    const OaepHash other = otherHash(asked);
    if (oaepDecrypt(privateKey, other, rsaPart)) {
        return KC_TEXT("Qualification", "the blob is a %1 envelope although %2 was asked")
            .with(nameOfHash(other))
            .with(nameOfHash(asked));
    }
    constexpr std::array<OaepHash, 2> hashes{OaepHash::Sha1, OaepHash::Sha256};
    for (const OaepHash hash : hashes) {
        if (opening::oaepDecryptMixed(privateKey, hash, otherHash(hash), rsaPart)) {
            return KC_TEXT("Qualification", "the blob is OAEP with %1, but its mask (MGF1) uses %2")
                .with(nameOfHash(hash))
                .with(nameOfHash(otherHash(hash)));
        }
    }
    return std::nullopt;
}

bool isSwapped(EVP_PKEY& privateKey, ByteView blob, std::size_t rsaPartBytes) {
    const ByteView last = blob.last(rsaPartBytes);
    return oaepDecrypt(privateKey, OaepHash::Sha256, last) || oaepDecrypt(privateKey, OaepHash::Sha1, last);
}

Text describeKeyWrapPart(ByteView sessionKey, ByteView keyWrapPart) {
    if (sessionKey.size() != sessionKeyBytes) {
        return KC_TEXT("Qualification", "the RSA part holds %1 bytes, not the 32 of an AES-256 key").with(sessionKey.size());
    }
    if (opening::keyUnwrap(sessionKey, keyWrapPart)) {
        return KC_TEXT("Qualification",
                       "the key is wrapped by RFC 3394 (with padding of the token's own), not by RFC 5649 as KMS wants it");
    }
    return KC_TEXT("Qualification", "the RSA part opens, but what follows is no RFC 5649 key wrap under the AES key in it");
}

}  // namespace

Text whyNotOpened(EVP_PKEY& privateKey, WrappingChoice choice, ByteView blob) {
    const auto parts = splitEnvelope(blob, choice);
    if (!parts) {
        return describeWrongSize(choice, blob);
    }
    const OaepHash asked = hashOf(choice.algorithm);
    const bool keyWrap = familyOf(choice.algorithm) == WrappingFamily::RsaAesKeyWrap;
    if (const auto inner = oaepDecrypt(privateKey, asked, parts->rsaPart); inner && keyWrap) {
        return describeKeyWrapPart(inner->view(), parts->keyWrapPart);
    }
    if (auto slip = hashSlip(privateKey, asked, parts->rsaPart)) {
        return std::move(*slip);
    }
    if (keyWrap && isSwapped(privateKey, blob, parts->rsaPart.size())) {
        return KC_TEXT("Qualification", "the two parts of the blob are swapped: the RSA part comes last");
    }
    return KC_TEXT("Qualification", "the RSA part of the blob does not open, neither with SHA-256 nor with SHA-1");
}

}  // namespace keyconvoy::wrapping::qualification
