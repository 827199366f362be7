#include "kmsclient/kms_client_impl.h"
#include "kmsclient/paging.h"

#include <algorithm>

/// KmsClient: what belongs to the materials of a key.
namespace keyconvoy::kms {

namespace {

/// The material that IncorrectKeyMaterialException says is there already; empty when it says something else.
std::string alreadyAssociated(const Failure& refusal) {
    const std::string& text = refusal.serviceText;
    const auto start = text.find("(id: ");
    const bool said = text.find("already associated") != std::string::npos;
    return said && start != std::string::npos ? text.substr(start + 5, 64) : std::string{};
}

/// KMS leaves the state out for keys of its own origin.
bool isImported(const Rotation& entry) {
    return entry.importState.value_or("IMPORTED") == "IMPORTED";
}

const Rotation* materialNamed(const KeyRotations& all, const std::string& materialId) {
    const auto entry = std::ranges::find(all.rotations, materialId, &Rotation::keyMaterialId);
    return entry == all.rotations.end() ? nullptr : &*entry;
}

const Rotation* materialInState(const KeyRotations& all, std::string_view state) {
    const auto entry =
        std::ranges::find_if(all.rotations, [state](const Rotation& row) { return row.keyMaterialState == state; });
    return entry == all.rotations.end() ? nullptr : &*entry;
}

}  // namespace

ImportParameters KmsClient::getParametersForImport(const std::string& keyId, wrapping::WrappingAlgorithm algorithm,
                                                   wrapping::WrappingKeySpec keySpec) {
    const wire::Members members{.texts = {{"KeyId", keyId},
                                          {"WrappingAlgorithm", std::string{nameOf(wrapping::wrappingAlgorithmNames, algorithm)}},
                                          {"WrappingKeySpec", std::string{nameOf(wrapping::wrappingKeySpecNames, keySpec)}}}};
    return m_impl->readFor(keyId, Operation::GetParametersForImport, wire::writeMembers(members), wire::readImportParameters);
}

ImportKeyMaterialReply KmsClient::importKeyMaterial(const ImportKeyMaterialRequest& request) {
    const auto send = [&] {
        return m_impl->readFor(request.keyId, Operation::ImportKeyMaterial, wire::writeImportKeyMaterial(request),
                               wire::readImportKeyMaterial);
    };
    const auto look = [&](const Failure& refusal) -> std::optional<ImportKeyMaterialReply> {
        const std::string materialId = alreadyAssociated(refusal);
        if (materialId.empty() || request.importType != ImportType::NewKeyMaterial) {
            return std::nullopt;
        }
        KeyRotations all = listKeyRotations(request.keyId, true);
        const Rotation* entry = materialNamed(all, materialId);
        if (entry == nullptr || !isImported(*entry)) {
            return std::nullopt;
        }
        return ImportKeyMaterialReply{.keyId = entry->keyId.empty() ? request.keyId : entry->keyId,
                                      .keyMaterialId = materialId,
                                      .facts = std::move(all.facts)};
    };
    return m_impl->settled(Operation::ImportKeyMaterial, send, look);
}

DeleteImportedKeyMaterialReply KmsClient::deleteImportedKeyMaterial(const std::string& keyId,
                                                                    const std::optional<std::string>& keyMaterialId) {
    wire::Members members{.texts = {{"KeyId", keyId}}};
    if (keyMaterialId) {
        members.texts.emplace_back("KeyMaterialId", *keyMaterialId);
    }
    const auto send = [&] {
        return m_impl->readFor(keyId, Operation::DeleteImportedKeyMaterial, wire::writeMembers(members),
                               wire::readImportKeyMaterial);
    };
    // Material that was pending vanishes from the list; any other stays there, without its bytes.
    const auto look = [&](const Failure&) -> std::optional<DeleteImportedKeyMaterialReply> {
        if (!keyMaterialId) {
            return std::nullopt;
        }
        KeyRotations all = listKeyRotations(keyId, true);
        const Rotation* entry = materialNamed(all, *keyMaterialId);
        if (entry != nullptr && isImported(*entry)) {
            return std::nullopt;
        }
        return DeleteImportedKeyMaterialReply{.keyId = keyId, .keyMaterialId = keyMaterialId, .facts = std::move(all.facts)};
    };
    return m_impl->settled(Operation::DeleteImportedKeyMaterial, send, look);
}

KeyRotations KmsClient::listKeyRotations(const std::string& keyId, bool allKeyMaterial) {
    wire::Members members{.texts = {{"KeyId", keyId}}};
    if (allKeyMaterial) {
        members.texts.emplace_back("IncludeKeyMaterial", "ALL_KEY_MATERIAL");
    }
    const auto fetch = [&](const std::string& marker) {
        return m_impl->callFor(keyId, Operation::ListKeyRotations, wire::writePage(members, marker));
    };
    auto all = allPages<Rotation>(fetch, wire::readRotations);
    return {.rotations = std::move(all.entries), .facts = std::move(all.facts)};
}

RotationStatus KmsClient::getKeyRotationStatus(const std::string& keyId) {
    return m_impl->readFor(keyId, Operation::GetKeyRotationStatus, keyIdBody(keyId), wire::readRotationStatus);
}

KeyReply KmsClient::rotateKeyOnDemand(const std::string& keyId) {
    const auto before = currentMaterial(keyId);
    const auto send = [&] { return m_impl->readFor(keyId, Operation::RotateKeyOnDemand, keyIdBody(keyId), wire::readKeyId); };
    const auto look = [&](const Failure& failure) {
        if (!before) {
            throw Error{failure};
        }
        return rotationSince(keyId, *before);
    };
    return m_impl->settled(Operation::RotateKeyOnDemand, send, look);
}

/// The ID of the current material, by which a rotation is told that was carried out without a reply; empty while there is none.
/// Absent when KMS does not tell: the rotation itself need not fail for that.
std::optional<std::string> KmsClient::currentMaterial(const std::string& keyId) {
    try {
        const KeyRotations all = listKeyRotations(keyId, true);
        const Rotation* current = materialInState(all, "CURRENT");
        return current == nullptr ? "" : current->keyMaterialId;
    } catch (const KmsError&) {
        return std::nullopt;
    }
}

std::optional<KeyReply> KmsClient::rotationSince(const std::string& keyId, const std::string& currentBefore) {
    constexpr std::chrono::seconds patience{7};  // KMS's own lag: an accepted rotation shows at once or soon after
    PropagationDelay propagation{patience};
    for (;;) {
        RotationStatus status = getKeyRotationStatus(keyId);
        if (status.onDemandRotationStartDate || currentMaterial(keyId).value_or(currentBefore) != currentBefore) {
            return KeyReply{.keyId = std::move(status.keyId), .facts = std::move(status.facts)};
        }
        const auto delay = propagation.next();
        if (delay.count() == 0) {
            return std::nullopt;
        }
        m_impl->caller.wait(delay);
    }
}

}  // namespace keyconvoy::kms
