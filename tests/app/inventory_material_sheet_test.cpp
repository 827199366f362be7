#include "app/inventory/material_sheet.h"

#include "core/files.h"

#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using app::MaterialSheet;
using app::MaterialSheets;

constexpr const char* someArn = "arn:aws:kms:eu-central-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab";
constexpr const char* otherArn = "arn:aws:kms:eu-central-1:000000000000:key/9876abcd-12ab-34cd-56ef-1234567890ab";

MaterialSheet someSheet() {
    MaterialSheet sheet;
    sheet.importedAt = *parseRfc3339("2027-06-17T12:00:00Z");
    sheet.mode = app::Mode::Rehearsal;
    sheet.keyArn = someArn;
    sheet.keySpec = "SYMMETRIC_DEFAULT";
    sheet.keyUsage = "ENCRYPT_DECRYPT";
    sheet.multiRegion = true;
    sheet.keyMaterialId = std::string(64, 'a');
    sheet.keyMaterialDescription = "made in the ceremony of June";
    sheet.validTo = *parseRfc3339("2028-06-01T00:00:00Z");
    sheet.parametersRequestId = "request-1";
    sheet.importRequestId = "request-2";
    sheet.token = {"serial-1", "Model X", "Site A"};
    sheet.keyId = Bytes{1, 2, 3};
    sheet.keyLabel = "orders-2027";
    sheet.typeName = "AES-256";
    sheet.checkValue = pkcs11::CheckValue{pkcs11::CheckValueMethod::AesCmacZeroBlock, Bytes{4, 5, 6, 7, 8}};
    sheet.backups = {{{"serial-2", "Model X", "Site B"}, *parseRfc3339("2027-06-16T12:00:00Z")}};
    sheet.wrappingAlgorithm = "RSA_AES_KEY_WRAP_SHA_256";
    sheet.wrappingKeySpec = "RSA_4096";
    sheet.paddedPlaintextBytes = 1224;
    sheet.check = "same-material-twice";
    return sheet;
}

std::string textOf(const Json& json) {
    return json.dump(2);
}

MaterialSheet parsed(const Json& json) {
    return app::parseMaterialSheet(textOf(json), verbatim("some sheet"));
}

TEST(MaterialSheet, IsReadAsItWasWritten) {
    const Json written = toJson(someSheet());
    EXPECT_EQ(toJson(parsed(written)), written);
}

TEST(MaterialSheet, WhatIsAbsentStaysAbsent) {
    MaterialSheet sheet = someSheet();
    sheet.keyMaterialId.reset();
    sheet.keyMaterialDescription.reset();
    sheet.validTo.reset();
    sheet.checkValue.reset();
    sheet.backups.clear();
    sheet.paddedPlaintextBytes.reset();
    const MaterialSheet again = parsed(toJson(sheet));
    EXPECT_FALSE(again.keyMaterialId || again.keyMaterialDescription || again.validTo || again.checkValue ||
                 again.paddedPlaintextBytes);
    EXPECT_TRUE(again.backups.empty());
    EXPECT_EQ(toJson(again), toJson(sheet));
}

/// Every member is needed: a sheet with one left out, or of another kind, is refused.
TEST(MaterialSheet, EveryMemberIsNeeded) {
    const Json whole = toJson(someSheet());
    std::size_t looked = 0;
    const std::function<void(const Json::json_pointer&)> without = [&](const Json::json_pointer& at) {
        for (const auto& [name, value] : whole.at(at).items()) {
            const Json::json_pointer member = at / name;
            if (value.is_object()) {
                without(member);
            }
            Json less = whole;
            less.at(at).erase(name);
            EXPECT_THROW(static_cast<void>(parsed(less)), Error) << member.to_string();
            Json other = whole;
            other.at(member) = Json::array({Json::object()});
            EXPECT_THROW(static_cast<void>(parsed(other)), Error) << member.to_string();
            ++looked;
        }
    };
    without(Json::json_pointer{});
    EXPECT_GE(looked, 25U);
}

TEST(MaterialSheet, OtherFilesAreRefusedWithTheirPlace) {
    for (const char* text : {"", "{", "[]", "null", "{}", R"({"schema": "keyconvoy.material/2"})"}) {
        try {
            static_cast<void>(app::parseMaterialSheet(text, verbatim("some sheet")));
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::InvalidInput);
            EXPECT_NE(toEnglish(error.failure().place).find("some sheet"), std::string::npos);
        }
    }
}

class MaterialSheetsTest : public testing::Test {
protected:
    TemporaryFolder m_folder{"keyconvoy-sheets-"};
    MaterialSheets m_sheets{m_folder.path() / "materials"};
};

TEST_F(MaterialSheetsTest, FindsTheSheetsOfAKmsKeyTheNewestFirst) {
    MaterialSheet later = someSheet();
    later.importedAt += std::chrono::hours{1};
    MaterialSheet other = someSheet();
    other.keyArn = otherArn;
    m_sheets.add(someSheet());
    m_sheets.add(later);
    m_sheets.add(other);
    const auto found = m_sheets.find(someArn);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found.front().sheet.importedAt, later.importedAt);
    EXPECT_EQ(m_sheets.find().size(), 3U);
}

TEST_F(MaterialSheetsTest, OverwritesNothing) {
    const auto first = m_sheets.add(someSheet());
    const auto second = m_sheets.add(someSheet());
    EXPECT_NE(first.file, second.file);
    EXPECT_EQ(first.sha256, Fingerprint::of(readFile(first.file, 1U << 20U)));
    EXPECT_EQ(m_sheets.find(someArn).size(), 2U);
}

TEST_F(MaterialSheetsTest, PassesOverWhatIsNoSheet) {
    const auto written = m_sheets.add(someSheet());
    std::ofstream{written.file.parent_path() / "half.kcmaterial.json"} << "{\"schema\": \"keyconvoy.mat";
    std::ofstream{written.file.parent_path() / "notes.txt"} << "nothing";
    EXPECT_EQ(m_sheets.find().size(), 1U);
}

TEST_F(MaterialSheetsTest, NoFolderIsNoSheets) {
    EXPECT_TRUE(m_sheets.find().empty());
}

}  // namespace
}  // namespace keyconvoy::tests
