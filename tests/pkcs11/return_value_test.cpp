#include "pkcs11/return_value.h"

#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace keyconvoy::pkcs11 {
namespace {

/// The codes of p11-kit's header by name.
std::map<std::string, CK_RV> codesOfTheHeader() {
    std::ifstream file{KEYCONVOY_CRYPTOKI_HEADER};
    std::ostringstream text;
    text << file.rdbuf();
    const std::string content = text.str();
    const std::regex define{R"(#define\s+(CKR_[A-Z0-9_]+)\s+\((0x[0-9a-fA-F]+|[0-9]+)UL\))"};
    std::map<std::string, CK_RV> codes;
    for (std::sregex_iterator match{content.begin(), content.end(), define}; match != std::sregex_iterator{}; ++match) {
        codes[(*match)[1]] = std::stoul((*match)[2], nullptr, 0);
    }
    return codes;
}

TEST(ReturnValue, EveryCodeOfTheHeaderHasNameMeaningAndRemedy) {
    // The header has these five wrong: 0x1c0 to 0x1c4 in place of 0x1b5 to 0x1b9 (PKCS#11 2.40, appendix B).
    const std::map<std::string, CK_RV> corrected{{"CKR_EXCEEDED_MAX_ITERATIONS", 0x1b5},
                                                 {"CKR_FIPS_SELF_TEST_FAILED", 0x1b6},
                                                 {"CKR_LIBRARY_LOAD_FAILED", 0x1b7},
                                                 {"CKR_PIN_TOO_WEAK", 0x1b8},
                                                 {"CKR_PUBLIC_KEY_INVALID", 0x1b9}};
    const auto codes = codesOfTheHeader();
    EXPECT_GT(codes.size(), 85U);
    for (const auto& [name, number] : codes) {
        const auto correction = corrected.find(name);
        const ReturnValue value = describeReturnValue(correction == corrected.end() ? number : correction->second);
        EXPECT_EQ(value.name, name);
        EXPECT_FALSE(value.meaning.empty());
        EXPECT_FALSE(value.remedy.empty());
    }
}

TEST(ReturnValue, NoTwoCodesShareAMeaningThatWouldHideWhich) {
    std::set<std::string> names;
    for (CK_RV code = 0; code < 0x210; ++code) {
        const ReturnValue value = describeReturnValue(code);
        EXPECT_TRUE(names.insert(value.name).second) << value.name;
    }
}

TEST(ReturnValue, AnUnknownCodeIsShownInHex) {
    EXPECT_EQ(describeReturnValue(0x7f).name, "unknown code 0x7f");
    const ReturnValue vendor = describeReturnValue(0x80000123);
    EXPECT_EQ(vendor.name, "vendor code 0x80000123");
    EXPECT_NE(toEnglish(vendor.meaning).find("vendor"), std::string::npos);
    EXPECT_FALSE(vendor.remedy.empty());
}

TEST(ReturnValue, AFailureNamesFunctionTokenAndCode) {
    const Pkcs11Error error{"C_WrapKey", CKR_KEY_UNEXTRACTABLE, "Vault"};
    EXPECT_EQ(toEnglish(error.failure().place), "C_WrapKey, token \"Vault\"");
    EXPECT_EQ(error.failure().code, "CKR_KEY_UNEXTRACTABLE");
    EXPECT_EQ(error.kind(), ErrorKind::Refused);
    EXPECT_EQ(error.code(), CK_RV{CKR_KEY_UNEXTRACTABLE});
}

TEST(ReturnValue, KindsLeadToTheRightExitCode) {
    EXPECT_EQ(describeReturnValue(CKR_DEVICE_REMOVED).kind, ErrorKind::Unavailable);
    EXPECT_EQ(describeReturnValue(CKR_FUNCTION_CANCELED).kind, ErrorKind::Cancelled);
    EXPECT_EQ(describeReturnValue(CKR_MECHANISM_INVALID).kind, ErrorKind::Refused);
}

}  // namespace
}  // namespace keyconvoy::pkcs11
