#include "kmsclient/kms_client.h"

#include "core/text.h"
#include "kmsclient/client_setup.h"
#include "kmsclient/key_arn.h"
#include "kmsclient/service_call.h"
#include "kmsclient/sts.h"
#include "kmsclient/wire.h"

#include <algorithm>
#include <map>

namespace keyconvoy::kms {

namespace {

constexpr std::chrono::minutes creationSpreads{5};

/// The bare key ID of an ID or ARN; empty for an alias, which names whatever it points to.
std::string_view bareKeyId(std::string_view keyId) {
    if (keyId.find("alias/") != std::string_view::npos) {
        return {};
    }
    const auto slash = keyId.rfind('/');
    return slash == std::string_view::npos ? keyId : keyId.substr(slash + 1);
}

/// A reply about another key than the one asked for must not be used, whoever mixed them up.
void checkSameKey(const std::string& requested, const std::string& replied, const ServiceReply& reply) {
    const auto wanted = bareKeyId(requested);
    if (!wanted.empty() && bareKeyId(replied) != wanted) {
        throw Error{ErrorKind::Integrity, reply.place,
                    KC_TEXT("KmsClient", "the reply is about key %1, not about %2").with(replied).with(requested),
                    KC_TEXT("KmsClient", "check the endpoint and the proxy, then %1").with(typedAs("repeat the command"))};
    }
}

/// KMS would answer NotFoundException, which does not say what to do.
void checkSameRegion(const std::string& keyId, const std::string& region) {
    const auto arn = KeyArn::parse(keyId);
    if (arn && arn->region() != region) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("KmsClient", "key %1").with(keyId),
                    KC_TEXT("KmsClient", "this key is in Region %1, and KMS is asked in %2").with(arn->region()).with(region),
                    KC_TEXT("KmsClient", "%1 with %2")
                        .with(typedAs("repeat the command"))
                        .with(typedAs("--region %1").with(arn->region()))};
    }
}

ServiceCall changing(std::string operation, std::string body, Repeatable repeatable = Repeatable::Always) {
    return ServiceCall{.operation = std::move(operation),
                       .body = std::move(body),
                       .repeatable = repeatable,
                       .changes = true,
                       .createdJustNow = false};
}

ServiceCall reading(std::string operation, std::string body) {
    return ServiceCall{.operation = std::move(operation), .body = std::move(body)};
}

std::string keyIdBody(const std::string& keyId) {
    return wire::writeMembers({.texts = {{"KeyId", keyId}}, .blobs = {}});
}

/// The material that IncorrectKeyMaterialException says is there already; empty when it says something else.
std::string alreadyAssociated(const KmsError& error) {
    const std::string& text = error.failure().serviceText;
    const auto start = text.find("(id: ");
    const bool said =
        error.failure().code == "IncorrectKeyMaterialException" && text.find("already associated") != std::string::npos;
    return said && start != std::string::npos ? text.substr(start + 5, 64) : std::string{};
}

/// What `read` makes of the reply to a call that changes something. A reply that makes no sense does not undo the change, so the
/// failure says that it may have been carried out.
template <class Read>
auto readAfterChange(const ServiceCall& call, Read read) {
    try {
        return read();
    } catch (const Error& error) {
        throw Error{afterUnknownOutcome(call, error.failure())};
    }
}

}  // namespace

struct KmsClient::Impl {
    explicit Impl(ServiceCaller::Settings settings) : caller{std::move(settings)} {}

    ServiceReply callFor(const std::string& keyId, ServiceCall call, bool* unknownOutcome = nullptr) {
        checkSameRegion(keyId, caller.endpoints().region);
        const auto created = createdHere.find(bareKeyId(keyId));
        call.createdJustNow = created != createdHere.end() && caller.now() - created->second < creationSpreads;
        return caller.call(call, unknownOutcome);
    }

    BlobReply blob(const std::string& keyId, const char* operation, const wire::Members& members, const char* member) {
        ServiceReply reply = callFor(keyId, reading(operation, wire::writeMembers(members)));
        BlobReply result = wire::readBlob(reply.body, member, reply.place);
        checkSameKey(keyId, result.keyId, reply);
        result.facts = std::move(reply.facts);
        return result;
    }

