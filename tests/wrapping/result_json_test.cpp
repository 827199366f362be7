#include "wrapping/qualification/qualification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::wrapping::qualification {
namespace {

using pkcs11::OaepHash;
using pkcs11::OaepSource;
using pkcs11::WrapMethod;
using testing::HasSubstr;

Text place() {
    return KC_TEXT("Tests", "qualification.json");
}

Result example() {
    Result result;
    result.combination = {KeySpec::Rsa2048, {WrappingAlgorithm::RsaAesKeyWrapSha256, WrappingKeySpec::Rsa3072}};
    result.token = {.moduleSha256 = std::string(64, 'a'),
                    .moduleSettings = "b",
                    .serial = "0123",
                    .model = "Model \"X\"",
                    .firmwareVersion = "1.2"};
    result.date = parseRfc3339("2026-11-21T23:00:00.125Z").value();
    result.attempts = {{.recipe = {WrapMethod::NativeRsaAesKeyWrap, OaepHash::Sha256, OaepSource::DataSpecified},
                        .qualified = false,
                        .reason = KC_TEXT("Tests", "the token refused: %1").with("100%2 of it"),
                        .code = "CKR_MECHANISM_INVALID"},
                       {.recipe = {WrapMethod::TwoStepKwp, OaepHash::Sha256, OaepSource::Zero},
                        .qualified = true,
                        .reason = KC_TEXT("Tests", "shown"),
                        .code = {}}};
    result.throwAwayKeys = {{.typeName = "RSA-2048",
                             .label = "throw-away",
                             .id = {1, 2, 255},
                             .generatedAt = parseRfc3339("2026-11-21T23:00:01.001Z").value(),
                             .destroyedAt = parseRfc3339("2026-11-21T23:00:02Z").value()}};
    result.chosen = result.attempts.back().recipe;
    result.explanation = KC_TEXT("Tests", "it can");
    return result;
}

std::string refusalOf(const Json& json) {
    try {
        static_cast<void>(resultFromJson(json, place()));
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidInput);
        EXPECT_EQ(toEnglish(error.failure().place), "qualification.json");
        return toEnglish(error.failure().cause);
    }
    ADD_FAILURE() << "was taken: " << json.dump();
    return {};
}

/// As a reader of another language sees it: each text is asked for by its own words.
std::string shouted(const Text& text) {
    return inLanguage(text, [](const char* context, const char* english) {
        return (*context == '\0' ? "" : std::string{context} + ": ") + english;
    });
}

TEST(QualificationJson, KeepsWhatItTakesToSayTheReasonsInAnyLanguage) {
    Result original = example();
    original.explanation =
        KC_TEXT("Tests", "it can, with %1: %2").with("CKM_X").with(KC_TEXT("Tests", "%1 bytes came").with("5"));
    const Json json = toJson(original);
    EXPECT_EQ(json["explanation"], "it can, with CKM_X: 5 bytes came");
    const Result copy = resultFromJson(parseStrictJson(json.dump(), place()), place());
    EXPECT_EQ(shouted(copy.explanation), "Tests: it can, with CKM_X: Tests: 5 bytes came");
    EXPECT_EQ(shouted(copy.attempts[0].reason), "Tests: the token refused: 100%2 of it");
}

TEST(QualificationJson, TakesTheEnglishSentenceOfOlderFiles) {
    Json json = toJson(example());
    json.erase("explanationText");
    json["attempts"][0].erase("reasonText");
    const Result result = resultFromJson(json, place());
    EXPECT_EQ(shouted(result.explanation), "it can");
    EXPECT_EQ(shouted(result.attempts[0].reason), "the token refused: 100%2 of it");
}

TEST(QualificationJson, RefusesATextThatIsNotThatOfItsSentence) {
    const auto refusalWith = [](Json text, const char* sentence) {
        Json json = toJson(example());
        json["explanation"] = sentence;
        json["explanationText"] = std::move(text);
        return refusalOf(json);
    };
    const std::string refusal = "explanationText does not read as explanation";
    const auto textOf = [](const char* english, Json arguments) {
        return Json{{"context", "Tests"}, {"english", english}, {"arguments", std::move(arguments)}};
    };
    EXPECT_EQ(refusalWith(textOf("it cannot", Json::array()), "it can"), refusal);
    EXPECT_EQ(refusalWith(textOf("it can", "none"), "it can"), refusal);
    EXPECT_EQ(refusalWith(textOf("%1%1", Json::array({"ha"})), "haha"), refusal) << "a small file could stand for endless words";
    Json deep = textOf("it can", Json::array());
    for (int i = 0; i < 20; ++i) {
        deep = textOf("%1", Json::array({deep}));
    }
    EXPECT_EQ(refusalWith(deep, "it can"), refusal);
}

TEST(QualificationJson, ReadsBackWhatItWrote) {
    const Result original = example();
    const Json json = toJson(original);
    const Result copy = resultFromJson(parseStrictJson(json.dump(), place()), place());
    EXPECT_EQ(copy.combination, original.combination);
    EXPECT_EQ(copy.token, original.token);
    EXPECT_EQ(copy.date, original.date);
    ASSERT_EQ(copy.attempts.size(), 2U);
    EXPECT_EQ(copy.attempts[0].recipe, original.attempts[0].recipe);
    EXPECT_EQ(toEnglish(copy.attempts[0].reason), "the token refused: 100%2 of it");
    EXPECT_EQ(copy.attempts[0].code, "CKR_MECHANISM_INVALID");
    EXPECT_TRUE(copy.attempts[1].qualified);
    ASSERT_EQ(copy.throwAwayKeys.size(), 1U);
    EXPECT_EQ(copy.throwAwayKeys[0].id, original.throwAwayKeys[0].id);
    EXPECT_EQ(copy.throwAwayKeys[0].generatedAt, original.throwAwayKeys[0].generatedAt);
    EXPECT_EQ(copy.throwAwayKeys[0].destroyedAt, original.throwAwayKeys[0].destroyedAt);
    EXPECT_EQ(copy.chosen, original.chosen);
    EXPECT_EQ(toJson(copy), json);
}

