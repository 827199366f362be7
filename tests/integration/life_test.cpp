#include "app/inventory/delete_material.h"
#include "app/inventory/key_jobs.h"
#include "app/inventory/kms_keys.h"
#include "app/inventory/material_sheet.h"
#include "tests/integration/import_station.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using wrapping::KeySpec;

/// What comes after the first import: the same material again, and a successor that is rotated in.
class MaterialLife : public ::testing::Test {
protected:
    Json run(const ImportRequest& request) { return m_person.run(makeImportJob(request, m_person.context())); }
    Failure failureIn(const ImportRequest& request) {
        return failureOf([&] { run(request); });
    }
    [[nodiscard]] MaterialSheet sheetOf(const Json& imported) const {
        return MaterialSheets{m_station.sheets()}.find(arnOf(imported)).front().sheet;
    }
    [[nodiscard]] ImportRequest againOf(const Json& imported) const {
        const MaterialSheet sheet = sheetOf(imported);
        ImportRequest request = m_station.request(m_token, *valueNamed(wrapping::keySpecNames, sheet.keySpec));
        request.purpose = ImportPurpose::Again;
        request.sameAs = sheet;
        request.key = {.generateWithLabel = {},
                       .existing = pkcs11::KeySelector{.label = {}, .id = sheet.keyId, .objectClass = {}}};
        request.kmsKey.existing = kms::KeyIdentifier::parse(sheet.keyArn);
        return request;
    }
    [[nodiscard]] ImportRequest successorOf(const Json& imported, const char* label = "successor") const {
        ImportRequest request = m_station.request(m_token, KeySpec::SymmetricDefault);
        request.purpose = ImportPurpose::Successor;
        request.key.generateWithLabel = pkcs11::ObjectLabel{label};
        request.kmsKey.existing = kms::KeyIdentifier::parse(arnOf(imported));
        return request;
    }
    [[nodiscard]] std::string stateOf(const Json& imported) const {
        return m_station.client().describeKey(arnOf(imported)).metadata.keyStateName;
    }
    /// The state of each material as KMS lists it: "CURRENT" and so on.
    [[nodiscard]] std::vector<std::string> materialsOf(const Json& imported) const {
        std::vector<std::string> states;
        for (const kms::Rotation& material : m_station.client().listKeyRotations(arnOf(imported), true).rotations) {
            states.push_back(material.keyMaterialState.value_or(""));
        }
        return states;
    }
    void deleteMaterial(const Json& imported) const {
        static_cast<void>(m_station.client().deleteImportedKeyMaterial(arnOf(imported), std::nullopt));
    }

    ImportStation m_station;
    SoftHsmToken m_token;
    Operator m_person;
};

TEST_F(MaterialLife, TheSameMaterialComesBackUnderItsOwnId) {
    const Json first = run(m_station.request(m_token, KeySpec::SymmetricDefault));
    deleteMaterial(first);
    ASSERT_EQ(stateOf(first), "PendingImport");
    const Json again = run(againOf(first));
    EXPECT_EQ(stateOf(first), "Enabled");
    EXPECT_EQ(again["kms"]["keyMaterialId"], first["kms"]["keyMaterialId"]);
    EXPECT_EQ(again["kms"]["createdInThisRun"], false);
    EXPECT_EQ(MaterialSheets{m_station.sheets()}.find(arnOf(first)).size(), 2U) << "each import has its sheet";
}

TEST_F(MaterialLife, AnHmacKeyComesBackToo) {
    const Json first = run(m_station.request(m_token, KeySpec::Hmac256));
    deleteMaterial(first);
    const Json again = run(againOf(first));
    EXPECT_EQ(stateOf(first), "Enabled");
    EXPECT_EQ(again["check"]["result"], "equal-mac");
}

TEST_F(MaterialLife, AnotherKeyIsRefusedBeforeAnythingIsSent) {
    const Json first = run(m_station.request(m_token, KeySpec::SymmetricDefault));
    ImportRequest other = m_station.request(m_token, KeySpec::SymmetricDefault);
    other.key.generateWithLabel = pkcs11::ObjectLabel{"other"};
    const Json otherKey = run(other);
    deleteMaterial(first);
    ImportRequest wrong = againOf(first);
    wrong.key.existing = keyOf(otherKey);
    m_person.seen.clear();
    const Failure failure = failureIn(wrong);
    EXPECT_EQ(failure.kind, ErrorKind::Integrity);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("but the material sheet says"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("imported"));
    for (const StepEvent& event : m_person.seen) {
        EXPECT_NE(event.step, "kms.parameters");
        EXPECT_NE(event.step, "kms.import");
    }
    EXPECT_EQ(stateOf(first), "PendingImport");
}