    /// A change of a key's material; both operations answer alike.
    ImportKeyMaterialReply materialCall(const std::string& keyId, const ServiceCall& call, bool* unknownOutcome = nullptr) {
        ServiceReply reply = callFor(keyId, call, unknownOutcome);
        ImportKeyMaterialReply result = readAfterChange(call, [&] {
            ImportKeyMaterialReply read = wire::readImportKeyMaterial(reply.body, reply.place);
            read.keyId = read.keyId.empty() ? keyId : read.keyId;
            checkSameKey(keyId, read.keyId, reply);
            return read;
        });
        result.facts = std::move(reply.facts);
        return result;
    }

    /// True when KMS says so; false when it answers with the exception that stands for false.
    bool check(const std::string& keyId, const char* operation, const wire::Members& members, const char* member,
               const char* falseCode) {
        try {
            const ServiceReply reply = callFor(keyId, reading(operation, wire::writeMembers(members)));
            return wire::readValid(reply.body, member, reply.place);
        } catch (const KmsError& error) {
            if (error.failure().code == falseCode) {
                return false;
            }
            throw;
        }
    }

    ServiceCaller caller;
    std::map<std::string, TimePoint, std::less<>> createdHere;  ///< bare key ID, when
};

KmsClient::KmsClient(const ClientOptions& options, Clock clock)
    : KmsClient{options, std::move(clock), ClientSurroundings::ofThisProcess()} {
}

KmsClient::KmsClient(const ClientOptions& options, Clock clock, ClientSurroundings surroundings)
    : m_impl{std::make_unique<Impl>(clientSettings(options, std::move(clock), std::move(surroundings)))} {
}

KmsClient::~KmsClient() = default;
KmsClient::KmsClient(KmsClient&&) noexcept = default;
KmsClient& KmsClient::operator=(KmsClient&&) noexcept = default;

const std::string& KmsClient::region() const {
    return m_impl->caller.endpoints().region;
}

const std::string& KmsClient::endpointUrl() const {
    return m_impl->caller.kmsUrl();
}

std::string KmsClient::accessKeyId() const {
    return m_impl->caller.credentials().accessKeyId;
}

const Text& KmsClient::credentialsSource() const {
    return m_impl->caller.credentials().source;
}

const Findings& KmsClient::findings() const {
    return m_impl->caller.findings();
}

std::chrono::seconds KmsClient::clockCorrection() const {
    return m_impl->caller.clockCorrection();
}

std::optional<std::chrono::seconds> KmsClient::clockOffset() const {
    return m_impl->caller.clockOffset();
}

KeyMetadataReply KmsClient::createKey(const CreateKeyRequest& request) {
    const ServiceCall call = changing("CreateKey", wire::writeCreateKey(request), Repeatable::OnlyIfNotExecuted);
    ServiceReply reply = m_impl->caller.call(call);
    KeyMetadata metadata = readAfterChange(call, [&reply] { return wire::readKeyMetadata(reply.body, reply.place); });
    m_impl->createdHere[metadata.keyId] = m_impl->caller.now();
    return {.metadata = std::move(metadata), .facts = std::move(reply.facts)};
}

KeyMetadataReply KmsClient::describeKey(const std::string& keyId) {
    ServiceReply reply = m_impl->callFor(keyId, reading("DescribeKey", keyIdBody(keyId)));
    KeyMetadataReply result{.metadata = wire::readKeyMetadata(reply.body, reply.place), .facts = {}};
    checkSameKey(keyId, result.metadata.arn, reply);
    result.facts = std::move(reply.facts);
    return result;
}

KeyMetadataReply KmsClient::awaitKeyState(const std::string& keyId, KeyState wanted) {
    PropagationDelay propagation;
    for (;;) {
        KeyMetadataReply reply = describeKey(keyId);
        const auto delay = reply.metadata.keyState == wanted ? std::chrono::milliseconds{0} : propagation.next();
        if (delay.count() == 0) {
            return reply;
        }
        m_impl->caller.wait(delay);
    }
}

