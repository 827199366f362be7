#include "pkcs11/attributes.h"

#include "core/error.h"
#include "pkcs11/object.h"
#include "tests/pkcs11/raw_key.h"
#include "tests/support/token_shim.h"

#include <cstring>
#include <gtest/gtest.h>

namespace keyconvoy::pkcs11 {
namespace {

using namespace keyconvoy::tests;

TEST(AttributeTemplate, KeepsCryptokisTypesAtAddressesThatDoNotChange) {
    AttributeTemplate built;
    built.add(CKA_TOKEN, true);
    const void* first = built.view()[0].pValue;
    for (int i = 0; i < 200; ++i) {
        built.add(CKA_LABEL, std::string_view{"a label of some length, again and again"});
    }
    const AttributeTemplate moved = std::move(built);
    EXPECT_EQ(moved.view()[0].pValue, first);
    EXPECT_EQ(moved.view()[0].ulValueLen, sizeof(CK_BBOOL));
    EXPECT_EQ(*static_cast<const CK_BBOOL*>(first), CK_TRUE);
    EXPECT_EQ(std::memcmp(moved.view()[200].pValue, "a label", 7), 0);
}

TEST(AttributeTemplate, TakesValuesLargerThanItsBlocksAndEmptyOnes) {
    const Bytes large(5000, 0x5a);
    AttributeTemplate built;
    built.add(CKA_MODULUS, ByteView{large}).add(CKA_LABEL, std::string_view{}).add(CKA_VALUE_LEN, CK_ULONG{32});
    EXPECT_EQ(built.view()[0].ulValueLen, 5000U);
    EXPECT_EQ(std::memcmp(built.view()[0].pValue, large.data(), large.size()), 0);
    EXPECT_EQ(built.view()[1].ulValueLen, 0U);
    EXPECT_EQ(*static_cast<const CK_ULONG*>(built.view()[2].pValue), 32U);
}

class ReadAttributes : public testing::TestWithParam<TokenKind> {};

TEST_P(ReadAttributes, NeverAsksForKeyMaterial) {
    TestToken fixture{GetParam()};
    const Token token = fixture.openLoggedIn();
    const RawSession raw{fixture.module(), fixture.label()};
    const CK_OBJECT_HANDLE key = raw.generateAes("open", {CKA_ENCRYPT}, false);
    for (const CK_ATTRIBUTE_TYPE type :
         {CKA_VALUE, CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT}) {
        EXPECT_THROW(static_cast<void>(readAttributes(raw.get(), key, {CKA_LABEL, type})), Error);
    }
}

TEST_P(ReadAttributes, LeavesOutWhatTheTokenDoesNotReport) {
    TestToken fixture{GetParam()};
    const Token token = fixture.openLoggedIn();
    const RawSession raw{fixture.module(), fixture.label()};
    const CK_OBJECT_HANDLE key = raw.generateAes("partly", {CKA_ENCRYPT});
    const AttributeValues values = readAttributes(raw.get(), key, {CKA_LABEL, CKA_MODULUS, CKA_ENCRYPT, CKA_VALUE_LEN});
    EXPECT_EQ(values.text(CKA_LABEL), "partly");
    EXPECT_FALSE(values.bytes(CKA_MODULUS));
    EXPECT_EQ(values.flag(CKA_ENCRYPT), true) << "behind the one that is not there";
    EXPECT_EQ(values.number(CKA_VALUE_LEN), 32U);
    EXPECT_FALSE(values.flag(CKA_LABEL)) << "not one byte";
    EXPECT_FALSE(values.flag(CKA_DECRYPT)) << "not asked for";
}

TEST_P(ReadAttributes, TakesValuesOfAnyLength) {
    TestToken fixture{GetParam()};
    const Token token = fixture.openLoggedIn();
    const RawSession raw{fixture.module(), fixture.label()};
    const std::string label(3000, 'x');
    const CK_OBJECT_HANDLE key = raw.generateAes(label, {CKA_ENCRYPT});
    EXPECT_EQ(readAttributes(raw.get(), key, {CKA_TOKEN, CKA_LABEL}).text(CKA_LABEL), label);
}

TEST_P(ReadAttributes, OfAnObjectThatIsGoneIsAnError) {
    TestToken fixture{GetParam()};
    const Token token = fixture.openLoggedIn();
    const RawSession raw{fixture.module(), fixture.label()};
    const CK_OBJECT_HANDLE key = raw.generateAes("short-lived", {CKA_ENCRYPT});
    destroyObject(raw.get(), key);
    EXPECT_THROW(static_cast<void>(readAttributes(raw.get(), key, {CKA_LABEL})), Error);
}

TEST_P(ReadAttributes, FindsMoreObjectsThanOneBatchHolds) {
    TestToken fixture{GetParam()};
    const Token token = fixture.openLoggedIn();
    const RawSession raw{fixture.module(), fixture.label()};
    AttributeTemplate data;
    data.add(CKA_CLASS, CK_ULONG{CKO_DATA}).add(CKA_TOKEN, false).add(CKA_PRIVATE, false).add(CKA_LABEL, std::string_view{"d"});
    const bool canStoreData = fixture.kind() == TokenKind::SoftHsm;  // NSS keeps no data objects on this token
    for (int i = 0; canStoreData && i < 700; ++i) {
        raw.create(data);
    }
    AttributeTemplate what;
    what.add(CKA_LABEL, std::string_view{"d"});
    EXPECT_EQ(findObjects(raw.get(), what).size(), canStoreData ? 700U : 0U);
}

INSTANTIATE_TEST_SUITE_P(Tokens, ReadAttributes, testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         testing::PrintToStringParamName());

TEST(AttributeName, IsThatOfTheStandardOrANumber) {
    EXPECT_EQ(attributeName(CKA_EXTRACTABLE), "CKA_EXTRACTABLE");
    EXPECT_EQ(attributeName(0xD5A0DB00), "attribute 0xd5a0db00");
}

}  // namespace
}  // namespace keyconvoy::pkcs11
