#include "app/inventory/kms_keys.h"

#include "app/ceremony/kms_access.h"
#include "app/ceremony/successor.h"
#include "app/station/to_json.h"
#include "core/text.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <tuple>

namespace keyconvoy::app {

namespace {

using namespace std::chrono;

constexpr days soon{60};
constexpr std::size_t tellEach = 50;  ///< keys between two words of progress

constexpr std::string_view pending = "PENDING";  // PENDING_ROTATION, PENDING_MULTI_REGION_IMPORT_AND_ROTATION

KmsMaterial materialFrom(const kms::Rotation& rotation, TimePoint now) {
    const bool passed = rotation.validTo && *rotation.validTo <= now;
    return {.id = rotation.keyMaterialId,
            .description = rotation.keyMaterialDescription,
            .state = rotation.keyMaterialState.value_or(""),
            .held = rotation.importState.value_or("IMPORTED") == "IMPORTED" && !passed,  // KMS says it of imported material only
            .validTo = rotation.validTo};
}

/// Of a key whose material KMS does not list.
KmsMaterial onlyMaterialOf(const kms::KeyMetadata& key, TimePoint now) {
    const bool passed = key.validTo && *key.validTo <= now;
    return {.id = key.currentKeyMaterialId,
            .description = {},
            .state = {},
            .held = key.keyState != kms::KeyState::PendingImport && !passed,
            .validTo = key.validTo};
}

KmsKeyEntry entryOf(kms::KmsClient& client, kms::KeyMetadata key, TimePoint now) {
    KmsKeyEntry entry{.key = std::move(key), .materials = {}, .aliases = {}, .rotatingSince = {}};
    entry.materials = materialsOf(client, entry.key, now);
    if (std::ranges::any_of(entry.materials, &isWaiting)) {
        entry.rotatingSince = client.getKeyRotationStatus(entry.key.arn).onDemandRotationStartDate;
    }
    return entry;
}

std::string inDays(TimePoint end, TimePoint now) {
    return std::to_string(floor<days>(end - now).count());
}

/// Urgent first: what cannot be used, then what ends next, then what never ends; by ARN among equals.
auto urgency(const KmsKeyEntry& entry) {
    const auto end = entry.nextEnd();
    const int rank = !entry.missing().empty() ? 0 : end ? 1 : 2;
    return std::tuple{rank, end.value_or(TimePoint::max()), entry.key.arn};
}

std::string nameOf(const KmsStation& station) {
    return station.client.profile.value_or("default profile") + ", " + station.client.region.value_or("Region of the profile");
}

class ShowingJob final : public Job {
public:
    ShowingJob(ShowKmsKeyRequest request, RunContext runContext)
        : Job{std::move(runContext)}, m_keyId{std::move(request.keyId)}, m_kms{std::move(request.kms), context()} {
        setSteps({m_kms.identityStep(), makeStep("kms.show", KC_TEXT("KmsKeys", "look at the KMS key"), [this](Details& details) {
                      static_cast<void>(m_kms.describe(m_keyId.str()));  // another account or Region is said there
                      m_entry = readKmsKey(m_kms.client(), m_keyId.str(), m_kms.now());
                      details.push_back({KC_TEXT("KmsKeys", "KMS key"), m_entry.key.arn, DetailKind::Identifier});
                      details.push_back({KC_TEXT("KmsKeys", "state"), m_entry.key.keyStateName});
                  })});
    }

    [[nodiscard]] Json result() const override {
        return {{"mode", toString(m_kms.mode())}, {"kms", m_kms.toJson()}, {"key", toJson(m_entry, m_kms.now())}};
    }

private:
    kms::KeyIdentifier m_keyId;
    KmsAccess m_kms;
    KmsKeyEntry m_entry;
};

void throwIfStopped(const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) {
        throw Error{error};
    }
}

class ListingJob final : public ListKmsKeysJob {
public:
    ListingJob(ListKmsKeysRequest request, RunContext runContext)
        : ListKmsKeysJob{std::move(runContext)}, m_reading{std::move(request.stations), context()} {
        setSteps(m_reading.steps());
    }

    [[nodiscard]] const std::vector<KmsKeyEntry>& keys() const override { return m_reading.keys(); }
    [[nodiscard]] const std::vector<UnreadKeys>& unread() const override { return m_reading.unread(); }

    [[nodiscard]] Json result() const override {
        const TimePoint now = context().clock();
        Json keys = Json::array();
        for (const KmsKeyEntry& entry : m_reading.keys()) {
            keys.push_back(toJson(entry, now));
        }
        return {{"keys", std::move(keys)}, {"unread", m_reading.unreadToJson()}};
    }

private:
    KmsKeysReading m_reading;
};

}  // namespace

