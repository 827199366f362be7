#pragma once

#include "core/name_table.h"
#include "pkcs11/token.h"

/// How recipes are spelled in JSON: in the words of PKCS#11.
namespace keyconvoy::wrapping::qualification {

inline constexpr NameTable<pkcs11::WrapMethod, 4> wrapMethodNames{{
    {pkcs11::WrapMethod::Oaep, "CKM_RSA_PKCS_OAEP"},
    {pkcs11::WrapMethod::NativeRsaAesKeyWrap, "CKM_RSA_AES_KEY_WRAP"},
    {pkcs11::WrapMethod::TwoStepKwp, "CKM_AES_KEY_WRAP_KWP, CKM_RSA_PKCS_OAEP"},
    {pkcs11::WrapMethod::TwoStepPad, "CKM_AES_KEY_WRAP_PAD, CKM_RSA_PKCS_OAEP"},
}};
static_assert(hasNoRepeats(wrapMethodNames));

inline constexpr NameTable<pkcs11::OaepHash, 2> oaepHashNames{{
    {pkcs11::OaepHash::Sha1, "SHA_1"},
    {pkcs11::OaepHash::Sha256, "SHA_256"},
}};
static_assert(hasNoRepeats(oaepHashNames));

inline constexpr NameTable<pkcs11::OaepSource, 2> oaepSourceNames{{
    {pkcs11::OaepSource::DataSpecified, "CKZ_DATA_SPECIFIED"},
    {pkcs11::OaepSource::Zero, "0"},
}};
static_assert(hasNoRepeats(oaepSourceNames));

}  // namespace keyconvoy::wrapping::qualification