/// SoftHSM 2.6 does not tell how long a key is that it has unwrapped; the sheet's check value does.
TEST_F(MaterialLife, FromABackupOnSoftHsmTheSameMaterialComesBack) {
    SoftHsmStore store;
    store.addToken("Site A");
    store.addToken("Site B");
    const TokenStation siteA{store.profile(), pkcs11::TokenSelector::parse("Site A")};
    const TokenStation siteB{store.profile(), pkcs11::TokenSelector::parse("Site B")};
    for (const KeySpec keySpec : {KeySpec::SymmetricDefault, KeySpec::Hmac256}) {
        ImportRequest request = m_station.request(m_token, keySpec);
        request.token = siteA;
        request.key.generateWithLabel = pkcs11::ObjectLabel{std::string{nameOf(wrapping::keySpecNames, keySpec)}};
        const Json first = run(request);
        BackupRequest backup{.from = siteA, .to = siteB, .key = keyOf(first), .allowSha1Reason = "both know SHA-1 only"};
        backup.transportKeyBits = 2048;
        backup.stateFolder = m_station.qualifications();
        m_person.run(makeBackupJob(backup, m_person.context()));
        deleteMaterial(first);
        ImportRequest restore = againOf(first);
        restore.token = siteB;
        const Json again = run(restore);
        EXPECT_EQ(stateOf(first), "Enabled");
        EXPECT_EQ(again["kms"]["keyMaterialId"], first["kms"]["keyMaterialId"]);
        EXPECT_EQ(again["key"]["type"], first["key"]["type"]);

        ImportRequest withoutSheet = m_station.request(m_token, keySpec);
        withoutSheet.token = siteB;
        withoutSheet.key = {.generateWithLabel = {}, .existing = keyOf(first)};
        const Json elsewhere = run(withoutSheet);
        EXPECT_EQ(elsewhere["key"]["type"], first["key"]["type"]);
        EXPECT_THAT(elsewhere["findings"].dump(), HasSubstr("does not report the length of this key"));
    }
}

TEST_F(MaterialLife, ASuccessorIsImportedCheckedAndRotatedIn) {
    const Json first = run(m_station.request(m_token, KeySpec::SymmetricDefault));
    Operator person;
    const Json second = person.run(makeImportJob(successorOf(first), person.context()));
    EXPECT_NE(second["kms"]["keyMaterialId"], first["kms"]["keyMaterialId"]);
    EXPECT_EQ(second["kms"]["rotatedInThisRun"], true);
    EXPECT_EQ(second["check"]["result"], "same-material-twice");
    EXPECT_THAT(materialsOf(first), ::testing::UnorderedElementsAre("CURRENT", "NON_CURRENT"));
    EXPECT_EQ(m_station.client().describeKey(arnOf(first)).metadata.currentKeyMaterialId,
              second["kms"]["keyMaterialId"].get<std::string>());
    EXPECT_THAT(person.textOf("import.review"), HasSubstr("0 done, this is one of the 25 that are left"));
    const MaterialSheet sheet = sheetOf(first);
    EXPECT_EQ(sheet.keyMaterialId, second["kms"]["keyMaterialId"].get<std::string>());
}

