#include "core/base64.h"
#include "tests/simulator/row.h"

#include <array>
#include <openssl/x509.h>

/// Which call works in which key state.
namespace keyconvoy::tests {

namespace {

const Bytes material = filled(32, 0x41);

using namespace std::chrono_literals;

/// How long ReplicateKey and UpdatePrimaryRegion take in these tests.
constexpr std::chrono::hours replicationDelay{1};

/// What a call is expected to give; the texts name the key.
enum class Outcome : std::uint8_t {
    Works,
    Disabled,
    PendingDeletion,
    NotPendingDeletion,
    PendingImport,
    Creating,
    Updating,
    NothingToRotate
};

/// The columns of the table in the KMS Developer Guide; PendingReplicaDeletion is as PendingDeletion.
struct Expected {
    Outcome enabled, disabled, pendingDeletion, pendingImport, creating, updating;
};

void expectOutcome(const KmsCaller& kms, const std::string& id, const RawReply& reply, Outcome outcome) {
    const std::string arn = kms.arn(id);
    const auto invalidState = [&](const std::string& text) { expectError(reply, "KMSInvalidStateException", arn + text); };
    switch (outcome) {
        case Outcome::Works: EXPECT_EQ(reply.status, 200) << reply.body; return;
        case Outcome::Disabled: return expectError(reply, "DisabledException", arn + " is disabled.");
        case Outcome::PendingDeletion: return invalidState(" is pending deletion (or pending replica deletion).");
        case Outcome::NotPendingDeletion: return invalidState(" is not pending deletion (or pending replica deletion).");
        case Outcome::PendingImport: return invalidState(" is pending import.");
        case Outcome::Creating: return invalidState(" is creating.");
        case Outcome::Updating: return invalidState(" is updating.");
        case Outcome::NothingToRotate:
            return expectError(reply, "KMSInvalidStateException",
                               "No available key material pending rotation for the key: " + arn + ".");
    }
}

/// A key, and who speaks to its Region.
struct KeyThere {
    KmsCaller kms;
    std::string id;
};

enum class Regions : std::uint8_t { Single, Multiple };

/// A key in each state, made anew for each call since calls change it.
class Keys {
public:
    Keys(Kms& kms, std::string spec, std::string usage, Bytes bytes, Regions regions = Regions::Single)
        : m_kms{kms}, m_spec{std::move(spec)}, m_usage{std::move(usage)}, m_bytes{std::move(bytes)}, m_regions{regions} {}

    [[nodiscard]] std::string pendingImport() const {
        return m_regions == Regions::Single ? m_kms.createKey(m_spec, m_usage) : m_kms.createPrimary(m_spec, m_usage);
    }
    [[nodiscard]] std::string enabled() const { return filledUp(pendingImport()); }
    [[nodiscard]] std::string disabled() const {
        std::string id = enabled();
        m_kms.must("DisableKey", {{"KeyId", id}});
        return id;
    }
    [[nodiscard]] std::string pendingDeletion() const {
        std::string id = enabled();
        m_kms.must("ScheduleKeyDeletion", {{"KeyId", id}});
        return id;
    }
    [[nodiscard]] std::string pendingReplicaDeletion() const {
        std::string id = enabledPrimary();
        m_kms.replicate(id, "eu-west-1");
        m_kms.must("ScheduleKeyDeletion", {{"KeyId", id}});
        return id;
    }
    /// A replica just asked for.
    [[nodiscard]] KeyThere creating() const {
        std::string id = enabledPrimary();
        KmsCaller there = m_kms.replicate(id, "eu-west-1");
        return {.kms = std::move(there), .id = std::move(id)};
    }
    /// The key from which a replica just took over.
    [[nodiscard]] KeyThere updating() const {
        std::string id = enabledPrimary();
        const KmsCaller there = m_kms.replicate(id, "eu-west-1");
        m_kms.advance(replicationDelay);
        there.mustImport(id, m_bytes, forEver());
        m_kms.must("UpdatePrimaryRegion", {{"KeyId", id}, {"PrimaryRegion", "eu-west-1"}});
        return {.kms = m_kms, .id = std::move(id)};
    }

private:
    [[nodiscard]] std::string filledUp(std::string id) const {
        m_kms.mustImport(id, m_bytes, forEver());
        return id;
    }
    [[nodiscard]] std::string enabledPrimary() const { return filledUp(m_kms.createPrimary(m_spec, m_usage)); }

