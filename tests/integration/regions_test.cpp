#include "app/ceremony/regional_key.h"
#include "app/ceremony/replicate_job.h"
#include "tests/integration/import_station.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using wrapping::KeySpec;

constexpr const char* ireland = "eu-west-1";
constexpr const char* oregon = "us-west-2";

/// A multi-Region key: its material by hand into each Region, as KMS wants it.
class Regions : public ::testing::Test {
protected:
    Json run(const ImportRequest& request) { return m_person.run(makeImportJob(request, m_person.context())); }
    Json run(const ReplicateRequest& request) { return m_person.run(makeReplicateJob(request, m_person.context())); }
    template <class Request>
    Failure failureIn(const Request& request) {
        return failureOf([&] { run(request); });
    }

    /// The primary key with its first material.
    Json importPrimary(KeySpec keySpec = KeySpec::SymmetricDefault) {
        kms::CreateKeyRequest create;
        create.keySpec = keySpec;
        create.keyUsage = usualUsage(keySpec);
        create.multiRegion = true;
        ImportRequest request = m_station.request(m_token, keySpec);
        request.kmsKey.existing = kms::KeyIdentifier::parse(m_station.client().createKey(create).metadata.arn);
        return run(request);
    }
    [[nodiscard]] ReplicateRequest replication(const Json& imported, std::vector<std::string> regions = {}) const {
        return {.token = stationOf(m_token),
                .kms = m_station.kms(),
                .keyId = kms::KeyIdentifier::parse(arnOf(imported)),
                .regions = std::move(regions),
                .newReplica = {},
                .key = std::nullopt,
                .sheets = {},
                .wrapping = m_station.wrapping(m_token),
                .expiry = Expiry::parse("P20D"),
                .check = CheckWish::Strongest,
                .qualificationFolder = m_station.qualifications(),
                .sheetFolder = m_station.sheets()};
    }
    [[nodiscard]] ImportRequest successorOf(const Json& imported, const char* label = "successor") const {
        ImportRequest request = m_station.request(m_token, KeySpec::SymmetricDefault);
        request.purpose = ImportPurpose::Successor;
        request.key.generateWithLabel = pkcs11::ObjectLabel{label};
        request.kmsKey.existing = kms::KeyIdentifier::parse(arnOf(imported));
        return request;
    }

    [[nodiscard]] kms::KmsClient clientIn(const std::string& region) const {
        return kms::KmsClient{inRegion(m_station.kms(), region).client, systemNow};
    }
    [[nodiscard]] static std::string keyIdOf(const Json& imported) {
        return arnOf(imported).substr(arnOf(imported).rfind('/') + 1);
    }
    [[nodiscard]] std::string stateIn(const std::string& region, const Json& imported) const {
        return clientIn(region).describeKey(keyIdOf(imported)).metadata.keyStateName;
    }
    [[nodiscard]] std::vector<std::string> materialsIn(const std::string& region, const Json& imported) const {
        std::vector<std::string> states;
        for (const kms::Rotation& material : clientIn(region).listKeyRotations(keyIdOf(imported), true).rotations) {
            states.push_back(material.keyMaterialState.value_or("") + " " + material.importState.value_or(""));
        }
        return states;
    }
    [[nodiscard]] std::vector<std::string> importsOf(const Json& replicated) const {
        std::vector<std::string> regions;
        for (const Json& import : replicated["imports"]) {
            regions.push_back(import["region"].get<std::string>());
        }
        return regions;
    }
    [[nodiscard]] std::vector<std::string> stepsDone(const Operator& person) const {
        std::vector<std::string> steps;
        for (const StepEvent& event : person.seen) {
            if (event.phase == StepPhase::Done) {
                steps.push_back(event.step);
            }
        }
        return steps;
    }
    /// The run is stopped once this step is done.
    template <class MakeJob>
    Failure stoppedAfter(const std::string& step, const MakeJob& makeJob) {
        std::stop_source stop;
        RunContext context = m_person.context();
        context.stop = stop.get_token();
        context.observe = [&stop, step](const StepEvent& event) {
            if (event.step == step && event.phase == StepPhase::Done) {
                stop.request_stop();
            }
        };
        return failureOf([&] { m_person.run(makeJob(context)); });
    }