/// A key of two materials is usable only when KMS holds both.
TEST_F(MaterialLife, EachOfSeveralMaterialsComesBack) {
    const Json first = run(m_station.request(m_token, KeySpec::SymmetricDefault));
    const MaterialSheet ofFirst = sheetOf(first);
    const Json second = run(successorOf(first));
    for (const Json* imported : {&first, &second}) {
        static_cast<void>(
            m_station.client().deleteImportedKeyMaterial(arnOf(first), (*imported)["kms"]["keyMaterialId"].get<std::string>()));
    }
    ImportRequest old = againOf(first);
    old.sameAs = ofFirst;
    old.key.existing = keyOf(first);
    const Json again = run(old);
    EXPECT_EQ(again["kms"]["keyMaterialId"], first["kms"]["keyMaterialId"]);
    EXPECT_THAT(again["findings"].dump(), HasSubstr("lacks these materials too"));
    EXPECT_EQ(stateOf(first), "PendingImport");
    ImportRequest current = againOf(first);
    current.sameAs->keyMaterialId = second["kms"]["keyMaterialId"].get<std::string>();
    current.sameAs->checkValue.reset();
    current.key.existing = keyOf(second);
    run(current);
    EXPECT_EQ(stateOf(first), "Enabled");
}

TEST_F(MaterialLife, WhatCannotHaveASuccessorIsRefused) {
    const Json mac = run(m_station.request(m_token, KeySpec::Hmac256));
    ImportRequest ofMac = successorOf(mac);
    ofMac.keySpec = KeySpec::Hmac256;
    EXPECT_THAT(toEnglish(failureIn(ofMac).cause), HasSubstr("one material for its whole life"));

    ImportRequest request = m_station.request(m_token, KeySpec::SymmetricDefault);
    request.key.generateWithLabel = pkcs11::ObjectLabel{"symmetric"};
    const Json first = run(request);
    m_station.client().disableKey(arnOf(first));
    EXPECT_THAT(toEnglish(failureIn(successorOf(first)).cause), HasSubstr("disabled"));
    m_station.client().enableKey(arnOf(first));
    deleteMaterial(first);
    EXPECT_THAT(toEnglish(failureIn(successorOf(first)).cause), HasSubstr("PendingImport"));
}

TEST_F(MaterialLife, NothingIsAddedWhileAnotherMaterialWaits) {
    const Json first = run(m_station.request(m_token, KeySpec::SymmetricDefault));
    ImportRequest stopped = successorOf(first, "waits");
    std::stop_source stop;
    Operator person;
    RunContext context = person.context();
    context.stop = stop.get_token();
    context.observe = [&stop](const StepEvent& event) {
        if (event.step == "check" && event.phase == StepPhase::Done) {
            stop.request_stop();
        }
    };
    const Failure failure = failureOf([&] { person.run(makeImportJob(stopped, context)); });
    EXPECT_EQ(failure.kind, ErrorKind::Cancelled);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("keyconvoy rotate --key-id"));
    EXPECT_THAT(materialsOf(first), Contains("PENDING_ROTATION"));
    const Failure refused = failureIn(successorOf(first, "another"));
    EXPECT_EQ(refused.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(refused.cause), HasSubstr("waits to be rotated in"));
}

// ------------------------------------------------------------------------------------------------------- lists and deletion

TEST_F(MaterialLife, AllKeysAreListedTheMostUrgentFirst) {
    ImportRequest never = m_station.request(m_token, KeySpec::SymmetricDefault);
    never.expiry = Expiry::parse("never");
    const Json usable = run(never);
    ImportRequest soon = m_station.request(m_token, KeySpec::Hmac256);
    soon.key.generateWithLabel = pkcs11::ObjectLabel{"soon"};
    const Json ending = run(soon);
    const std::string empty = m_station.createKey(KeySpec::EccNistP256).str();
    const auto job = makeListKmsKeysJob({{m_station.kms()}}, m_person.context());
    m_person.run(*job);
    ASSERT_EQ(job->keys().size(), 3U);
    EXPECT_THAT(job->keys()[0].key.arn, HasSubstr(empty));
    EXPECT_EQ(job->keys()[1].key.arn, arnOf(ending));
    EXPECT_EQ(job->keys()[2].key.arn, arnOf(usable));
    EXPECT_TRUE(job->unread().empty());
}

/// One account that does not answer hides nothing of the others.
TEST_F(MaterialLife, WhatCannotBeReadIsListedBesideTheRest) {
    const Json first = run(m_station.request(m_token, KeySpec::Hmac256));
    KmsStation wrong = m_station.kms();
    wrong.client.credentials->secretAccessKey = "of nobody";
    const auto job = makeListKmsKeysJob({{wrong, m_station.kms()}}, m_person.context());
    m_person.run(*job);
    EXPECT_EQ(job->keys().size(), 1U);
    ASSERT_EQ(job->unread().size(), 1U);
    EXPECT_FALSE(job->unread().front().failure.code.empty());
    const auto alone = makeListKmsKeysJob({{wrong}}, m_person.context());
    EXPECT_THROW(m_person.run(*alone), Error) << "there is nothing beside it";
}