    Kms& m_kms;
    std::string m_spec, m_usage;
    Bytes m_bytes;
    Regions m_regions;
};

/// Makes the call for a key in each state. `call` takes who calls and the key's ID, and gives the reply.
template <class MakeCall>
void inEachState(Kms& kms, const Keys& keys, const Expected& expected, MakeCall call) {
    const auto tried = [&](const char* state, const KeyThere& key, Outcome outcome) {
        const testing::ScopedTrace trace{__FILE__, __LINE__, state};
        EXPECT_EQ(key.kms.state(key.id), state);
        expectOutcome(key.kms, key.id, call(key.kms, key.id), outcome);
    };
    tried("Enabled", {kms, keys.enabled()}, expected.enabled);
    tried("Disabled", {kms, keys.disabled()}, expected.disabled);
    tried("PendingDeletion", {kms, keys.pendingDeletion()}, expected.pendingDeletion);
    tried("PendingReplicaDeletion", {kms, keys.pendingReplicaDeletion()}, expected.pendingDeletion);
    tried("PendingImport", {kms, keys.pendingImport()}, expected.pendingImport);
    tried("Creating", keys.creating(), expected.creating);
    tried("Updating", keys.updating(), expected.updating);
}

Keys symmetric(Kms& kms, Regions regions = Regions::Single) {
    return Keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material, regions};
}

void callInEachState(Kms& kms, const Keys& keys, const Expected& expected, const std::string& operation, const Json& more) {
    const testing::ScopedTrace trace{__FILE__, __LINE__, operation};
    inEachState(kms, keys, expected, [&](const KmsCaller& caller, const std::string& id) {
        Json body{{"KeyId", id}};
        body.update(more);
        return caller.call(operation, body);
    });
}

void symmetricInEachState(Kms& kms, const Expected& expected, const std::string& operation, const Json& more = Json::object()) {
    callInEachState(kms, symmetric(kms), expected, operation, more);
}

constexpr Expected always{Outcome::Works, Outcome::Works, Outcome::Works, Outcome::Works, Outcome::Works, Outcome::Works};
constexpr Expected notPendingDeletion{Outcome::Works, Outcome::Works, Outcome::PendingDeletion,
                                      Outcome::Works, Outcome::Works, Outcome::Works};
constexpr Expected notWhilePending{Outcome::Works,         Outcome::Works,    Outcome::PendingDeletion,
                                   Outcome::PendingImport, Outcome::Creating, Outcome::Updating};
constexpr Expected onlyEnabled{Outcome::Works,         Outcome::Disabled, Outcome::PendingDeletion,
                               Outcome::PendingImport, Outcome::Creating, Outcome::Works};

void getParameters(Kms& kms) {
    symmetricInEachState(
        kms, {Outcome::Works, Outcome::Works, Outcome::PendingDeletion, Outcome::Works, Outcome::Creating, Outcome::Updating},
        "GetParametersForImport", {{"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}});
    const std::string own = kms.must("CreateKey", Json::object()).at("KeyMetadata").at("KeyId");
    kms.mustFail("GetParametersForImport",
                 {{"KeyId", own}, {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}},
                 "UnsupportedOperationException", kms.arn(own) + " origin is AWS_KMS which is not valid for this operation.");
}

void import(Kms& kms) {
    const Keys keys = symmetric(kms);
    const auto importInto = [&](const KmsCaller& caller, const std::string& id, const Parameters& given) {
        return caller.call("ImportKeyMaterial", forEver({{"KeyId", id},
                                                         {"ImportToken", toBase64(given.importToken)},
                                                         {"EncryptedKeyMaterial", toBase64(wrapFor(given, material))}}));
    };
    for (const std::string& id : {keys.enabled(), keys.disabled(), keys.pendingImport()}) {
        expectOutcome(kms, id, importInto(kms, id, kms.parameters(id)), Outcome::Works);
        EXPECT_EQ(kms.state(id), "Enabled");
    }
    const std::string id = keys.enabled();
    const Parameters given = kms.parameters(id);
    kms.must("ScheduleKeyDeletion", {{"KeyId", id}});
    expectOutcome(kms, id, importInto(kms, id, given), Outcome::PendingDeletion);
    // A replica that is being made gives no parameters yet: the state comes before the token.
    const KeyThere creating = keys.creating();
    expectOutcome(creating.kms, creating.id, importInto(creating.kms, creating.id, given), Outcome::Creating);
}

/// Parameters must be fetched before the primary moves.
void importWhileUpdating(Kms& kms) {
    const std::string id = kms.createPrimary();
    kms.mustImport(id, material, forEver());
    const KmsCaller there = kms.replicate(id, "eu-west-1");
    kms.advance(replicationDelay);
    there.mustImport(id, material, forEver());
    const Parameters given = kms.parameters(id);
    kms.must("UpdatePrimaryRegion", {{"KeyId", id}, {"PrimaryRegion", "eu-west-1"}});
    EXPECT_EQ(kms.state(id), "Updating");
    kms.must("ImportKeyMaterial", forEver({{"KeyId", id},
                                           {"ImportToken", toBase64(given.importToken)},
                                           {"EncryptedKeyMaterial", toBase64(wrapFor(given, material))}}));
    EXPECT_EQ(kms.state(id), "Updating");
}

void importInAnyState(Kms& kms) {
    import(kms);
    importWhileUpdating(kms);
}

void deleteMaterial(Kms& kms) {
    const Keys keys = symmetric(kms);
    const auto after = [&](const std::string& id) {
        kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}});
        return kms.state(id);
    };
    EXPECT_EQ(after(keys.enabled()), "PendingImport");
    EXPECT_EQ(after(keys.disabled()), "PendingImport");
    EXPECT_EQ(after(keys.pendingDeletion()), "PendingDeletion");
    EXPECT_EQ(after(keys.pendingReplicaDeletion()), "PendingReplicaDeletion");
    EXPECT_EQ(after(keys.pendingImport()), "PendingImport");
    // One after the other: the second moves the time on.
    const auto refused = [](const KeyThere& key, Outcome outcome) {
        expectOutcome(key.kms, key.id, key.kms.call("DeleteImportedKeyMaterial", {{"KeyId", key.id}}), outcome);
    };
    refused(keys.creating(), Outcome::Creating);
    refused(keys.updating(), Outcome::Updating);
}

void listRotations(Kms& kms) {
    symmetricInEachState(kms, always, "ListKeyRotations");
}

void rotate(Kms& kms) {
    symmetricInEachState(kms,
                         {Outcome::NothingToRotate, Outcome::Disabled, Outcome::PendingDeletion, Outcome::PendingImport,
                          Outcome::Creating, Outcome::Updating},
                         "RotateKeyOnDemand");
    const std::string id = symmetric(kms).enabled();
    kms.mustImport(id, filled(32, 0x42), forEver({{"ImportType", "NEW_KEY_MATERIAL"}}));
    kms.must("RotateKeyOnDemand", {{"KeyId", id}});
    kms.mustFail("RotateKeyOnDemand", {{"KeyId", kms.createKey("HMAC_256")}}, "UnsupportedOperationException");
}

void rotationStatus(Kms& kms) {
    symmetricInEachState(kms, always, "GetKeyRotationStatus");
}

void look(Kms& kms) {
    symmetricInEachState(kms, always, "DescribeKey");
    symmetricInEachState(kms, always, "GetKeyPolicy");
    symmetricInEachState(kms, always, "PutKeyPolicy", {{"Policy", "{}"}});
    symmetricInEachState(kms, always, "ListAliases");
    symmetricInEachState(kms, always, "ListKeyPolicies");
    symmetricInEachState(kms, always, "ListResourceTags");
    inEachState(kms, symmetric(kms), always, [](const KmsCaller& caller, const std::string& id) {
        const Json name{{"AliasName", "alias/" + id}};
        Json alias = name;
        alias["TargetKeyId"] = id;
        const bool made = caller.call("CreateAlias", alias).status == 200;
        return made ? caller.call("DeleteAlias", name) : caller.call("ListKeys", Json::object());
    });
}

void enable(Kms& kms) {
    symmetricInEachState(kms, notWhilePending, "EnableKey");
}

void disable(Kms& kms) {
    symmetricInEachState(kms, notWhilePending, "DisableKey");
}

void encryptDecrypt(Kms& kms) {
    symmetricInEachState(kms, onlyEnabled, "Encrypt", {{"Plaintext", "AA=="}});
    const std::string id = symmetric(kms).enabled();
    const Json blob = kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}}).at("CiphertextBlob");
    const auto decrypt = [&] { return kms.call("Decrypt", {{"CiphertextBlob", blob}}); };
    expectOutcome(kms, id, decrypt(), Outcome::Works);
    kms.must("DisableKey", {{"KeyId", id}});
    expectOutcome(kms, id, decrypt(), Outcome::Disabled);
    kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}});
    expectOutcome(kms, id, decrypt(), Outcome::PendingImport);
    kms.must("ScheduleKeyDeletion", {{"KeyId", id}});
    expectOutcome(kms, id, decrypt(), Outcome::PendingDeletion);
}

