#include "app/station/to_json.h"

#include "core/hex.h"

#include <array>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

using Attribute = std::optional<bool> pkcs11::KeyDescription::*;

struct AttributeName {
    Attribute member{};
    const char* json{};
    Text inWords;
};

const std::array<AttributeName, 19>& attributeNames() {
    static const std::array<AttributeName, 19> names{{
        {&pkcs11::KeyDescription::tokenObject, "token", KC_TEXT("KeyAttribute", "stays on the token (CKA_TOKEN)")},
        {&pkcs11::KeyDescription::isPrivate, "private", KC_TEXT("KeyAttribute", "needs a login (CKA_PRIVATE)")},
        {&pkcs11::KeyDescription::sensitive, "sensitive", KC_TEXT("KeyAttribute", "sensitive (CKA_SENSITIVE)")},
        {&pkcs11::KeyDescription::alwaysSensitive, "alwaysSensitive",
         KC_TEXT("KeyAttribute", "always was sensitive (CKA_ALWAYS_SENSITIVE)")},
        {&pkcs11::KeyDescription::extractable, "extractable", KC_TEXT("KeyAttribute", "may be wrapped (CKA_EXTRACTABLE)")},
        {&pkcs11::KeyDescription::neverExtractable, "neverExtractable",
         KC_TEXT("KeyAttribute", "never could be wrapped (CKA_NEVER_EXTRACTABLE)")},
        {&pkcs11::KeyDescription::local, "local", KC_TEXT("KeyAttribute", "generated on a token, says the token (CKA_LOCAL)")},
        {&pkcs11::KeyDescription::modifiable, "modifiable", KC_TEXT("KeyAttribute", "attributes may change (CKA_MODIFIABLE)")},
        {&pkcs11::KeyDescription::copyable, "copyable", KC_TEXT("KeyAttribute", "may be copied (CKA_COPYABLE)")},
        {&pkcs11::KeyDescription::destroyable, "destroyable", KC_TEXT("KeyAttribute", "may be destroyed (CKA_DESTROYABLE)")},
        {&pkcs11::KeyDescription::wrapWithTrusted, "wrapWithTrusted",
         KC_TEXT("KeyAttribute", "wraps under trusted keys only (CKA_WRAP_WITH_TRUSTED)")},
        {&pkcs11::KeyDescription::trusted, "trusted", KC_TEXT("KeyAttribute", "trusted wrapping key (CKA_TRUSTED)")},
        {&pkcs11::KeyDescription::encrypt, "encrypt", KC_TEXT("KeyAttribute", "may encrypt (CKA_ENCRYPT)")},
        {&pkcs11::KeyDescription::decrypt, "decrypt", KC_TEXT("KeyAttribute", "may decrypt (CKA_DECRYPT)")},
        {&pkcs11::KeyDescription::sign, "sign", KC_TEXT("KeyAttribute", "may sign (CKA_SIGN)")},
        {&pkcs11::KeyDescription::verify, "verify", KC_TEXT("KeyAttribute", "may verify (CKA_VERIFY)")},
        {&pkcs11::KeyDescription::wrap, "wrap", KC_TEXT("KeyAttribute", "may wrap other keys (CKA_WRAP)")},
        {&pkcs11::KeyDescription::unwrap, "unwrap", KC_TEXT("KeyAttribute", "may unwrap other keys (CKA_UNWRAP)")},
        {&pkcs11::KeyDescription::derive, "derive", KC_TEXT("KeyAttribute", "may derive keys (CKA_DERIVE)")},
    }};
    return names;
}

Json fingerprintOrNull(const std::optional<Fingerprint>& fingerprint) {
    return fingerprint ? Json(fingerprint->hex()) : Json(nullptr);
}

}  // namespace

Json orNull(const std::optional<std::string>& text) {
    return text ? Json(*text) : Json(nullptr);
}

Json orNull(const std::optional<TimePoint>& time) {
    return time ? Json(toRfc3339(*time)) : Json(nullptr);
}

Json toJson(const pkcs11::ModuleDescription& module) {
    return {{"path", module.path},
            {"sha256", module.sha256.hex()},
            {"manufacturer", module.manufacturer},
            {"description", module.description},
            {"libraryVersion", module.libraryVersion},
            {"cryptokiVersion", module.cryptokiVersion}};
}