    ImportStation m_station;
    SoftHsmToken m_token;
    Operator m_person;
};

TEST_F(Regions, ReplicasAreMadeAndGivenTheSameMaterial) {
    const Json first = importPrimary();
    Operator person;
    const Json replicated = person.run(makeReplicateJob(replication(first, {ireland, oregon}), person.context()));
    EXPECT_THAT(importsOf(replicated), ::testing::ElementsAre(ireland, oregon));
    for (const Json& region : replicated["regions"]) {
        EXPECT_EQ(region["keyState"], "Enabled") << region;
        EXPECT_TRUE(region["lacks"].empty()) << region;
    }
    for (const Json& import : replicated["imports"]) {
        EXPECT_EQ(import["keyMaterialId"], first["kms"]["keyMaterialId"]);
    }
    const Bytes message{'h', 'e', 'l', 'l', 'o'};
    const Bytes sealed = m_station.client().encrypt(arnOf(first), "SYMMETRIC_DEFAULT", message).blob;
    EXPECT_EQ(clientIn(ireland).decrypt(keyIdOf(first), "SYMMETRIC_DEFAULT", sealed).plaintext, message);
    EXPECT_EQ(MaterialSheets{m_station.sheets()}.find(replicated["imports"][1]["keyArn"].get<std::string>()).size(), 1U);
    EXPECT_THAT(person.textOf("replicate.review"), HasSubstr("eu-west-1: it is made"));
    EXPECT_EQ(std::ranges::count(stepsDone(person), "kms.parameters.us-west-2"), 1) << "each Region has a step of its own";
}

TEST_F(Regions, AnHmacKeyIsCheckedByItsMacInEachRegion) {
    const Json first = importPrimary(KeySpec::Hmac256);
    const Json replicated = run(replication(first, {ireland}));
    EXPECT_EQ(stateIn(ireland, first), "Enabled");
    EXPECT_EQ(replicated["imports"][0]["check"]["result"], "equal-mac");
}

TEST_F(Regions, NothingIsDoneTwiceAndNothingIsAskedThen) {
    const Json first = importPrimary();
    run(replication(first, {ireland}));
    Operator person;
    const Json again = person.run(makeReplicateJob(replication(first, {ireland}), person.context()));
    EXPECT_TRUE(again["imports"].empty());
    EXPECT_EQ(again["regions"][1]["madeInThisRun"], false);
    EXPECT_TRUE(person.asked.empty()) << "no PIN, no review";
}

TEST_F(Regions, ARunThatWasBrokenOffIsTakenUpWhereItStopped) {
    const Json first = importPrimary();
    const ReplicateRequest request = replication(first, {ireland, oregon});
    const Failure stopped =
        stoppedAfter("kms.import.eu-west-1", [&](const RunContext& context) { return makeReplicateJob(request, context); });
    EXPECT_EQ(stopped.kind, ErrorKind::Cancelled);
    EXPECT_THAT(toEnglish(stopped.remedy), HasSubstr("The same command again looks at that first"));
    EXPECT_THAT(toEnglish(stopped.remedy), HasSubstr("the replica arn:aws:kms:eu-west-1"));
    const Json rest = run(request);
    EXPECT_THAT(importsOf(rest), ::testing::ElementsAre(oregon));
    EXPECT_EQ(stateIn(ireland, first), "Enabled");
    EXPECT_EQ(stateIn(oregon, first), "Enabled");
}

