#include "core/base64.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/state_rules.h"
#include "wrapping/opening/open_envelope.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours tokenLife{24};
constexpr std::chrono::hours longestLife{365 * 24};

std::string specName(const KeyRecord& key) {
    return std::string{nameOf(wrapping::keySpecNames, key.spec)};
}

/// GetParametersForImport refuses what the table forbids, and the algorithms of the past or of China, in the same words.
wrapping::WrappingChoice requireChoice(const Call& call, const KeyRecord& key) {
    const std::string algorithmName = call.text("WrappingAlgorithm");
    const std::string keySpecName = call.text("WrappingKeySpec");
    const auto algorithm = valueNamed(wrapping::wrappingAlgorithmNames, algorithmName);
    const auto keySpec = valueNamed(wrapping::wrappingKeySpecNames, keySpecName);
    if (!algorithm || !keySpec || !wrapping::accepts(key.spec, {*algorithm, *keySpec})) {
        throw validationError("Wrapping algorithm " + algorithmName + " and wrapping key spec " + keySpecName +
                              " cannot be used to import a " + specName(key) + " key.");
    }
    return {*algorithm, *keySpec};
}

struct ImportTarget {
    std::string arn;
    wrapping::WrappingChoice choice;
};

ImportTarget checkParametersRequest(const Call& call) {
    const KeyRecord key = copyOfKey(call, Aliases::Refused);
    requireExternal(key);
    requireState(call.operation, key);
    return {.arn = key.arn, .choice = requireChoice(call, key)};
}

// --------------------------------------------------------------------------------------------------- ImportKeyMaterial