/// Their material, for keys that sign.
Bytes p256Material() {
    const kms::simulator::PkeyPtr key{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")};
    const CHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info{EVP_PKEY2PKCS8(key.get())};
    Bytes der(static_cast<std::size_t>(i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr)));
    unsigned char* cursor = der.data();
    i2d_PKCS8_PRIV_KEY_INFO(info.get(), &cursor);
    return der;
}

void use(Kms& kms) {
    const Keys hmac{kms, "HMAC_256", "GENERATE_VERIFY_MAC", material};
    const Json message{{"Message", "AA=="}, {"MacAlgorithm", "HMAC_SHA_256"}};
    callInEachState(kms, hmac, onlyEnabled, "GenerateMac", message);
    Json withMac = message;
    withMac["Mac"] =
        kms.must("GenerateMac", {{"KeyId", hmac.enabled()}, {"Message", "AA=="}, {"MacAlgorithm", "HMAC_SHA_256"}}).at("Mac");
    callInEachState(kms, hmac, onlyEnabled, "VerifyMac", withMac);

    const Keys signing{kms, "ECC_NIST_P256", "SIGN_VERIFY", p256Material()};
    const Json toSign{{"Message", "AA=="}, {"SigningAlgorithm", "ECDSA_SHA_256"}};
    callInEachState(kms, signing, onlyEnabled, "GetPublicKey", Json::object());
    callInEachState(kms, signing, onlyEnabled, "Sign", toSign);
    Json withSignature = toSign;
    withSignature["Signature"] =
        kms.must("Sign", {{"KeyId", signing.enabled()}, {"Message", "AA=="}, {"SigningAlgorithm", "ECDSA_SHA_256"}})
            .at("Signature");
    callInEachState(kms, signing, onlyEnabled, "Verify", withSignature);

    const Keys agreeing{kms, "ECC_NIST_P256", "KEY_AGREEMENT", p256Material()};
    const Json peer = kms.must("GetPublicKey", {{"KeyId", signing.enabled()}}).at("PublicKey");
    callInEachState(kms, agreeing, onlyEnabled, "DeriveSharedSecret", {{"KeyAgreementAlgorithm", "ECDH"}, {"PublicKey", peer}});
}

