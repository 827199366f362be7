#include "pkcs11/mechanisms.h"

#include <algorithm>
#include <iterator>

namespace keyconvoy::pkcs11 {

namespace {

struct MechanismRow {
    CK_MECHANISM_TYPE type;
    const char* name;
};

/// Sorted by number. Where one number has several names the newest stands here.
// clang-format off
constexpr MechanismRow mechanismRows[] = {
    {0x0, "CKM_RSA_PKCS_KEY_PAIR_GEN"}, {0x1, "CKM_RSA_PKCS"}, {0x2, "CKM_RSA_9796"}, {0x3, "CKM_RSA_X_509"},
    {0x4, "CKM_MD2_RSA_PKCS"}, {0x5, "CKM_MD5_RSA_PKCS"}, {0x6, "CKM_SHA1_RSA_PKCS"}, {0x7, "CKM_RIPEMD128_RSA_PKCS"},
    {0x8, "CKM_RIPEMD160_RSA_PKCS"}, {0x9, "CKM_RSA_PKCS_OAEP"}, {0xa, "CKM_RSA_X9_31_KEY_PAIR_GEN"}, {0xb, "CKM_RSA_X9_31"},
    {0xc, "CKM_SHA1_RSA_X9_31"}, {0xd, "CKM_RSA_PKCS_PSS"}, {0xe, "CKM_SHA1_RSA_PKCS_PSS"}, {0x10, "CKM_DSA_KEY_PAIR_GEN"},
    {0x11, "CKM_DSA"}, {0x12, "CKM_DSA_SHA1"}, {0x13, "CKM_DSA_SHA224"}, {0x14, "CKM_DSA_SHA256"}, {0x15, "CKM_DSA_SHA384"},
    {0x16, "CKM_DSA_SHA512"}, {0x20, "CKM_DH_PKCS_KEY_PAIR_GEN"}, {0x21, "CKM_DH_PKCS_DERIVE"},
    {0x30, "CKM_X9_42_DH_KEY_PAIR_GEN"}, {0x31, "CKM_X9_42_DH_DERIVE"}, {0x32, "CKM_X9_42_DH_HYBRID_DERIVE"},
    {0x33, "CKM_X9_42_MQV_DERIVE"}, {0x40, "CKM_SHA256_RSA_PKCS"}, {0x41, "CKM_SHA384_RSA_PKCS"}, {0x42, "CKM_SHA512_RSA_PKCS"},
    {0x43, "CKM_SHA256_RSA_PKCS_PSS"}, {0x44, "CKM_SHA384_RSA_PKCS_PSS"}, {0x45, "CKM_SHA512_RSA_PKCS_PSS"},
    {0x46, "CKM_SHA224_RSA_PKCS"}, {0x47, "CKM_SHA224_RSA_PKCS_PSS"}, {0x48, "CKM_SHA512_224"}, {0x49, "CKM_SHA512_224_HMAC"},
    {0x4a, "CKM_SHA512_224_HMAC_GENERAL"}, {0x4b, "CKM_SHA512_224_KEY_DERIVATION"}, {0x4c, "CKM_SHA512_256"},
    {0x4d, "CKM_SHA512_256_HMAC"}, {0x4e, "CKM_SHA512_256_HMAC_GENERAL"}, {0x4f, "CKM_SHA512_256_KEY_DERIVATION"},
    {0x50, "CKM_SHA512_T"}, {0x51, "CKM_SHA512_T_HMAC"}, {0x52, "CKM_SHA512_T_HMAC_GENERAL"},
    {0x53, "CKM_SHA512_T_KEY_DERIVATION"}, {0x100, "CKM_RC2_KEY_GEN"}, {0x101, "CKM_RC2_ECB"}, {0x102, "CKM_RC2_CBC"},
    {0x103, "CKM_RC2_MAC"}, {0x104, "CKM_RC2_MAC_GENERAL"}, {0x105, "CKM_RC2_CBC_PAD"}, {0x110, "CKM_RC4_KEY_GEN"},
    {0x111, "CKM_RC4"}, {0x120, "CKM_DES_KEY_GEN"}, {0x121, "CKM_DES_ECB"}, {0x122, "CKM_DES_CBC"}, {0x123, "CKM_DES_MAC"},
    {0x124, "CKM_DES_MAC_GENERAL"}, {0x125, "CKM_DES_CBC_PAD"}, {0x130, "CKM_DES2_KEY_GEN"}, {0x131, "CKM_DES3_KEY_GEN"},
    {0x132, "CKM_DES3_ECB"}, {0x133, "CKM_DES3_CBC"}, {0x134, "CKM_DES3_MAC"}, {0x135, "CKM_DES3_MAC_GENERAL"},
    {0x136, "CKM_DES3_CBC_PAD"}, {0x137, "CKM_DES3_CMAC_GENERAL"}, {0x138, "CKM_DES3_CMAC"}, {0x140, "CKM_CDMF_KEY_GEN"},
    {0x141, "CKM_CDMF_ECB"}, {0x142, "CKM_CDMF_CBC"}, {0x143, "CKM_CDMF_MAC"}, {0x144, "CKM_CDMF_MAC_GENERAL"},
    {0x145, "CKM_CDMF_CBC_PAD"}, {0x150, "CKM_DES_OFB64"}, {0x151, "CKM_DES_OFB8"}, {0x152, "CKM_DES_CFB64"},
    {0x153, "CKM_DES_CFB8"}, {0x200, "CKM_MD2"}, {0x201, "CKM_MD2_HMAC"}, {0x202, "CKM_MD2_HMAC_GENERAL"}, {0x210, "CKM_MD5"},
    {0x211, "CKM_MD5_HMAC"}, {0x212, "CKM_MD5_HMAC_GENERAL"}, {0x220, "CKM_SHA_1"}, {0x221, "CKM_SHA_1_HMAC"},
    {0x222, "CKM_SHA_1_HMAC_GENERAL"}, {0x230, "CKM_RIPEMD128"}, {0x231, "CKM_RIPEMD128_HMAC"},
    {0x232, "CKM_RIPEMD128_HMAC_GENERAL"}, {0x240, "CKM_RIPEMD160"}, {0x241, "CKM_RIPEMD160_HMAC"},
    {0x242, "CKM_RIPEMD160_HMAC_GENERAL"}, {0x250, "CKM_SHA256"}, {0x251, "CKM_SHA256_HMAC"},
    {0x252, "CKM_SHA256_HMAC_GENERAL"}, {0x255, "CKM_SHA224"}, {0x256, "CKM_SHA224_HMAC"}, {0x257, "CKM_SHA224_HMAC_GENERAL"},
    {0x260, "CKM_SHA384"}, {0x261, "CKM_SHA384_HMAC"}, {0x262, "CKM_SHA384_HMAC_GENERAL"}, {0x270, "CKM_SHA512"},
    {0x271, "CKM_SHA512_HMAC"}, {0x272, "CKM_SHA512_HMAC_GENERAL"}, {0x280, "CKM_SECURID_KEY_GEN"}, {0x282, "CKM_SECURID"},
    {0x290, "CKM_HOTP_KEY_GEN"}, {0x291, "CKM_HOTP"}, {0x2a0, "CKM_ACTI"}, {0x2a1, "CKM_ACTI_KEY_GEN"}, {0x2b0, "CKM_SHA3_256"},
    {0x2b1, "CKM_SHA3_256_HMAC"}, {0x2b5, "CKM_SHA3_224"}, {0x2b6, "CKM_SHA3_224_HMAC"}, {0x2c0, "CKM_SHA3_384"},
    {0x2c1, "CKM_SHA3_384_HMAC"}, {0x2d0, "CKM_SHA3_512"}, {0x2d1, "CKM_SHA3_512_HMAC"}, {0x300, "CKM_CAST_KEY_GEN"},
    {0x301, "CKM_CAST_ECB"}, {0x302, "CKM_CAST_CBC"}, {0x303, "CKM_CAST_MAC"}, {0x304, "CKM_CAST_MAC_GENERAL"},
    {0x305, "CKM_CAST_CBC_PAD"}, {0x310, "CKM_CAST3_KEY_GEN"}, {0x311, "CKM_CAST3_ECB"}, {0x312, "CKM_CAST3_CBC"},
    {0x313, "CKM_CAST3_MAC"}, {0x314, "CKM_CAST3_MAC_GENERAL"}, {0x315, "CKM_CAST3_CBC_PAD"}, {0x320, "CKM_CAST5_KEY_GEN"},
    {0x321, "CKM_CAST5_ECB"}, {0x322, "CKM_CAST5_CBC"}, {0x323, "CKM_CAST5_MAC"}, {0x324, "CKM_CAST5_MAC_GENERAL"},
    {0x325, "CKM_CAST5_CBC_PAD"}, {0x330, "CKM_RC5_KEY_GEN"}, {0x331, "CKM_RC5_ECB"}, {0x332, "CKM_RC5_CBC"},
    {0x333, "CKM_RC5_MAC"}, {0x334, "CKM_RC5_MAC_GENERAL"}, {0x335, "CKM_RC5_CBC_PAD"}, {0x340, "CKM_IDEA_KEY_GEN"},
    {0x341, "CKM_IDEA_ECB"}, {0x342, "CKM_IDEA_CBC"}, {0x343, "CKM_IDEA_MAC"}, {0x344, "CKM_IDEA_MAC_GENERAL"},
    {0x345, "CKM_IDEA_CBC_PAD"}, {0x350, "CKM_GENERIC_SECRET_KEY_GEN"}, {0x360, "CKM_CONCATENATE_BASE_AND_KEY"},
    {0x362, "CKM_CONCATENATE_BASE_AND_DATA"}, {0x363, "CKM_CONCATENATE_DATA_AND_BASE"}, {0x364, "CKM_XOR_BASE_AND_DATA"},
    {0x365, "CKM_EXTRACT_KEY_FROM_KEY"}, {0x370, "CKM_SSL3_PRE_MASTER_KEY_GEN"}, {0x371, "CKM_SSL3_MASTER_KEY_DERIVE"},
    {0x372, "CKM_SSL3_KEY_AND_MAC_DERIVE"}, {0x373, "CKM_SSL3_MASTER_KEY_DERIVE_DH"}, {0x374, "CKM_TLS_PRE_MASTER_KEY_GEN"},
    {0x375, "CKM_TLS_MASTER_KEY_DERIVE"}, {0x376, "CKM_TLS_KEY_AND_MAC_DERIVE"}, {0x377, "CKM_TLS_MASTER_KEY_DERIVE_DH"},
    {0x378, "CKM_TLS_PRF"}, {0x380, "CKM_SSL3_MD5_MAC"}, {0x381, "CKM_SSL3_SHA1_MAC"}, {0x390, "CKM_MD5_KEY_DERIVATION"},
    {0x391, "CKM_MD2_KEY_DERIVATION"}, {0x392, "CKM_SHA1_KEY_DERIVATION"}, {0x393, "CKM_SHA256_KEY_DERIVATION"},
    {0x394, "CKM_SHA384_KEY_DERIVATION"}, {0x395, "CKM_SHA512_KEY_DERIVATION"}, {0x396, "CKM_SHA224_KEY_DERIVATION"},
    {0x3a0, "CKM_PBE_MD2_DES_CBC"}, {0x3a1, "CKM_PBE_MD5_DES_CBC"}, {0x3a2, "CKM_PBE_MD5_CAST_CBC"},
    {0x3a3, "CKM_PBE_MD5_CAST3_CBC"}, {0x3a4, "CKM_PBE_MD5_CAST5_CBC"}, {0x3a5, "CKM_PBE_SHA1_CAST5_CBC"},
    {0x3a6, "CKM_PBE_SHA1_RC4_128"}, {0x3a7, "CKM_PBE_SHA1_RC4_40"}, {0x3a8, "CKM_PBE_SHA1_DES3_EDE_CBC"},
    {0x3a9, "CKM_PBE_SHA1_DES2_EDE_CBC"}, {0x3aa, "CKM_PBE_SHA1_RC2_128_CBC"}, {0x3ab, "CKM_PBE_SHA1_RC2_40_CBC"},
    {0x3b0, "CKM_PKCS5_PBKD2"}, {0x3c0, "CKM_PBA_SHA1_WITH_SHA1_HMAC"}, {0x3d0, "CKM_WTLS_PRE_MASTER_KEY_GEN"},
    {0x3d1, "CKM_WTLS_MASTER_KEY_DERIVE"}, {0x3d2, "CKM_WTLS_MASTER_KEY_DERIVE_DH_ECC"}, {0x3d3, "CKM_WTLS_PRF"},
    {0x3d4, "CKM_WTLS_SERVER_KEY_AND_MAC_DERIVE"}, {0x3d5, "CKM_WTLS_CLIENT_KEY_AND_MAC_DERIVE"},
    {0x3d6, "CKM_TLS10_MAC_SERVER"}, {0x3d7, "CKM_TLS10_MAC_CLIENT"}, {0x3d8, "CKM_TLS12_MAC"}, {0x3d9, "CKM_TLS12_KDF"},
    {0x3e0, "CKM_TLS12_MASTER_KEY_DERIVE"}, {0x3e1, "CKM_TLS12_KEY_AND_MAC_DERIVE"}, {0x3e2, "CKM_TLS12_MASTER_KEY_DERIVE_DH"},
    {0x3e3, "CKM_TLS12_KEY_SAFE_DERIVE"}, {0x3e4, "CKM_TLS_MAC"}, {0x3e5, "CKM_TLS_KDF"}, {0x400, "CKM_KEY_WRAP_LYNKS"},
    {0x401, "CKM_KEY_WRAP_SET_OAEP"}, {0x500, "CKM_CMS_SIG"}, {0x510, "CKM_KIP_DERIVE"}, {0x511, "CKM_KIP_WRAP"},
    {0x512, "CKM_KIP_MAC"}, {0x550, "CKM_CAMELLIA_KEY_GEN"}, {0x551, "CKM_CAMELLIA_ECB"}, {0x552, "CKM_CAMELLIA_CBC"},
    {0x553, "CKM_CAMELLIA_MAC"}, {0x554, "CKM_CAMELLIA_MAC_GENERAL"}, {0x555, "CKM_CAMELLIA_CBC_PAD"},
    {0x556, "CKM_CAMELLIA_ECB_ENCRYPT_DATA"}, {0x557, "CKM_CAMELLIA_CBC_ENCRYPT_DATA"}, {0x558, "CKM_CAMELLIA_CTR"},
    {0x560, "CKM_ARIA_KEY_GEN"}, {0x561, "CKM_ARIA_ECB"}, {0x562, "CKM_ARIA_CBC"}, {0x563, "CKM_ARIA_MAC"},
    {0x564, "CKM_ARIA_MAC_GENERAL"}, {0x565, "CKM_ARIA_CBC_PAD"}, {0x566, "CKM_ARIA_ECB_ENCRYPT_DATA"},
    {0x567, "CKM_ARIA_CBC_ENCRYPT_DATA"}, {0x650, "CKM_SEED_KEY_GEN"}, {0x651, "CKM_SEED_ECB"}, {0x652, "CKM_SEED_CBC"},
    {0x653, "CKM_SEED_MAC"}, {0x654, "CKM_SEED_MAC_GENERAL"}, {0x655, "CKM_SEED_CBC_PAD"}, {0x656, "CKM_SEED_ECB_ENCRYPT_DATA"},
    {0x657, "CKM_SEED_CBC_ENCRYPT_DATA"}, {0x1000, "CKM_SKIPJACK_KEY_GEN"}, {0x1001, "CKM_SKIPJACK_ECB64"},
    {0x1002, "CKM_SKIPJACK_CBC64"}, {0x1003, "CKM_SKIPJACK_OFB64"}, {0x1004, "CKM_SKIPJACK_CFB64"},
    {0x1005, "CKM_SKIPJACK_CFB32"}, {0x1006, "CKM_SKIPJACK_CFB16"}, {0x1007, "CKM_SKIPJACK_CFB8"},
    {0x1008, "CKM_SKIPJACK_WRAP"}, {0x1009, "CKM_SKIPJACK_PRIVATE_WRAP"}, {0x100a, "CKM_SKIPJACK_RELAYX"},
    {0x1010, "CKM_KEA_KEY_PAIR_GEN"}, {0x1011, "CKM_KEA_KEY_DERIVE"}, {0x1020, "CKM_FORTEZZA_TIMESTAMP"},
    {0x1030, "CKM_BATON_KEY_GEN"}, {0x1031, "CKM_BATON_ECB128"}, {0x1032, "CKM_BATON_ECB96"}, {0x1033, "CKM_BATON_CBC128"},
    {0x1034, "CKM_BATON_COUNTER"}, {0x1035, "CKM_BATON_SHUFFLE"}, {0x1036, "CKM_BATON_WRAP"}, {0x1040, "CKM_EC_KEY_PAIR_GEN"},
    {0x1041, "CKM_ECDSA"}, {0x1042, "CKM_ECDSA_SHA1"}, {0x1043, "CKM_ECDSA_SHA224"}, {0x1044, "CKM_ECDSA_SHA256"},
    {0x1045, "CKM_ECDSA_SHA384"}, {0x1046, "CKM_ECDSA_SHA512"}, {0x1050, "CKM_ECDH1_DERIVE"},
    {0x1051, "CKM_ECDH1_COFACTOR_DERIVE"}, {0x1052, "CKM_ECMQV_DERIVE"}, {0x1053, "CKM_ECDH_AES_KEY_WRAP"},
    {0x1054, "CKM_RSA_AES_KEY_WRAP"}, {0x1055, "CKM_EC_EDWARDS_KEY_PAIR_GEN"}, {0x1056, "CKM_EC_MONTGOMERY_KEY_PAIR_GEN"},
    {0x1057, "CKM_EDDSA"}, {0x1060, "CKM_JUNIPER_KEY_GEN"}, {0x1061, "CKM_JUNIPER_ECB128"}, {0x1062, "CKM_JUNIPER_CBC128"},
    {0x1063, "CKM_JUNIPER_COUNTER"}, {0x1064, "CKM_JUNIPER_SHUFFLE"}, {0x1065, "CKM_JUNIPER_WRAP"}, {0x1070, "CKM_FASTHASH"},
    {0x1080, "CKM_AES_KEY_GEN"}, {0x1081, "CKM_AES_ECB"}, {0x1082, "CKM_AES_CBC"}, {0x1083, "CKM_AES_MAC"},
    {0x1084, "CKM_AES_MAC_GENERAL"}, {0x1085, "CKM_AES_CBC_PAD"}, {0x1086, "CKM_AES_CTR"}, {0x1087, "CKM_AES_GCM"},
    {0x1088, "CKM_AES_CCM"}, {0x1089, "CKM_AES_CTS"}, {0x108a, "CKM_AES_CMAC"}, {0x108b, "CKM_AES_CMAC_GENERAL"},
    {0x108c, "CKM_AES_XCBC_MAC"}, {0x108d, "CKM_AES_XCBC_MAC_96"}, {0x108e, "CKM_AES_GMAC"}, {0x1090, "CKM_BLOWFISH_KEY_GEN"},
    {0x1091, "CKM_BLOWFISH_CBC"}, {0x1092, "CKM_TWOFISH_KEY_GEN"}, {0x1093, "CKM_TWOFISH_CBC"},
    {0x1094, "CKM_BLOWFISH_CBC_PAD"}, {0x1095, "CKM_TWOFISH_CBC_PAD"}, {0x1100, "CKM_DES_ECB_ENCRYPT_DATA"},
    {0x1101, "CKM_DES_CBC_ENCRYPT_DATA"}, {0x1102, "CKM_DES3_ECB_ENCRYPT_DATA"}, {0x1103, "CKM_DES3_CBC_ENCRYPT_DATA"},
    {0x1104, "CKM_AES_ECB_ENCRYPT_DATA"}, {0x1105, "CKM_AES_CBC_ENCRYPT_DATA"}, {0x1200, "CKM_GOSTR3410_KEY_PAIR_GEN"},
    {0x1201, "CKM_GOSTR3410"}, {0x1202, "CKM_GOSTR3410_WITH_GOSTR3411"}, {0x1203, "CKM_GOSTR3410_KEY_WRAP"},
    {0x1204, "CKM_GOSTR3410_DERIVE"}, {0x1210, "CKM_GOSTR3411"}, {0x1211, "CKM_GOSTR3411_HMAC"},
    {0x1220, "CKM_GOST28147_KEY_GEN"}, {0x1221, "CKM_GOST28147_ECB"}, {0x1222, "CKM_GOST28147"}, {0x1223, "CKM_GOST28147_MAC"},
    {0x1224, "CKM_GOST28147_KEY_WRAP"}, {0x2000, "CKM_DSA_PARAMETER_GEN"}, {0x2001, "CKM_DH_PKCS_PARAMETER_GEN"},
    {0x2002, "CKM_X9_42_DH_PARAMETER_GEN"}, {0x2003, "CKM_DSA_PROBABLISTIC_PARAMETER_GEN"},
    {0x2004, "CKM_DSA_SHAWE_TAYLOR_PARAMETER_GEN"}, {0x2104, "CKM_AES_OFB"}, {0x2105, "CKM_AES_CFB64"},
    {0x2106, "CKM_AES_CFB8"}, {0x2107, "CKM_AES_CFB128"}, {0x2108, "CKM_AES_CFB1"}, {0x2109, "CKM_AES_KEY_WRAP"},
    {0x210a, "CKM_AES_KEY_WRAP_PAD"}, {0x210b, "CKM_AES_KEY_WRAP_KWP"}, {0x210c, "CKM_AES_KEY_WRAP_PKCS7"},
    {0x4001, "CKM_RSA_PKCS_TPM_1_1"}, {0x4002, "CKM_RSA_PKCS_OAEP_TPM_1_1"}, {0x402a, "CKM_HKDF_DERIVE"},
    {0x402b, "CKM_HKDF_DATA"}, {0x402c, "CKM_HKDF_KEY_GEN"},
};
// clang-format on

struct AbilityName {
    CK_FLAGS flag;
    const char* name;
};

constexpr AbilityName abilityNames[] = {
    {CKF_HW, "hardware"}, {CKF_ENCRYPT, "encrypt"}, {CKF_DECRYPT, "decrypt"},   {CKF_DIGEST, "digest"},
    {CKF_SIGN, "sign"},   {CKF_VERIFY, "verify"},   {CKF_GENERATE, "generate"}, {CKF_GENERATE_KEY_PAIR, "generate key pair"},
    {CKF_WRAP, "wrap"},   {CKF_UNWRAP, "unwrap"},   {CKF_DERIVE, "derive"},
};

std::vector<std::string> abilitiesOf(CK_FLAGS flags) {
    std::vector<std::string> abilities;
    for (const AbilityName& row : abilityNames) {
        if ((flags & row.flag) != 0) {
            abilities.emplace_back(row.name);
        }
    }
    return abilities;
}

std::vector<CK_MECHANISM_TYPE> mechanismTypes(const Session& session) {
    CK_ULONG count = 0;
    const auto& functions = session.functions();
    session.check(functions.C_GetMechanismList(session.slot(), nullptr, &count), "C_GetMechanismList");
    std::vector<CK_MECHANISM_TYPE> types(count);
    session.check(functions.C_GetMechanismList(session.slot(), types.data(), &count), "C_GetMechanismList");
    types.resize(std::min<std::size_t>(count, types.size()));
    std::ranges::sort(types);
    return types;
}

}  // namespace

std::string numberInHex(CK_ULONG number) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (CK_ULONG rest = number; rest != 0 || text.empty(); rest >>= 4U) {
        text.insert(text.begin(), digits[rest & 0xfU]);
    }
    return "0x" + text;
}

std::string mechanismName(CK_MECHANISM_TYPE type) {
    const auto* row = std::ranges::lower_bound(mechanismRows, type, {}, &MechanismRow::type);
    return row != std::end(mechanismRows) && row->type == type ? row->name : numberInHex(type);
}

std::string callWith(std::string_view function, CK_MECHANISM_TYPE mechanism) {
    return std::string{function} + "(" + mechanismName(mechanism) + ")";
}

std::vector<Mechanism> listMechanisms(const Session& session) {
    std::vector<Mechanism> mechanisms;
    for (const CK_MECHANISM_TYPE type : mechanismTypes(session)) {
        CK_MECHANISM_INFO info{};
        // A mechanism that is listed and then not known is left without abilities, not passed over.
        const bool known = session.functions().C_GetMechanismInfo(session.slot(), type, &info) == CKR_OK;
        mechanisms.push_back({.type = type,
                              .name = mechanismName(type),
                              .minKeySize = known ? info.ulMinKeySize : 0,
                              .maxKeySize = known ? info.ulMaxKeySize : 0,
                              .abilities = known ? abilitiesOf(info.flags) : std::vector<std::string>{}});
    }
    return mechanisms;
}

}  // namespace keyconvoy::pkcs11