TEST_F(Regions, ThePrimaryComesFirstWhereItLacksSomething) {
    const Json first = importPrimary();
    run(replication(first, {ireland}));
    static_cast<void>(m_station.client().deleteImportedKeyMaterial(arnOf(first), std::nullopt));
    static_cast<void>(clientIn(ireland).deleteImportedKeyMaterial(keyIdOf(first), std::nullopt));
    const Json again = run(replication(first, {oregon}));
    EXPECT_THAT(importsOf(again), ::testing::ElementsAre("us-east-1", ireland, oregon));
    EXPECT_EQ(stateIn("us-east-1", first), "Enabled");
}

TEST_F(Regions, ASuccessorReachesEveryRegionBeforeTheRotation) {
    const Json first = importPrimary();
    run(replication(first, {ireland, oregon}));
    Operator person;
    const Json second = person.run(makeImportJob(successorOf(first), person.context()));
    EXPECT_EQ(second["kms"]["rotatedInThisRun"], true);
    EXPECT_EQ(second["kms"]["replicas"].size(), 2U);
    for (const char* region : {"us-east-1", ireland, oregon}) {
        EXPECT_THAT(materialsIn(region, first), UnorderedElementsAre("CURRENT IMPORTED", "NON_CURRENT IMPORTED")) << region;
        EXPECT_EQ(clientIn(region).describeKey(keyIdOf(first)).metadata.currentKeyMaterialId,
                  second["kms"]["keyMaterialId"].get<std::string>());
    }
    const std::vector<std::string> steps = stepsDone(person);
    EXPECT_LT(std::ranges::find(steps, "kms.import.us-west-2"), std::ranges::find(steps, "kms.rotate"));
    EXPECT_THAT(person.textOf("import.review"), HasSubstr("eu-west-1, us-west-2: each is given the same"));
}

TEST_F(Regions, ASuccessorThatWaitsIsGivenToTheReplicasAndRotatedIn) {
    const Json first = importPrimary();
    run(replication(first, {ireland}));
    const Failure stopped =
        stoppedAfter("check", [&](const RunContext& context) { return makeImportJob(successorOf(first, "waits"), context); });
    EXPECT_THAT(toEnglish(stopped.remedy), HasSubstr("keyconvoy replicate --key-id " + arnOf(first)));
    EXPECT_THAT(materialsIn(ireland, first), Contains(HasSubstr("PENDING_IMPORT")));
    const Json done = run(replication(first));
    EXPECT_THAT(importsOf(done), ::testing::ElementsAre(ireland));
    EXPECT_TRUE(done["rotatedIn"].is_string());
    for (const char* region : {"us-east-1", ireland}) {
        EXPECT_THAT(materialsIn(region, first), UnorderedElementsAre("CURRENT IMPORTED", "NON_CURRENT IMPORTED")) << region;
    }
}

TEST_F(Regions, WithoutItsSheetTheTokenKeyIsNamed) {
    const Json first = importPrimary();
    ReplicateRequest request = replication(first, {ireland});
    request.sheetFolder = m_station.sheets() / "empty";
    const Failure failure = failureIn(request);
    EXPECT_EQ(failure.kind, ErrorKind::NotFound);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("--key"));
    request.key = pkcs11::KeySelector{.label = pkcs11::ObjectLabel{"imported"}, .id = {}, .objectClass = {}};
    EXPECT_THAT(findingsOf(run(request)), HasSubstr("no material sheet tells whether this is the right key"));
    EXPECT_EQ(stateIn(ireland, first), "Enabled");
}

TEST_F(Regions, AReplicaThatComesLaterIsGivenEveryMaterial) {
    const Json first = importPrimary();
    run(successorOf(first));
    const Json replicated = run(replication(first, {ireland}));
    EXPECT_THAT(importsOf(replicated), ::testing::ElementsAre(ireland, ireland));
    EXPECT_EQ(stateIn(ireland, first), "Enabled");
    EXPECT_THAT(materialsIn(ireland, first), UnorderedElementsAre("CURRENT IMPORTED", "NON_CURRENT IMPORTED"));
}