std::vector<Step> KmsKeysReading::steps() {
    std::vector<Step> steps;
    for (const KmsStation& station : m_stations) {
        steps.push_back(makeStep("kms.keys", KC_TEXT("KmsKeys", "read the keys of %1").with(nameOf(station)),
                                 [this, &station](Details& details) { readStation(station, details); }));
    }
    steps.push_back(makeStep("sort", KC_TEXT("KmsKeys", "put the most urgent first"), [this](Details& details) {
        std::ranges::sort(m_keys, {}, &urgency);
        details.push_back({KC_TEXT("KmsKeys", "keys"), std::to_string(m_keys.size())});
        details.push_back({KC_TEXT("KmsKeys", "could not be read"), std::to_string(m_unread.size())});
    }));
    return steps;
}

void KmsKeysReading::readStation(const KmsStation& station, Details& details) {
    const std::size_t before = m_keys.size();
    try {
        kms::KmsClient client{station.client, m_context.clock};
        const kms::CallerIdentity identity = client.getCallerIdentity();
        checkMode(station.mode, identity.account, std::nullopt, identity.facts.connection);
        readKeys(client);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::Cancelled || m_stations.size() == 1) {
            throw;  // there is nothing beside it that could be shown
        }
        m_unread.push_back({nameOf(station), error.failure()});
        details.push_back({KC_TEXT("KmsKeys", "could not be read"), error.failure().cause});
        return;
    }
    details.push_back({KC_TEXT("KmsKeys", "keys"), std::to_string(m_keys.size() - before)});
}

void KmsKeysReading::readKeys(kms::KmsClient& client) {
    const kms::KeyList listed = client.listKeys();
    const auto aliases = aliasesOf(client);
    std::size_t looked = 0;
    for (const kms::KeyEntry& key : listed.entries) {
        m_context.checkNotStopped();
        if (++looked % tellEach == 0) {
            m_context.progress(
                KC_TEXT("KmsKeys", "%1 of %2 keys").with(std::to_string(looked)).with(std::to_string(listed.entries.size())));
        }
        readKey(client, key, aliases);
    }
}

void KmsKeysReading::readKey(kms::KmsClient& client, const kms::KeyEntry& listed, const Aliases& aliases) {
    try {
        kms::KeyMetadata key = client.describeKey(listed.arn).metadata;
        if (key.origin != "EXTERNAL") {
            return;
        }
        KmsKeyEntry entry = entryOf(client, std::move(key), m_context.clock());
        const auto [first, last] = aliases.equal_range(listed.keyId);
        std::transform(first, last, std::back_inserter(entry.aliases), [](const auto& row) { return row.second; });
        m_keys.push_back(std::move(entry));
    } catch (const Error& error) {
        throwIfStopped(error);
        m_unread.push_back({listed.arn, error.failure()});
    }
}

/// All in one call, which costs less than one for each key. Without the permission there are none.
KmsKeysReading::Aliases KmsKeysReading::aliasesOf(kms::KmsClient& client) {
    Aliases names;
    try {
        const kms::AliasList listed = client.listAliases();
        for (const kms::Alias& alias : listed.entries) {
            names.emplace(alias.targetKeyId.value_or(""), alias.name);
        }
    } catch (const Error& error) {
        throwIfStopped(error);
        m_unread.push_back({"aliases in " + client.region(), error.failure()});
    }
    return names;
}

Json KmsKeysReading::unreadToJson() const {
    Json unread = Json::array();
    for (const UnreadKeys& one : m_unread) {
        unread.push_back({{"where", one.where}, {"error", toJson(one.failure)}});
    }
    return unread;
}

std::optional<TimePoint> KmsKeyEntry::nextEnd() const {
    std::optional<TimePoint> next;
    for (const KmsMaterial& material : materials) {
        if (material.held && material.validTo && (!next || *material.validTo < *next)) {
            next = material.validTo;
        }
    }
    return next;
}

bool isPending(const kms::Rotation& material) {
    return material.keyMaterialState.value_or("").starts_with(pending);
}

bool isWaiting(const KmsMaterial& material) {
    return material.state.starts_with(pending);
}

std::vector<KmsMaterial> materialsOf(kms::KmsClient& client, const kms::KeyMetadata& key, TimePoint now) {
    if (key.keySpec != "SYMMETRIC_DEFAULT") {
        return {onlyMaterialOf(key, now)};
    }
    std::vector<KmsMaterial> materials;
    const kms::KeyRotations listed = client.listKeyRotations(key.arn, true);
    for (const kms::Rotation& rotation : listed.rotations) {
        materials.push_back(materialFrom(rotation, now));
    }
    return materials;
}

std::vector<KmsMaterial> KmsKeyEntry::missing() const {
    std::vector<KmsMaterial> found;
    std::ranges::copy_if(materials, std::back_inserter(found),
                         [](const KmsMaterial& material) { return !material.held && !isWaiting(material); });
    if (materials.empty()) {  // never imported
        found.push_back({});
    }
    return found;
}