Json toJson(const pkcs11::TokenDescription& token) {
    return {{"label", token.label},
            {"serial", token.serial.str()},
            {"manufacturer", token.manufacturer},
            {"model", token.model},
            {"hardwareVersion", token.hardwareVersion},
            {"firmwareVersion", token.firmwareVersion},
            {"slot", token.slotDescription},
            {"uri", token.uri},
            {"kind", toEnglish(kindInWords(token))},
            {"software", token.software},
            {"initialised", token.initialised},
            {"loginRequired", token.loginRequired},
            {"pinPad", token.pinPad},
            {"writeProtected", token.writeProtected},
            {"userPin", toEnglish(inWords(token.userPin))},
            {"officerPin", toEnglish(inWords(token.officerPin))},
            {"flags", token.flags}};
}

Json toJson(const pkcs11::Token& token) {
    Json json = toJson(token.description());
    json["login"] = toEnglish(inWords(token.loginState()));
    json["moduleSha256"] = token.module().description().sha256.hex();
    return json;
}

Json resultAbout(const pkcs11::Token& token) {
    Json details = toJson(token);
    return {{"token", details.at("kind")}, {"tokenDetails", std::move(details)}};
}

Json toJson(const pkcs11::KeyDescription& key) {
    Json attributes = Json::object();
    for (const AttributeName& row : attributeNames()) {
        const std::optional<bool>& value = key.*row.member;
        attributes[row.json] = value ? Json(*value) : Json(nullptr);
    }
    attributes["generationMechanism"] = orNull(key.generationMechanism);
    return {{"class", toEnglish(inWords(key.objectClass))},
            {"label", key.label},
            {"id", toHex(key.id)},
            {"type", key.typeName},
            {"uri", key.uri},
            {"attributes", std::move(attributes)}};
}

Json toJson(const pkcs11::CheckValue& value) {
    return {{"method", describe(value.method)}, {"value", toHex(value.value)}};
}

Json toJson(const pkcs11::CheckValueOutcome& outcome) {
    if (outcome.value) {
        return toJson(*outcome.value);
    }
    return {{"method", nullptr}, {"value", nullptr}, {"whyNot", toEnglish(outcome.whyNot)}};
}

Json toJson(const Finding& finding) {
    return {
        {"level", toEnglish(inWords(finding.level))}, {"what", toEnglish(finding.what)}, {"remedy", toEnglish(finding.remedy)}};
}

Json toJson(const Findings& findings) {
    Json list = Json::array();
    for (const Finding& finding : findings) {
        list.push_back(toJson(finding));
    }
    return list;
}

Json toJson(const kms::ConnectionEvidence& connection) {
    return {{"host", connection.host},
            {"peerAddress", connection.peerAddress},
            {"proxy", connection.proxy},
            {"tls", connection.tlsSummary()},
            {"leafSha256", fingerprintOrNull(connection.leafSha256)},
            {"rootKeySha256", fingerprintOrNull(connection.rootKeySha256)},
            {"rootSubject", connection.rootSubject},
            {"simulator", connection.simulatorHeader}};
}

Json toJson(const Failure& failure) {
    Json details = Json::array();
    for (const FailureDetail& detail : failure.details) {
        details.push_back({{"subject", toEnglish(detail.subject)}, {"what", toEnglish(detail.what)}, {"code", detail.code}});
    }
    return {{"kind", toString(failure.kind)},
            {"place", toEnglish(failure.place)},
            {"cause", toEnglish(failure.cause)},
            {"remedy", toEnglish(failure.remedy)},
            {"code", failure.code},
            {"serviceText", failure.serviceText},
            {"requestId", failure.requestId},
            {"details", std::move(details)}};
}

Text kindInWords(const pkcs11::TokenDescription& token) {
    return token.software ? KC_TEXT("TokenKind", "software") : KC_TEXT("TokenKind", "not known to be software");
}

Text inWords(pkcs11::PinState state) {
    switch (state) {
        case pkcs11::PinState::Fine: return KC_TEXT("InWords", "fine");
        case pkcs11::PinState::CountLow: return KC_TEXT("InWords", "a wrong PIN was entered since the last login");
        case pkcs11::PinState::FinalTry: return KC_TEXT("InWords", "one wrong try from being locked");
        case pkcs11::PinState::Locked: return KC_TEXT("InWords", "locked");
        case pkcs11::PinState::ToBeChanged: return KC_TEXT("InWords", "must be changed before the token can be used");
        case pkcs11::PinState::NotInitialised: return KC_TEXT("InWords", "not set");
    }
    return KC_TEXT("InWords", "unknown");
}

