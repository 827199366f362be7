#pragma once

/// The one include of the Cryptoki header (p11-kit's, PKCS#11 2.40), with what it lacks under names of our own. It must not meet
/// NSS's headers in one file: they clash.

#include <p11-kit/pkcs11.h>

namespace keyconvoy::pkcs11 {

inline constexpr CK_MECHANISM_TYPE ckmAesKeyWrapKwp = 0x210B;  ///< CKM_AES_KEY_WRAP_KWP of PKCS#11 3.0: RFC 5649

/// CK_RSA_AES_KEY_WRAP_PARAMS (PKCS#11 2.40 errata 01, 2.1.22).
struct CkRsaAesKeyWrapParams {
    CK_ULONG ulAesKeyBits;
    CK_RSA_PKCS_OAEP_PARAMS* pOaepParams;
};

inline constexpr CK_ATTRIBUTE_TYPE ckaNssDb = 0xD5A0DB00;  ///< CKA_NSS_DB: NSS softokn files a private key under its public value

/// For the prototypes of Cryptoki and p11-kit, which lack const where they only read.
template <class T>
[[nodiscard]] T* withoutConst(const T* data) noexcept {
    return const_cast<T*>(data);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

inline constexpr CK_ULONG ckUnavailable = ~CK_ULONG{0};  ///< CK_UNAVAILABLE_INFORMATION without its C cast

}  // namespace keyconvoy::pkcs11