void createAlias(Kms& kms) {
    inEachState(kms, symmetric(kms), notPendingDeletion, [](const KmsCaller& caller, const std::string& id) {
        return caller.call("CreateAlias", {{"AliasName", "alias/" + id}, {"TargetKeyId", id}});
    });
}

void updateAlias(Kms& kms) {
    const Keys keys = symmetric(kms);
    kms.must("CreateAlias", {{"AliasName", "alias/moving"}, {"TargetKeyId", keys.enabled()}});
    const auto pointTo = [](const KmsCaller& caller, const std::string& id) {
        return caller.call("UpdateAlias", {{"AliasName", "alias/moving"}, {"TargetKeyId", id}});
    };
    const KmsCaller there = kms.in("eu-west-1");  // where the keys in Creating are
    there.must("CreateAlias", {{"AliasName", "alias/moving"}, {"TargetKeyId", there.createKey()}});
    inEachState(kms, keys, notPendingDeletion, pointTo);
    const std::string source = keys.enabled();
    expectOutcome(kms, source, pointTo(kms, source), Outcome::Works);
    kms.must("ScheduleKeyDeletion", {{"KeyId", source}});
    const std::string target = keys.enabled();
    expectOutcome(kms, target, pointTo(kms, target), Outcome::Works);
}