class MaterialDeletion : public MaterialLife {
protected:
    [[nodiscard]] DeleteMaterialRequest deletionOf(const Json& imported) const {
        const std::string arn = arnOf(imported);
        return {.kms = m_station.kms(),
                .keyId = kms::KeyIdentifier::parse(arn),
                .keyMaterialId = std::nullopt,
                .lastOfKeyId = arn.substr(arn.size() - 4),
                .acceptLossReason = std::nullopt,
                .sheetFolder = m_station.sheets()};
    }
    Json remove(const DeleteMaterialRequest& request) { return m_person.run(makeDeleteMaterialJob(request, m_person.context())); }
    Failure failureOfRemoval(const DeleteMaterialRequest& request) {
        return failureOf([&] { remove(request); });
    }
};

TEST_F(MaterialDeletion, SaysWhereTheSameStillIsAndDeletes) {
    const Json first = run(m_station.request(m_token, KeySpec::SymmetricDefault));
    const Json removed = remove(deletionOf(first));
    EXPECT_EQ(removed["keyStateAfter"], "PendingImport");
    EXPECT_EQ(stateOf(first), "PendingImport");
    EXPECT_EQ(removed["copies"][0]["keyLabel"], "imported");
    EXPECT_THAT(m_person.textOf("material.delete"), HasSubstr("\"imported\" on"));
    EXPECT_THAT(m_person.textOf("material.delete"), HasSubstr(arnOf(first)));
    const Json again = run(againOf(first));
    EXPECT_EQ(stateOf(first), "Enabled");
}

TEST_F(MaterialDeletion, ANoLeavesTheMaterial) {
    const Json first = run(m_station.request(m_token, KeySpec::Hmac256));
    m_person.sayNoTo = "material.delete";
    EXPECT_EQ(failureOfRemoval(deletionOf(first)).kind, ErrorKind::Cancelled);
    EXPECT_EQ(stateOf(first), "Enabled");
}

TEST_F(MaterialDeletion, OtherCharactersMeanAnotherKey) {
    const Json first = run(m_station.request(m_token, KeySpec::Hmac256));
    DeleteMaterialRequest request = deletionOf(first);
    request.lastOfKeyId = "none";
    EXPECT_EQ(failureOfRemoval(request).kind, ErrorKind::Refused);
    request.lastOfKeyId = "";
    EXPECT_EQ(failureOfRemoval(request).kind, ErrorKind::Refused);
    EXPECT_EQ(stateOf(first), "Enabled");
}

TEST_F(MaterialDeletion, WithoutACopyOnRecordTheLossMustBeAccepted) {
    const Json first = run(m_station.request(m_token, KeySpec::Hmac256));
    DeleteMaterialRequest request = deletionOf(first);
    request.sheetFolder = m_station.sheets() / "empty";
    EXPECT_THAT(toEnglish(failureOfRemoval(request).cause), HasSubstr("no material sheet"));
    EXPECT_EQ(stateOf(first), "Enabled");
    request.acceptLossReason = "a test";
    EXPECT_EQ(remove(request)["acceptedLoss"], "a test");
    EXPECT_EQ(stateOf(first), "PendingImport");
}

TEST_F(MaterialDeletion, OneOfSeveralMaterialsMustBeNamed) {
    const Json first = run(m_station.request(m_token, KeySpec::SymmetricDefault));
    const Json second = run(successorOf(first));
    EXPECT_THAT(toEnglish(failureOfRemoval(deletionOf(first)).cause), HasSubstr("several materials"));
    DeleteMaterialRequest request = deletionOf(first);
    request.keyMaterialId = std::string(64, '0');
    EXPECT_EQ(failureOfRemoval(request).kind, ErrorKind::NotFound);
    request.keyMaterialId = first["kms"]["keyMaterialId"].get<std::string>();
    EXPECT_EQ(remove(request)["keyMaterialId"], *request.keyMaterialId);
}

}  // namespace

}  // namespace keyconvoy::tests
