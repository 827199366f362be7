#pragma once

#include "wrapping/opening/open_envelope.h"
#include "wrapping/qualification/qualification.h"
#include "wrapping/qualification/throw_away_keys.h"

namespace keyconvoy::wrapping::qualification {

/// Where a trial ended.
enum class Stage : std::uint8_t {
    Generation,  ///< the token cannot make the throw-away key at all
    Wrap,        ///< the token refused to wrap
    Opening,     ///< the token wrapped, but the blob is not what it should be: the dangerous case
    Shown,       ///< wrapped and opened again exactly
};

struct Verdict {
    Stage stage = Stage::Shown;
    Text reason;
    std::string code;                ///< the token's, "CKR_..."
    std::size_t plaintextBytes = 0;  ///< of the opened key
};

/// The generic secret whose length is no multiple of 8, for the padding of the key wrap.
inline constexpr pkcs11::GenericSecretKey paddingProbe{20};

/// Wraps throw-away keys under an RSA key pair made here, opens the blobs and compares. What the token refuses is a verdict; a
/// token that is gone, or a defect of ours, is thrown.
class Prober {
public:
    Prober(pkcs11::Token& token, ThrowAwayKeys& keys, WrappingKeySpec wrappingKeySpec);

    /// All that is needed to trust this recipe for this key spec.
    [[nodiscard]] Verdict prove(const Combination& combination, const pkcs11::WrapRecipe& recipe);

private:
    [[nodiscard]] Verdict proveVaryingLength(const Combination& combination, const pkcs11::WrapRecipe& recipe);
    [[nodiscard]] Verdict tryOnce(const pkcs11::KeyType& type, WrappingChoice choice, const pkcs11::WrapRecipe& recipe);
    [[nodiscard]] Verdict judge(ByteView plaintext, const pkcs11::KeyType& type, const pkcs11::Token::ThrowAway& key) const;
    [[nodiscard]] Verdict judgeSecret(ByteView plaintext, std::size_t wantedBytes, const pkcs11::KeyType& type,
                                      const pkcs11::Token::ThrowAway& key) const;
    [[nodiscard]] Verdict judgePaddingProbe(ByteView plaintext, const pkcs11::Token::ThrowAway& key) const;
    [[nodiscard]] Verdict refusal(const Error& error, Stage stage, const pkcs11::KeyType& type) const;

    pkcs11::Token& m_token;
    ThrowAwayKeys& m_keys;
    opening::PkeyPtr m_wrappingPair;
    pkcs11::RsaPublicKey m_wrappingKey;
};

}  // namespace keyconvoy::wrapping::qualification
