#include "app/ceremony/plan.h"

#include "app/station/to_json.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

Json toJson(const PlannedOfficer& officer) {
    Json certificates = Json::array();
    for (const Fingerprint& certificate : officer.certificates) {
        certificates.push_back(certificate.hex());
    }
    return {{"role", officer.role}, {"certificates", std::move(certificates)}};
}

Json toJson(const PlannedAccount& account) {
    return {{"id", account.id},
            {"regions", account.regions},
            {"importRole", account.importRole ? Json(account.importRole->str()) : Json(nullptr)},
            {"checkRole", account.checkRole ? Json(account.checkRole->str()) : Json(nullptr)},
            {"endpointUrl", orNull(account.endpointUrl)}};
}

Json toJson(const PlannedKmsKey& key) {
    Json tags = Json::object();
    for (const kms::Tag& tag : key.tags) {
        tags[tag.key] = tag.value;
    }
    return {{"description", key.description}, {"policy", orNull(key.policy)},   {"tags", std::move(tags)},
            {"alias", orNull(key.alias)},     {"multiRegion", key.multiRegion}, {"replicaRegions", key.replicaRegions}};
}

Json toJson(const std::optional<PlannedBackup>& backup) {
    if (!backup) {
        return nullptr;
    }
    if (const auto* token = std::get_if<BackupToken>(&*backup)) {
        return {{"tokenSerial", token->serial}};
    }
    if (const auto* none = std::get_if<NoBackup>(&*backup)) {
        return {{"none", none->reason}};
    }
    return {{"external", true}};
}

Json expiryJson(const std::optional<Expiry>& expiry) {
    if (!expiry) {
        return nullptr;
    }
    if (const auto* time = std::get_if<TimePoint>(&expiry->choice)) {
        return toRfc3339(*time);
    }
    if (const auto* period = std::get_if<std::chrono::hours>(&expiry->choice)) {
        const auto hours = period->count();
        return hours % 24 == 0 ? std::to_string(hours / 24) + " days after the import"
                               : std::to_string(hours) + " hours after the import";
    }
    return "never";
}

Json toJson(const PlannedKey& key) {
    return {{"kind", nameOf(keyKindNames, key.kind)},
            {"label", key.label},
            {"account", key.account},
            {"region", key.region},
            {"keySpec", nameOf(wrapping::keySpecNames, key.keySpec)},
            {"keyUsage", nameOf(wrapping::keyUsageNames, key.keyUsage)},
            {"kmsKey", key.kmsKey ? Json(key.kmsKey->str()) : Json(nullptr)},
            {"create", key.create ? toJson(*key.create) : Json(nullptr)},
            {"wrappingAlgorithm", key.wrapping.algorithm ? nameOf(wrapping::wrappingAlgorithmNames, *key.wrapping.algorithm)
                                                         : std::string_view{"strongest"}},
            {"wrappingKeySpec", nameOf(wrapping::wrappingKeySpecNames, key.wrapping.keySpec)},
            {"allowSha1", key.wrapping.allowSha1 ? Json(key.wrapping.allowSha1->reason) : Json(nullptr)},
            {"expires", expiryJson(key.expiry)},
            {"check", nameOf(checkWishNames, key.check)},
            {"materialDescription", orNull(key.keyMaterialDescription)},
            {"keyMaterialId", orNull(key.keyMaterialId)},
            {"backup", toJson(key.backup)},
            {"tokenKey", nameOf(tokenKeyEndNames, key.tokenKey)},
            {"acceptLoss", orNull(key.acceptLossReason)}};
}

template <class Value>
Json listOf(const std::vector<Value>& values) {
    Json list = Json::array();
    for (const Value& value : values) {
        list.push_back(toJson(value));
    }
    return list;
}

}  // namespace

Json toJson(const Plan& plan) {
    Json roots = Json::array();
    for (const AllowedRoot& root : plan.roots) {
        roots.push_back({{"sha256", root.sha256.hex()}, {"reason", root.reason}});
    }
    return {
        {"id", plan.id},
        {"purpose", plan.purpose},
        {"language", nameOf(planLanguageNames, plan.language)},
        {"day", toRfc3339(plan.day).substr(0, std::string_view{"2027-06-17"}.size())},
        {"officers", listOf(plan.officers)},
        {"quorum", {{"approval", plan.quorum.approval}, {"release", plan.quorum.release}, {"readBack", plan.quorum.readBack}}},
        {"expiredCertificate", nameOf(expiredCertificateNames, plan.expiredCertificate)},
        {"token", nameOf(tokenDemandNames, plan.token)},
        {"reach", nameOf(stationReachNames, plan.reach)},
        {"allowedRoots", std::move(roots)},
        {"accounts", listOf(plan.accounts)},
        {"keys", listOf(plan.keys)}};
}

}  // namespace keyconvoy::app