TEST_F(Regions, ASuccessorIsRefusedWhileAReplicaLacksMaterial) {
    const Json first = importPrimary();
    run(replication(first, {ireland}));
    static_cast<void>(clientIn(ireland).deleteImportedKeyMaterial(keyIdOf(first), std::nullopt));
    const Failure failure = failureIn(successorOf(first));
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.place), HasSubstr("arn:aws:kms:eu-west-1"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("keyconvoy replicate --key-id arn:aws:kms:us-east-1"));
}

TEST_F(Regions, WhatIsNotOnThisTokenIsToldAndTheRestIsDone) {
    const Json first = importPrimary();
    const SoftHsmToken other{};
    ImportRequest successor = successorOf(first);
    successor.token = stationOf(other);
    run(successor);
    const Json part = run(replication(first, {ireland}));
    EXPECT_THAT(importsOf(part), ::testing::ElementsAre(ireland));
    EXPECT_EQ(part["regions"][1]["lacks"].size(), 1U);
    EXPECT_THAT(findingsOf(part), HasSubstr("is not on this token: it was imported from \"successor\""));
    ReplicateRequest rest = replication(first);
    rest.token = stationOf(other);
    EXPECT_THAT(importsOf(run(rest)), ::testing::ElementsAre(ireland));
    EXPECT_EQ(stateIn(ireland, first), "Enabled");
}

TEST_F(Regions, AnotherKeyIsRefusedBeforeAnythingIsMade) {
    const Json first = importPrimary();
    ImportRequest other = m_station.request(m_token, KeySpec::SymmetricDefault);
    other.key.generateWithLabel = pkcs11::ObjectLabel{"other"};
    run(other);
    ReplicateRequest wrong = replication(first, {ireland});
    wrong.key = pkcs11::KeySelector{.label = pkcs11::ObjectLabel{"other"}, .id = {}, .objectClass = {}};
    const Failure failure = failureIn(wrong);
    EXPECT_EQ(failure.kind, ErrorKind::Integrity);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("but the material sheet says"));
    EXPECT_TRUE(clientIn(ireland).listKeys().entries.empty());
}

TEST_F(Regions, WhatCannotBeReplicatedIsRefused) {
    const Json single = run(m_station.request(m_token, KeySpec::SymmetricDefault));
    EXPECT_THAT(toEnglish(failureIn(replication(single, {ireland})).cause), HasSubstr("single-Region"));

    m_person = Operator{};
    kms::CreateKeyRequest create;
    create.multiRegion = true;
    const std::string empty = m_station.client().createKey(create).metadata.arn;
    ReplicateRequest ofEmpty = replication(single, {ireland});
    ofEmpty.keyId = kms::KeyIdentifier::parse(empty);
    EXPECT_THAT(toEnglish(failureIn(ofEmpty).remedy), HasSubstr("keyconvoy import --key-id"));
}

TEST_F(Regions, TheRequestMustNameThePrimaryAndOtherRegions) {
    const Json first = importPrimary(KeySpec::Hmac256);
    EXPECT_THAT(toEnglish(failureIn(replication(first)).remedy), HasSubstr("--replica-region"));
    EXPECT_EQ(failureIn(replication(first, {"us-east-1"})).kind, ErrorKind::InvalidInput);
    run(replication(first, {ireland}));
    ReplicateRequest ofReplica = replication(first, {oregon});
    ofReplica.kms = inRegion(ofReplica.kms, ireland);
    ofReplica.keyId = kms::KeyIdentifier::parse(keyIdOf(first));
    const Failure failure = failureIn(ofReplica);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("it is a replica"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("--region us-east-1"));
}

TEST_F(Regions, ANoMakesNothing) {
    const Json first = importPrimary(KeySpec::Hmac256);
    m_person.sayNoTo = "replicate.review";
    EXPECT_EQ(failureIn(replication(first, {ireland})).kind, ErrorKind::Cancelled);
    EXPECT_TRUE(clientIn(ireland).listKeys().entries.empty());
}

}  // namespace

}  // namespace keyconvoy::tests
