#include "core/base64.h"
#include "tests/simulator/row.h"

#include <array>
#include <openssl/x509.h>

/// Which call works in which key state.
namespace keyconvoy::tests {

namespace {

const Bytes material = filled(32, 0x41);

/// What a call is expected to give; the texts name the key.
enum class Outcome : std::uint8_t { Works, Disabled, PendingDeletion, NotPendingDeletion, PendingImport, NothingToRotate };

struct Expected {
    Outcome enabled, disabled, pendingDeletion, pendingImport;
};

void expectOutcome(const Kms& kms, const std::string& id, const RawReply& reply, Outcome outcome) {
    const std::string arn = kms.arn(id);
    switch (outcome) {
        case Outcome::Works: EXPECT_EQ(reply.status, 200) << reply.body; return;
        case Outcome::Disabled: return expectError(reply, "DisabledException", arn + " is disabled.");
        case Outcome::PendingDeletion:
            return expectError(reply, "KMSInvalidStateException", arn + " is pending deletion (or pending replica deletion).");
        case Outcome::NotPendingDeletion:
            return expectError(reply, "KMSInvalidStateException",
                               arn + " is not pending deletion (or pending replica deletion).");
        case Outcome::PendingImport: return expectError(reply, "KMSInvalidStateException", arn + " is pending import.");
        case Outcome::NothingToRotate:
            return expectError(reply, "KMSInvalidStateException",
                               "No available key material pending rotation for the key: " + arn + ".");
    }
}

/// A key in each state, made anew for each call since calls change it.
class Keys {
public:
    Keys(const Kms& kms, std::string spec, std::string usage, Bytes bytes)
        : m_kms{kms}, m_spec{std::move(spec)}, m_usage{std::move(usage)}, m_bytes{std::move(bytes)} {}

    [[nodiscard]] std::string pendingImport() const { return m_kms.createKey(m_spec, m_usage); }
    [[nodiscard]] std::string enabled() const {
        std::string id = pendingImport();
        m_kms.mustImport(id, m_bytes, forEver());
        return id;
    }
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

private:
    const Kms& m_kms;
    std::string m_spec, m_usage;
    Bytes m_bytes;
};

/// Makes the call for a key in each state. `call` gives the reply.
template <class MakeCall>
void inEachState(const Kms& kms, const Keys& keys, const Expected& expected, MakeCall call) {
    const auto tried = [&](const char* state, const std::string& id, Outcome outcome) {
        const testing::ScopedTrace trace{__FILE__, __LINE__, state};
        EXPECT_EQ(kms.state(id), state);
        expectOutcome(kms, id, call(id), outcome);
    };
    tried("Enabled", keys.enabled(), expected.enabled);
    tried("Disabled", keys.disabled(), expected.disabled);
    tried("PendingDeletion", keys.pendingDeletion(), expected.pendingDeletion);
    tried("PendingImport", keys.pendingImport(), expected.pendingImport);
}

void symmetricInEachState(const Kms& kms, const Expected& expected, const std::string& operation,
                          const Json& more = Json::object()) {
    const testing::ScopedTrace trace{__FILE__, __LINE__, operation};
    inEachState(kms, Keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material}, expected, [&](const std::string& id) {
        Json body{{"KeyId", id}};
        body.update(more);
        return kms.call(operation, body);
    });
}

constexpr Expected always{Outcome::Works, Outcome::Works, Outcome::Works, Outcome::Works};
constexpr Expected notPendingDeletion{Outcome::Works, Outcome::Works, Outcome::PendingDeletion, Outcome::Works};
constexpr Expected notWhilePending{Outcome::Works, Outcome::Works, Outcome::PendingDeletion, Outcome::PendingImport};
constexpr Expected onlyEnabled{Outcome::Works, Outcome::Disabled, Outcome::PendingDeletion, Outcome::PendingImport};

void getParameters(Kms& kms) {
    symmetricInEachState(kms, notPendingDeletion, "GetParametersForImport",
                         {{"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}});
    const std::string own = kms.must("CreateKey", Json::object()).at("KeyMetadata").at("KeyId");
    kms.mustFail("GetParametersForImport",
                 {{"KeyId", own}, {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}},
                 "UnsupportedOperationException", kms.arn(own) + " origin is AWS_KMS which is not valid for this operation.");
}

void import(Kms& kms) {
    const Keys keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material};
    const auto importInto = [&](const std::string& id, const Parameters& given) {
        return kms.call("ImportKeyMaterial", forEver({{"KeyId", id},
                                                      {"ImportToken", toBase64(given.importToken)},
                                                      {"EncryptedKeyMaterial", toBase64(wrapFor(given, material))}}));
    };
    for (const std::string& id : {keys.enabled(), keys.disabled(), keys.pendingImport()}) {
        expectOutcome(kms, id, importInto(id, kms.parameters(id)), Outcome::Works);
        EXPECT_EQ(kms.state(id), "Enabled");
    }
    const std::string id = keys.enabled();
    const Parameters given = kms.parameters(id);
    kms.must("ScheduleKeyDeletion", {{"KeyId", id}});
    expectOutcome(kms, id, importInto(id, given), Outcome::PendingDeletion);
}

void deleteMaterial(Kms& kms) {
    const Keys keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material};
    const auto after = [&](const std::string& id) {
        kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}});
        return kms.state(id);
    };
    EXPECT_EQ(after(keys.enabled()), "PendingImport");
    EXPECT_EQ(after(keys.disabled()), "PendingImport");
    EXPECT_EQ(after(keys.pendingDeletion()), "PendingDeletion");
    EXPECT_EQ(after(keys.pendingImport()), "PendingImport");
}