TEST(QualificationJson, ARefusalHasNoChoice) {
    Result refused = example();
    refused.attempts.pop_back();
    refused.chosen.reset();
    const Json json = toJson(refused);
    EXPECT_FALSE(json.contains("chosen"));
    EXPECT_EQ(resultFromJson(json, place()).chosen, std::nullopt);
}

TEST(QualificationJson, RecipesAreSpelledInTheWordsOfPkcs11) {
    const Json json = toJson(example());
    EXPECT_EQ(json.at("chosen").dump(), R"({"method":"CKM_AES_KEY_WRAP_KWP, CKM_RSA_PKCS_OAEP","hash":"SHA_256","source":"0"})");
    EXPECT_EQ(json.at("combination").dump(),
              R"({"keySpec":"RSA_2048","wrappingAlgorithm":"RSA_AES_KEY_WRAP_SHA_256","wrappingKeySpec":"RSA_3072"})");
}

TEST(QualificationJson, EveryMissingMemberIsNamed) {
    const Json whole = toJson(example());
    for (const auto& member : whole.items()) {
        if (member.key() == "chosen" || member.key() == "explanationText") {
            continue;
        }
        Json json = whole;
        json.erase(member.key());
        EXPECT_EQ(refusalOf(json), member.key() + " is missing");
    }
    Json json = whole;
    json["attempts"][1]["recipe"].erase("hash");
    EXPECT_EQ(refusalOf(json), "attempts[1].recipe.hash is missing");
}

TEST(QualificationJson, EveryWrongTypeIsRefused) {
    const Json whole = toJson(example());
    const Json leaves = whole.flatten();
    int seen = 0;
    for (const auto& leaf : leaves.items()) {
        for (const Json& wrong : {Json(17), Json(), Json::array(), Json::object(), Json("no such value")}) {
            const bool anyText = leaf.value().is_string() && wrong.is_string();
            Json changed = whole;
            changed[Json::json_pointer{leaf.key()}] = wrong;
            if (!anyText && changed != whole) {
                SCOPED_TRACE(leaf.key());
                refusalOf(changed);
                ++seen;
            }
        }
    }
    EXPECT_GT(seen, 100);
}

TEST(QualificationJson, OtherDocumentsAreRefused) {
    for (const char* text :
         {"null", "[]", "{}", "17", "\"text\"", R"({"schema":17})", R"({"schema":"keyconvoy.qualification.2"})"}) {
        refusalOf(Json::parse(text));
    }
}

TEST(QualificationJson, AChoiceThatNothingShowsIsRefused) {
    const Json whole = toJson(example());
    Json withoutChoice = whole;
    withoutChoice.erase("chosen");
    EXPECT_THAT(refusalOf(withoutChoice), HasSubstr("chosen is not the first attempt"));
    Json nothingQualified = whole;
    nothingQualified["attempts"][1]["qualified"] = false;
    EXPECT_THAT(refusalOf(nothingQualified), HasSubstr("chosen is not the first attempt"));
    Json otherHash = whole;
    otherHash["attempts"][1]["recipe"]["hash"] = "SHA_1";
    otherHash["chosen"]["hash"] = "SHA_1";
    EXPECT_THAT(refusalOf(otherHash), HasSubstr("does not fit the wrapping algorithm"));
    Json impossible = whole;
    impossible["combination"]["keySpec"] = "HMAC_256";
    EXPECT_THAT(refusalOf(impossible), HasSubstr("KMS refuses"));
}

TEST(QualificationJson, NamesOfTimesAndIdsAreChecked) {
    Json json = toJson(example());
    json["date"] = "2026-11-21";
    EXPECT_THAT(refusalOf(json), HasSubstr("date is no time"));
    json = toJson(example());
    json["throwAwayKeys"][0]["id"] = "0g";
    EXPECT_THAT(refusalOf(json), HasSubstr("throwAwayKeys[0].id is not hexadecimal"));
    json = toJson(example());
    json["combination"]["wrappingAlgorithm"] = "RSAES_PKCS1_V1_5";
    EXPECT_THAT(refusalOf(json), HasSubstr("combination.wrappingAlgorithm"));
}

std::vector<std::string> throwAwaysInEnglish(const Combination& combination) {
    std::vector<std::string> names;
    for (const Text& name : throwAwayKeysFor(combination)) {
        names.push_back(toEnglish(name));
    }
    return names;
}

TEST(ThrowAwayKeysFor, NamesWhatARunGenerates) {
    const WrappingChoice keyWrap{WrappingAlgorithm::RsaAesKeyWrapSha256, WrappingKeySpec::Rsa2048};
    const WrappingChoice oaep{WrappingAlgorithm::RsaesOaepSha256, WrappingKeySpec::Rsa2048};
    EXPECT_THAT(throwAwaysInEnglish({KeySpec::Rsa3072, keyWrap}), testing::ElementsAre("generic secret, 20 bytes", "RSA-3072"));
    EXPECT_THAT(throwAwaysInEnglish({KeySpec::SymmetricDefault, oaep}), testing::ElementsAre("AES-256"));
    EXPECT_THAT(throwAwaysInEnglish({KeySpec::EccSecgP256k1, keyWrap}), testing::ElementsAre("EC secp256k1"));
}

}  // namespace
}  // namespace keyconvoy::wrapping::qualification