ImportParameters KmsClient::getParametersForImport(const std::string& keyId, wrapping::WrappingAlgorithm algorithm,
                                                   wrapping::WrappingKeySpec keySpec) {
    const wire::Members members{.texts = {{"KeyId", keyId},
                                          {"WrappingAlgorithm", std::string{nameOf(wrapping::wrappingAlgorithmNames, algorithm)}},
                                          {"WrappingKeySpec", std::string{nameOf(wrapping::wrappingKeySpecNames, keySpec)}}},
                                .blobs = {}};
    ServiceReply reply = m_impl->callFor(keyId, reading("GetParametersForImport", wire::writeMembers(members)));
    ImportParameters result = wire::readImportParameters(reply.body, reply.place);
    checkSameKey(keyId, result.keyId, reply);
    result.facts = std::move(reply.facts);
    return result;
}

ImportKeyMaterialReply KmsClient::importKeyMaterial(const ImportKeyMaterialRequest& request) {
    bool unknownOutcome = false;
    try {
        return m_impl->materialCall(request.keyId, changing("ImportKeyMaterial", wire::writeImportKeyMaterial(request)),
                                    &unknownOutcome);
    } catch (const KmsError& error) {
        if (!unknownOutcome || request.importType != ImportType::NewKeyMaterial || alreadyAssociated(error).empty()) {
            throw;
        }
        return confirmEarlierImport(request.keyId, alreadyAssociated(error), error.failure());
    }
}

ImportKeyMaterialReply KmsClient::confirmEarlierImport(const std::string& keyId, const std::string& materialId,
                                                       const Failure& refusal) {
    KeyRotations rotations = listKeyRotations(keyId, true);
    const auto imported = [&materialId](const Rotation& entry) {
        return entry.keyMaterialId == materialId && entry.importState.value_or("IMPORTED") == "IMPORTED";
    };
    const auto entry = std::ranges::find_if(rotations.rotations, imported);
    if (entry == rotations.rotations.end()) {
        throw Error{refusal};
    }
    m_impl->caller.note(
        {.level = FindingLevel::Note,
         .what = KC_TEXT("KmsClient",
                         "the first attempt to import the key material got no reply but was carried out: KMS lists material %1")
                     .with(materialId),
         .remedy = {}});
    ImportKeyMaterialReply result;
    result.keyId = entry->keyId.empty() ? keyId : entry->keyId;
    result.keyMaterialId = materialId;
    result.facts = std::move(rotations.facts);
    return result;
}

DeleteImportedKeyMaterialReply KmsClient::deleteImportedKeyMaterial(const std::string& keyId,
                                                                    const std::optional<std::string>& keyMaterialId) {
    wire::Members members{.texts = {{"KeyId", keyId}}, .blobs = {}};
    if (keyMaterialId) {
        members.texts.emplace_back("KeyMaterialId", *keyMaterialId);
    }
    return m_impl->materialCall(keyId, changing("DeleteImportedKeyMaterial", wire::writeMembers(members)));
}

KeyRotations KmsClient::listKeyRotations(const std::string& keyId, bool allKeyMaterial) {
    KeyRotations result;
    std::string marker;
    do {
        ServiceReply reply =
            m_impl->callFor(keyId, reading("ListKeyRotations", wire::writeListKeyRotations(keyId, allKeyMaterial, marker)));
        wire::RotationsPage page = wire::readRotations(reply.body, reply.place);
        if (!page.nextMarker.empty() && page.nextMarker == marker) {
            throw Error{ErrorKind::Integrity, reply.place, KC_TEXT("KmsClient", "the list of rotations repeats its page"),
                        KC_TEXT("KmsClient", "check the endpoint: whoever answers there does not answer like KMS")};
        }
        marker = std::move(page.nextMarker);
        std::ranges::move(page.rotations, std::back_inserter(result.rotations));
        result.facts = std::move(reply.facts);
    } while (!marker.empty());
    return result;
}