void listRotations(Kms& kms) {
    symmetricInEachState(kms, always, "ListKeyRotations");
}

void rotate(Kms& kms) {
    symmetricInEachState(kms, {Outcome::NothingToRotate, Outcome::Disabled, Outcome::PendingDeletion, Outcome::PendingImport},
                         "RotateKeyOnDemand");
    const std::string id = Keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material}.enabled();
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
    inEachState(kms, Keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material}, always, [&](const std::string& id) {
        const Json name{{"AliasName", "alias/" + id}};
        Json alias = name;
        alias["TargetKeyId"] = id;
        const bool made = kms.call("CreateAlias", alias).status == 200;
        return made ? kms.call("DeleteAlias", name) : kms.call("ListKeys", Json::object());
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
    const std::string id = Keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material}.enabled();
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

void useInEachState(const Kms& kms, const Keys& keys, const std::string& operation, const Json& more) {
    const testing::ScopedTrace trace{__FILE__, __LINE__, operation};
    inEachState(kms, keys, onlyEnabled, [&](const std::string& id) {
        Json body{{"KeyId", id}};
        body.update(more);
        return kms.call(operation, body);
    });
}

void use(Kms& kms) {
    const Keys hmac{kms, "HMAC_256", "GENERATE_VERIFY_MAC", material};
    const Json message{{"Message", "AA=="}, {"MacAlgorithm", "HMAC_SHA_256"}};
    useInEachState(kms, hmac, "GenerateMac", message);
    Json withMac = message;
    withMac["Mac"] =
        kms.must("GenerateMac", {{"KeyId", hmac.enabled()}, {"Message", "AA=="}, {"MacAlgorithm", "HMAC_SHA_256"}}).at("Mac");
    useInEachState(kms, hmac, "VerifyMac", withMac);

    const Keys signing{kms, "ECC_NIST_P256", "SIGN_VERIFY", p256Material()};
    const Json toSign{{"Message", "AA=="}, {"SigningAlgorithm", "ECDSA_SHA_256"}};
    useInEachState(kms, signing, "GetPublicKey", Json::object());
    useInEachState(kms, signing, "Sign", toSign);
    Json withSignature = toSign;
    withSignature["Signature"] =
        kms.must("Sign", {{"KeyId", signing.enabled()}, {"Message", "AA=="}, {"SigningAlgorithm", "ECDSA_SHA_256"}})
            .at("Signature");
    useInEachState(kms, signing, "Verify", withSignature);

    const Keys agreeing{kms, "ECC_NIST_P256", "KEY_AGREEMENT", p256Material()};
    const Json peer = kms.must("GetPublicKey", {{"KeyId", signing.enabled()}}).at("PublicKey");
    useInEachState(kms, agreeing, "DeriveSharedSecret", {{"KeyAgreementAlgorithm", "ECDH"}, {"PublicKey", peer}});
}