void describe(Kms& kms) {
    symmetricInEachState(kms, notPendingDeletion, "TagResource", {{"Tags", Json::array({{{"TagKey", "a"}, {"TagValue", "b"}}})}});
    symmetricInEachState(kms, notPendingDeletion, "UntagResource", {{"TagKeys", Json::array({"a"})}});
    symmetricInEachState(kms, notPendingDeletion, "UpdateKeyDescription", {{"Description", "for the ceremony"}});
}

void scheduleDeletion(Kms& kms) {
    symmetricInEachState(
        kms, {Outcome::Works, Outcome::Works, Outcome::PendingDeletion, Outcome::Works, Outcome::Works, Outcome::Updating},
        "ScheduleKeyDeletion");
}

void cancelDeletion(Kms& kms) {
    symmetricInEachState(kms,
                         {Outcome::NotPendingDeletion, Outcome::NotPendingDeletion, Outcome::Works, Outcome::NotPendingDeletion,
                          Outcome::NotPendingDeletion, Outcome::NotPendingDeletion},
                         "CancelKeyDeletion");
}

void replicate(Kms& kms) {
    callInEachState(kms, symmetric(kms, Regions::Multiple),
                    {Outcome::Works, Outcome::Disabled, Outcome::PendingDeletion, Outcome::PendingImport, Outcome::Creating,
                     Outcome::Updating},
                    "ReplicateKey", {{"ReplicaRegion", "ap-south-1"}});
}

/// Updating is left out of the table's call, since the key that is Updating is the primary no longer: the new one is asked.
void updatePrimary(Kms& kms) {
    const Keys keys = symmetric(kms, Regions::Multiple);
    const auto move = [](const KmsCaller& caller, const std::string& id, const char* region) {
        return caller.call("UpdatePrimaryRegion", {{"KeyId", id}, {"PrimaryRegion", region}});
    };
    const auto refused = [&](const KeyThere& key, Outcome outcome) {
        expectOutcome(key.kms, key.id, move(key.kms, key.id, "eu-west-1"), outcome);
    };
    refused({kms, keys.disabled()}, Outcome::Disabled);
    refused({kms, keys.pendingDeletion()}, Outcome::PendingDeletion);
    refused({kms, keys.pendingReplicaDeletion()}, Outcome::PendingDeletion);
    refused({kms, keys.pendingImport()}, Outcome::PendingImport);
    refused(keys.creating(), Outcome::Creating);
    const KeyThere moved = keys.updating();  // from an Enabled primary
    const KmsCaller there = kms.in("eu-west-1");
    EXPECT_EQ(there.state(moved.id), "Updating");
    expectOutcome(there, moved.id, move(there, moved.id, "us-east-1"), Outcome::Works);
}