/// When the material ends; absent for KEY_MATERIAL_DOES_NOT_EXPIRE. KMS keeps whole seconds.
std::optional<TimePoint> requireExpiry(const Call& call) {
    const auto validTo = call.time("ValidTo");
    if (call.textOr("ExpirationModel", "KEY_MATERIAL_EXPIRES") == "KEY_MATERIAL_DOES_NOT_EXPIRE") {
        if (validTo) {
            throw validationError("A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
        }
        return std::nullopt;
    }
    if (!validTo) {
        throw validationError("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
    }
    if (*validTo <= call.now) {
        throw validationError("ValidTo must be in the future");
    }
    if (*validTo >= call.now + longestLife) {
        throw validationError("ValidTo must be less than 365 days in the future");
    }
    return std::chrono::floor<std::chrono::seconds>(*validTo);
}

enum class ImportType : std::uint8_t { New, Existing };

void refuseSymmetricOnlyMembers(const Call& call, const KeyRecord& key) {
    if (isSymmetric(key)) {
        return;
    }
    for (const char* member : {"ImportType", "KeyMaterialDescription", "KeyMaterialId"}) {
        if (call.has(member)) {
            std::string name{member};
            name.front() = static_cast<char>(name.front() - 'A' + 'a');
            throw validationError("Input parameter " + name + " cannot be used with " + specName(key) + " imported keys.");
        }
    }
}

void refusePrimaryOnlyMembers(const Call& call, const KeyRecord& key) {
    if (!isReplica(key)) {
        return;
    }
    if (call.text("ImportType") == "NEW_KEY_MATERIAL") {
        throw validationError("Input parameter ImportType NEW_KEY_MATERIAL cannot be used on replica Multi-Region keys");
    }
    if (call.has("KeyMaterialDescription")) {
        throw validationError("Key material description can only be specified on primary Multi-Region keys");
    }
}

ImportType requireImportType(const Call& call, const KeyRecord& key) {
    refuseSymmetricOnlyMembers(call, key);
    refusePrimaryOnlyMembers(call, key);
    const std::string named = call.textOr("ImportType", key.materials.empty() ? "NEW_KEY_MATERIAL" : "EXISTING_KEY_MATERIAL");
    if (named == "EXISTING_KEY_MATERIAL") {
        return ImportType::Existing;
    }
    if (call.has("KeyMaterialId")) {
        throw validationError("Input parameter keyMaterialId cannot be used with NEW_KEY_MATERIAL importType.");
    }
    return ImportType::New;
}

/// The wrapping key pair of the token, once the token is known to be of this key and still valid.
std::pair<std::shared_ptr<EVP_PKEY>, wrapping::WrappingChoice> requirePair(const Call& call, KeyStore::Access& access,
                                                                           const KeyRecord& key) {
    const auto token = call.world.tokens.open(call.blob("ImportToken"));
    if (!token || token->keyArn != key.arn) {
        throw ApiError{"InvalidImportTokenException"};
    }
    const auto pair = access.pairs().find(token->pairId);
    if (token->validTo <= call.now || pair == access.pairs().end()) {
        throw ApiError{"ExpiredImportTokenException", "The import token has expired."};
    }
    return {pair->second.key, token->choice};
}

/// What an import needs of the key, told under the store's lock.
struct ImportOrder {
    std::string keyId;
    wrapping::KeySpec spec;
    std::shared_ptr<EVP_PKEY> pair;
    wrapping::WrappingChoice choice;
    std::optional<TimePoint> validTo;
};

KeyRecord& requireImportTarget(const Call& call, KeyStore::Access& access) {
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    requireExternal(key);
    requireState(call.operation, key);
    return key;
}

ImportOrder requireOrder(const Call& call) {
    KeyStore::Access access = call.toChange();
    const KeyRecord& key = requireImportTarget(call, access);
    const auto validTo = requireExpiry(call);
    static_cast<void>(requireImportType(call, key));
    auto [pair, choice] = requirePair(call, access, key);
    return {.keyId = key.id, .spec = key.spec, .pair = std::move(pair), .choice = choice, .validTo = validTo};
}

struct Unwrapped {
    std::string id;
    std::shared_ptr<const Material> material;
};

/// One answer for everything that can be wrong with a blob: InvalidCiphertextException without a text.
Unwrapped requireMaterial(const Call& call, const ImportOrder& order) {
    const auto plaintext = wrapping::opening::openEnvelope(*order.pair, order.choice, call.blob("EncryptedKeyMaterial"));
    if (plaintext) {
        if (auto material = parseMaterial(order.spec, plaintext->view())) {
            return {.id = keyMaterialId(order.keyId, plaintext->view()),
                    .material = std::make_shared<const Material>(std::move(*material))};
        }
    }
    throw ApiError{"InvalidCiphertextException"};
}

[[noreturn]] void throwUnexpectedMaterial(const std::string& expectedId) {
    throw ApiError{"IncorrectKeyMaterialException",
                   "Imported key material does not have the expected identifier (" + expectedId + ")."};
}

/// The associated material that these octets are. Without a KeyMaterialId the current or the pending one is meant; what AWS does
/// with an earlier one is not known, so it is refused here.
MaterialEntry& requireAssociated(const Call& call, KeyRecord& key, const std::string& id) {
    MaterialEntry* entry = materialWithId(key, id);
    if (const auto named = call.optionalText("KeyMaterialId")) {
        if (*named != id || entry == nullptr) {
            throwUnexpectedMaterial(*named);
        }
        return *entry;
    }
    if (entry != nullptr && entry->state != MaterialState::NonCurrent) {
        return *entry;
    }
    const MaterialEntry* current = materialIn(key, MaterialState::Current);
    if (current == nullptr) {
        throw ApiError{"IncorrectKeyMaterialException"};
    }
    throwUnexpectedMaterial(current->id);
}

MaterialEntry& addNewMaterial(const RelatedKeys& related, KeyRecord& key, const std::string& id) {
    if (materialWithId(key, id) != nullptr) {
        throw ApiError{"IncorrectKeyMaterialException",
                       "Key material (id: " + id + ") being imported as NEW_KEY_MATERIAL is already associated with KMS key " +
                           key.arn + "."};
    }
    if (const MaterialEntry* pending = materialIn(key, MaterialState::Pending)) {
        throw invalidState("New key material (id: " + id + ") cannot be imported into KMS key " + key.arn +
                           ", because another key material (id: " + pending->id + ") is pending rotation.");
    }
    return associate(related, key, id);
}

Json importReply(const KeyRecord& key, const std::string& materialId) {
    Json reply{{"KeyId", key.arn}};
    if (isSymmetric(key) && !materialId.empty()) {
        reply["KeyMaterialId"] = materialId;
    }
    return reply;
}

}  // namespace

Json getParametersForImport(const Call& call) {
    const ImportTarget target = checkParametersRequest(call);
    // Outside the store's lock: making a key pair may take a second.
    const std::shared_ptr<EVP_PKEY> pair = call.world.pairs.take(target.choice.keySpec);
    const ImportTokenContent content{
        .keyArn = target.arn, .choice = target.choice, .pairId = randomUuid(), .validTo = call.now + tokenLife};
    call.toChange().pairs().emplace(content.pairId, WrappingPair{.key = pair, .validTo = content.validTo});
    return {{"KeyId", target.arn},
            {"ImportToken", toBase64(call.world.tokens.seal(content))},
            {"PublicKey", toBase64(wrapping::opening::publicKeyDer(*pair))},
            {"ParametersValidTo", wireTime(content.validTo)}};
}

/// In the order of checks that fits all that is known of AWS: key, origin, state, parameters, token, blob, identity, pending
/// slot. What was true of the key before the blob was opened may have changed meanwhile, so it is asked again.
Json importKeyMaterial(const Call& call) {
    const ImportOrder order = requireOrder(call);
    Unwrapped unwrapped = requireMaterial(call, order);
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireImportTarget(call, access);
    const RelatedKeys related = access.related(key);
    const ImportType type = requireImportType(call, key);
    MaterialEntry& entry =
        type == ImportType::New ? addNewMaterial(related, key, unwrapped.id) : requireAssociated(call, key, unwrapped.id);
    entry.material = std::move(unwrapped.material);
    entry.validTo = order.validTo;
    if (const auto description = call.optionalText("KeyMaterialDescription")) {
        describeMaterial(related, entry.id, *description);
    }
    key.disabled = false;
    return importReply(key, entry.id);
}

Json deleteImportedKeyMaterial(const Call& call) {
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    requireExternal(key);
    requireState(call.operation, key);
    std::string id = call.text("KeyMaterialId");
    if (!id.empty() && materialWithId(key, id) == nullptr) {
        throw validationError("Key material (id: " + id + ") has never been imported into KMS key " + key.arn + ".");
    }
    if (const MaterialEntry* current = materialIn(key, MaterialState::Current); id.empty() && current != nullptr) {
        id = current->id;
    }
    removeMaterial(access.related(key), key, id);
    return importReply(key, id);
}

}  // namespace keyconvoy::kms::simulator