void createAlias(Kms& kms) {
    inEachState(kms, Keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material}, notPendingDeletion, [&](const std::string& id) {
        return kms.call("CreateAlias", {{"AliasName", "alias/" + id}, {"TargetKeyId", id}});
    });
}

void updateAlias(Kms& kms) {
    const Keys keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material};
    kms.must("CreateAlias", {{"AliasName", "alias/moving"}, {"TargetKeyId", keys.enabled()}});
    const auto pointTo = [&](const std::string& id) {
        return kms.call("UpdateAlias", {{"AliasName", "alias/moving"}, {"TargetKeyId", id}});
    };
    inEachState(kms, keys, notPendingDeletion, pointTo);
    const std::string source = keys.enabled();
    expectOutcome(kms, source, pointTo(source), Outcome::Works);
    kms.must("ScheduleKeyDeletion", {{"KeyId", source}});
    const std::string target = keys.enabled();
    expectOutcome(kms, target, pointTo(target), Outcome::Works);
}

void describe(Kms& kms) {
    symmetricInEachState(kms, notPendingDeletion, "TagResource", {{"Tags", Json::array({{{"TagKey", "a"}, {"TagValue", "b"}}})}});
    symmetricInEachState(kms, notPendingDeletion, "UntagResource", {{"TagKeys", Json::array({"a"})}});
    symmetricInEachState(kms, notPendingDeletion, "UpdateKeyDescription", {{"Description", "for the ceremony"}});
}

void scheduleDeletion(Kms& kms) {
    symmetricInEachState(kms, notPendingDeletion, "ScheduleKeyDeletion");
}

void cancelDeletion(Kms& kms) {
    symmetricInEachState(kms,
                         {Outcome::NotPendingDeletion, Outcome::NotPendingDeletion, Outcome::Works, Outcome::NotPendingDeletion},
                         "CancelKeyDeletion");
}

void automaticRotation(Kms& kms) {
    const Keys keys{kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", material};
    for (const std::string& id : {keys.enabled(), keys.disabled(), keys.pendingDeletion(), keys.pendingImport()}) {
        const std::string text = kms.arn(id) + " origin is EXTERNAL which is not valid for this operation.";
        kms.mustFail("EnableKeyRotation", {{"KeyId", id}}, "UnsupportedOperationException", text);
        kms.mustFail("DisableKeyRotation", {{"KeyId", id}}, "UnsupportedOperationException", text);
    }
}

constexpr const char* multiRegion = "needs a multi-Region key";

constexpr std::array<Row, 19> rows{{
    {"GetParametersForImport", "GetParametersForImport: not in PendingDeletion; EXTERNAL only", &getParameters},
    {"ImportKeyMaterial", "ImportKeyMaterial: not in PendingDeletion; Disabled becomes Enabled", &import},
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
    {"ReplicateKey", "ReplicateKey: Enabled only", nullptr, multiRegion},
    {"UpdatePrimaryRegion", "UpdatePrimaryRegion: Enabled only", nullptr, multiRegion},
    {"AutomaticRotation", "EnableKeyRotation, DisableKeyRotation: unsupported for EXTERNAL in every state", &automaticRotation},
}};

using KeyStates = RowTest;

TEST_P(KeyStates, AllowTheCallsThatKmsAllows) {
    Kms kms;
    GetParam().check(kms);
}

INSTANTIATE_TEST_SUITE_P(Rows, KeyStates, testing::ValuesIn(rowsToMeet(rows)), &nameOfRow);

TEST(KeyStateRows, AreComplete) {
    expectRows(rows, 17, 2);
}

}  // namespace

}  // namespace keyconvoy::tests