Text inWords(pkcs11::LoginState state) {
    switch (state) {
        case pkcs11::LoginState::NotLoggedIn: return KC_TEXT("InWords", "not logged in");
        case pkcs11::LoginState::LoggedInHere: return KC_TEXT("InWords", "logged in");
        case pkcs11::LoginState::LoggedInOutside: return KC_TEXT("InWords", "logged in outside");
        case pkcs11::LoginState::NotRequired: return KC_TEXT("InWords", "the token asks for no login");
    }
    return KC_TEXT("InWords", "unknown");
}

Text inWords(pkcs11::KeyOrigin origin) {
    switch (origin) {
        case pkcs11::KeyOrigin::GeneratedHere: return KC_TEXT("InWords", "generated on the token");
        case pkcs11::KeyOrigin::NotGeneratedInThisRun: return KC_TEXT("InWords", "not generated in this run");
        case pkcs11::KeyOrigin::RestoredFromBackupHere: return KC_TEXT("InWords", "restored from a backup in this run");
    }
    return KC_TEXT("InWords", "unknown");
}

Text inWords(pkcs11::ObjectClass objectClass) {
    switch (objectClass) {
        case pkcs11::ObjectClass::SecretKey: return KC_TEXT("InWords", "secret key");
        case pkcs11::ObjectClass::PrivateKey: return KC_TEXT("InWords", "private key");
        case pkcs11::ObjectClass::PublicKey: return KC_TEXT("InWords", "public key");
        case pkcs11::ObjectClass::Certificate: return KC_TEXT("InWords", "certificate");
        case pkcs11::ObjectClass::Data: return KC_TEXT("InWords", "data");
        case pkcs11::ObjectClass::Other: return KC_TEXT("InWords", "other");
    }
    return KC_TEXT("InWords", "other");
}

Text inWords(FindingLevel level) {
    switch (level) {
        case FindingLevel::Note: return KC_TEXT("InWords", "note");
        case FindingLevel::Warning: return KC_TEXT("InWords", "warning");
        case FindingLevel::Problem: return KC_TEXT("InWords", "problem");
    }
    return KC_TEXT("InWords", "note");
}

Text inWords(const std::optional<bool>& attribute) {
    if (!attribute) {
        return KC_TEXT("InWords", "not reported by the token");
    }
    return *attribute ? KC_TEXT("InWords", "yes") : KC_TEXT("InWords", "no");
}

Details tokenFacts(const pkcs11::TokenDescription& token) {
    const auto yesOrNo = [](bool value) { return inWords(std::optional{value}); };
    return {{KC_TEXT("TokenFacts", "kind"),
             token.software ? KC_TEXT("TokenFacts", "software: its keys are files of this user or memory of this process")
                            : KC_TEXT("TokenFacts", "not known to be software")},
            {KC_TEXT("TokenFacts", "manufacturer"), token.manufacturer},
            {KC_TEXT("TokenFacts", "model"), token.model},
            {KC_TEXT("TokenFacts", "hardware version"), token.hardwareVersion},
            {KC_TEXT("TokenFacts", "firmware version"), token.firmwareVersion},
            {KC_TEXT("TokenFacts", "slot"), token.slotDescription},
            {KC_TEXT("TokenFacts", "initialised"), yesOrNo(token.initialised)},
            {KC_TEXT("TokenFacts", "needs a login"), yesOrNo(token.loginRequired)},
            {KC_TEXT("TokenFacts", "PIN"), inWords(token.userPin)},
            {KC_TEXT("TokenFacts", "security officer's PIN"), inWords(token.officerPin)},
            {KC_TEXT("TokenFacts", "takes the PIN at its own pad"), yesOrNo(token.pinPad)},
            {KC_TEXT("TokenFacts", "write-protected"), yesOrNo(token.writeProtected)},
            {KC_TEXT("TokenFacts", "serial number"), token.serial.str(), DetailKind::Identifier},
            {KC_TEXT("TokenFacts", "URI"), token.uri, DetailKind::Identifier}};
}

Details attributeDetails(const pkcs11::KeyDescription& key) {
    Details details;
    for (const AttributeName& row : attributeNames()) {
        details.push_back({row.inWords, inWords(key.*row.member)});
    }
    return details;
}

}  // namespace keyconvoy::app