void automaticRotation(Kms& kms) {
    const Keys keys = symmetric(kms);
    for (const KeyThere& key :
         {KeyThere{kms, keys.enabled()}, KeyThere{kms, keys.disabled()}, KeyThere{kms, keys.pendingDeletion()},
          KeyThere{kms, keys.pendingImport()}, keys.creating(), keys.updating()}) {
        const std::string text = key.kms.arn(key.id) + " origin is EXTERNAL which is not valid for this operation.";
        key.kms.mustFail("EnableKeyRotation", {{"KeyId", key.id}}, "UnsupportedOperationException", text);
        key.kms.mustFail("DisableKeyRotation", {{"KeyId", key.id}}, "UnsupportedOperationException", text);
    }
}

constexpr std::array<Row, 19> rows{{
    {"GetParametersForImport", "GetParametersForImport: not in PendingDeletion; EXTERNAL only", &getParameters},
    {"ImportKeyMaterial", "ImportKeyMaterial: not in PendingDeletion; Disabled becomes Enabled", &importInAnyState},
    {"DeleteImportedKeyMaterial", "DeleteImportedKeyMaterial: always; PendingDeletion stays", &deleteMaterial},
    {"ListKeyRotations", "ListKeyRotations: always", &listRotations},
    {"RotateKeyOnDemand", "RotateKeyOnDemand: Enabled with pending material only", &rotate},
    {"GetKeyRotationStatus", "GetKeyRotationStatus: always", &rotationStatus},
    {"Look", "DescribeKey, GetKeyPolicy, PutKeyPolicy, List*, DeleteAlias: always", &look},
    {"EnableKey", "EnableKey: Enabled and Disabled", &enable},
    {"DisableKey", "DisableKey: Enabled and Disabled", &disable},
    {"EncryptDecrypt", "Encrypt, Decrypt: Enabled only (ReEncrypt, GenerateDataKey are not offered)", &encryptDecrypt},
    {"Use", "GenerateMac, VerifyMac, Sign, Verify, GetPublicKey, DeriveSharedSecret: Enabled only", &use},
    {"CreateAlias", "CreateAlias: not in PendingDeletion", &createAlias},
    {"UpdateAlias", "UpdateAlias: PendingDeletion as source, not as target", &updateAlias},
    {"Describe", "TagResource, UntagResource, UpdateKeyDescription: not in PendingDeletion", &describe},
    {"ScheduleKeyDeletion", "ScheduleKeyDeletion: not in PendingDeletion", &scheduleDeletion},
    {"CancelKeyDeletion", "CancelKeyDeletion: PendingDeletion only", &cancelDeletion},
    {"ReplicateKey", "ReplicateKey: Enabled only", &replicate},
    {"UpdatePrimaryRegion", "UpdatePrimaryRegion: Enabled and Updating only", &updatePrimary},
    {"AutomaticRotation", "EnableKeyRotation, DisableKeyRotation: unsupported for EXTERNAL in every state", &automaticRotation},
}};

using KeyStates = RowTest;

TEST_P(KeyStates, AllowTheCallsThatKmsAllows) {
    kms::simulator::ServerOptions options;
    options.service.replicationDelay = replicationDelay;
    Kms kms{options};
    GetParam().check(kms);
}

INSTANTIATE_TEST_SUITE_P(Rows, KeyStates, testing::ValuesIn(rowsToMeet(rows)), &nameOfRow);

TEST(KeyStateRows, AreComplete) {
    expectRows(rows, 19, 0);
}

}  // namespace

}  // namespace keyconvoy::tests