KmsKeyEntry readKmsKey(kms::KmsClient& client, const std::string& keyId, TimePoint now) {
    KmsKeyEntry entry = entryOf(client, client.describeKey(keyId).metadata, now);
    const kms::AliasList aliases = client.listAliases(entry.key.arn);
    for (const kms::Alias& alias : aliases.entries) {
        entry.aliases.push_back(alias.name);
    }
    return entry;
}

std::vector<Text> whatToDoNext(const KmsKeyEntry& entry, TimePoint now) {
    const std::string& arn = entry.key.arn;
    std::vector<Text> next;
    if (entry.key.keyState == kms::KeyState::PendingDeletion || entry.key.keyState == kms::KeyState::PendingReplicaDeletion) {
        next.push_back(KC_TEXT("KmsKeys", "it is to be deleted; where that is wrong: %1")
                           .with(shellCommand("aws kms cancel-key-deletion --key-id %1").with(arn)));
        return next;
    }
    if (entry.key.origin != "EXTERNAL") {
        next.push_back(
            KC_TEXT("KmsKeys", "its origin is %1: KMS has its material from elsewhere, nothing can be imported into it")
                .with(entry.key.origin));
        return next;
    }
    if (entry.materials.empty()) {
        next.push_back(KC_TEXT("KmsKeys", "it was never given material: import its first (%1)")
                           .with(typedAs("keyconvoy import --key-id %1").with(arn)));
        return next;
    }
    for (const KmsMaterial& material : entry.missing()) {
        next.push_back(material.id ? KC_TEXT("KmsKeys", "it lacks the material %1: import it again (%2)")
                                         .with(*material.id)
                                         .with(typedAs("keyconvoy reimport --key-id %1").with(arn))
                                   : KC_TEXT("KmsKeys", "it holds no material: import its first (%1), or the same again (%2)")
                                         .with(typedAs("keyconvoy import --key-id %1").with(arn))
                                         .with(typedAs("keyconvoy reimport --key-id %1").with(arn)));
    }
    if (const auto end = entry.nextEnd(); end && *end - now <= soon) {
        next.push_back(
            KC_TEXT("KmsKeys", "material ends in %1 days, at %2; then the key stops working: import it again before (%3)")
                .with(inDays(*end, now))
                .with(toRfc3339(*end))
                .with(typedAs("keyconvoy reimport --key-id %1").with(arn)));
    }
    const auto waiting = std::ranges::find_if(entry.materials, &isWaiting);
    if (waiting != entry.materials.end() && entry.rotatingSince) {
        next.push_back(
            KC_TEXT("KmsKeys", "KMS has been rotating the material %1 in since %2; it goes on by itself, within minutes")
                .with(waiting->id.value_or(""))
                .with(toRfc3339(*entry.rotatingSince)));
    } else if (waiting != entry.materials.end()) {
        next.push_back(KC_TEXT("KmsKeys", "the material %1 waits to be rotated in: %2")
                           .with(waiting->id.value_or(""))
                           .with(commandThatFinishes(entry.key)));
    }
    if (entry.key.keyState == kms::KeyState::Disabled) {
        next.push_back(KC_TEXT("KmsKeys", "it is disabled: %1").with(shellCommand("aws kms enable-key --key-id %1").with(arn)));
    }
    return next;
}

Json toJson(const KmsKeyEntry& entry, TimePoint now) {
    Json materials = Json::array();
    for (const KmsMaterial& material : entry.materials) {
        materials.push_back({{"id", orNull(material.id)},
                             {"description", orNull(material.description)},
                             {"state", material.state.empty() ? Json(nullptr) : Json(material.state)},
                             {"held", material.held},
                             {"validTo", orNull(material.validTo)}});
    }
    const auto& regions = entry.key.multiRegionConfiguration;
    Json replicas = Json::array();
    if (regions) {
        for (const kms::RegionalKey& replica : regions->replicas) {
            replicas.push_back(replica.arn);
        }
    }
    Json next = Json::array();
    for (const Text& sentence : whatToDoNext(entry, now)) {
        next.push_back(toEnglish(sentence));
    }
    return {{"arn", entry.key.arn},
            {"aliases", entry.aliases},
            {"description", entry.key.description},
            {"origin", entry.key.origin},
            {"keySpec", entry.key.keySpec},
            {"keyUsage", entry.key.keyUsage},
            {"keyState", entry.key.keyStateName},
            {"multiRegion", regions ? Json(regions->keyType) : Json(nullptr)},
            {"primary", regions ? Json(regions->primary.arn) : Json(nullptr)},
            {"replicas", std::move(replicas)},
            {"materials", std::move(materials)},
            {"nextEnd", orNull(entry.nextEnd())},
            {"next", std::move(next)}};
}

std::unique_ptr<Job> makeShowKmsKeyJob(ShowKmsKeyRequest request, RunContext context) {
    return std::make_unique<ShowingJob>(std::move(request), std::move(context));
}

std::unique_ptr<ListKmsKeysJob> makeListKmsKeysJob(ListKmsKeysRequest request, RunContext context) {
    return std::make_unique<ListingJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