PublicKeyReply KmsClient::getPublicKey(const std::string& keyId) {
    ServiceReply reply = m_impl->callFor(keyId, reading("GetPublicKey", keyIdBody(keyId)));
    PublicKeyReply result = wire::readPublicKey(reply.body, reply.place);
    checkSameKey(keyId, result.keyId, reply);
    result.facts = std::move(reply.facts);
    return result;
}

BlobReply KmsClient::generateMac(const std::string& keyId, const std::string& macAlgorithm, ByteView message) {
    return m_impl->blob(keyId, "GenerateMac",
                        {.texts = {{"KeyId", keyId}, {"MacAlgorithm", macAlgorithm}}, .blobs = {{"Message", message}}}, "Mac");
}

bool KmsClient::verifyMac(const std::string& keyId, const std::string& macAlgorithm, ByteView message, ByteView mac) {
    return m_impl->check(
        keyId, "VerifyMac",
        {.texts = {{"KeyId", keyId}, {"MacAlgorithm", macAlgorithm}}, .blobs = {{"Message", message}, {"Mac", mac}}}, "MacValid",
        "KMSInvalidMacException");
}

BlobReply KmsClient::sign(const std::string& keyId, const std::string& signingAlgorithm, ByteView message) {
    return m_impl->blob(keyId, "Sign",
                        {.texts = {{"KeyId", keyId}, {"MessageType", "RAW"}, {"SigningAlgorithm", signingAlgorithm}},
                         .blobs = {{"Message", message}}},
                        "Signature");
}

bool KmsClient::verify(const std::string& keyId, const std::string& signingAlgorithm, ByteView message, ByteView signature) {
    return m_impl->check(keyId, "Verify",
                         {.texts = {{"KeyId", keyId}, {"MessageType", "RAW"}, {"SigningAlgorithm", signingAlgorithm}},
                          .blobs = {{"Message", message}, {"Signature", signature}}},
                         "SignatureValid", "KMSInvalidSignatureException");
}

BlobReply KmsClient::encrypt(const std::string& keyId, const std::string& encryptionAlgorithm, ByteView plaintext) {
    return m_impl->blob(
        keyId, "Encrypt",
        {.texts = {{"KeyId", keyId}, {"EncryptionAlgorithm", encryptionAlgorithm}}, .blobs = {{"Plaintext", plaintext}}},
        "CiphertextBlob");
}

DecryptReply KmsClient::decrypt(const std::string& keyId, const std::string& encryptionAlgorithm, ByteView ciphertext) {
    const wire::Members members{.texts = {{"KeyId", keyId}, {"EncryptionAlgorithm", encryptionAlgorithm}},
                                .blobs = {{"CiphertextBlob", ciphertext}}};
    ServiceReply reply = m_impl->callFor(keyId, reading("Decrypt", wire::writeMembers(members)));
    DecryptReply result = wire::readDecrypt(reply.body, reply.place);
    checkSameKey(keyId, result.keyId, reply);
    result.facts = std::move(reply.facts);
    return result;
}

BlobReply KmsClient::deriveSharedSecret(const std::string& keyId, ByteView publicKey) {
    return m_impl->blob(keyId, "DeriveSharedSecret",
                        {.texts = {{"KeyId", keyId}, {"KeyAgreementAlgorithm", "ECDH"}}, .blobs = {{"PublicKey", publicKey}}},
                        "SharedSecret");
}

CallerIdentity KmsClient::getCallerIdentity() {
    ServiceReply reply = m_impl->caller.call(
        ServiceCall{.service = Service::Sts, .operation = "GetCallerIdentity", .body = std::string{getCallerIdentityBody}});
    CallerIdentity identity = readCallerIdentity(reply.body, reply.place);
    const std::string requestId = std::exchange(identity.facts.requestId, {});
    identity.facts = std::move(reply.facts);
    if (!requestId.empty()) {
        identity.facts.requestId = requestId;
    }
    return identity;
}

}  // namespace keyconvoy::kms
