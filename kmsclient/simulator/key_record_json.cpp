#include "kmsclient/simulator/key_record_json.h"

#include "core/base64.h"
#include "core/error.h"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/x509.h>

/// Each record is taken apart by a structured binding that names all of its members, in their order: a member that is added to a
/// record does not compile here until it is written and read.
namespace keyconvoy::kms::simulator {

namespace {

using PrivateKeyInfoPtr = CHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

[[noreturn]] void throwUnreadable(const char* what) {
    throw Error{ErrorKind::Integrity, KC_TEXT("Simulator", "stored key"),
                KC_TEXT("Simulator", "its member %1 cannot be what this simulator wrote").with(what),
                KC_TEXT("Simulator", "start with another state folder")};
}

// The template for optional members looks these up, and an unnamed namespace is not searched again when it is instantiated.
Json toJson(const Transition& transition);
void read(const Json& json, Transition& transition);

// --------------------------------------------------------------------------------------------------------------- values

Json toJson(TimePoint time) {
    return time.time_since_epoch().count();
}

void read(const Json& json, TimePoint& time) {
    time = TimePoint{std::chrono::milliseconds{json.get<std::int64_t>()}};
}

/// For enumerations: the number. A name would be a second spelling of what AWS spells already.
template <class Enum>
requires std::is_enum_v<Enum> Json toJson(Enum value) {
    return static_cast<int>(value);
}

template <class Enum>
requires std::is_enum_v<Enum>
void read(const Json& json, Enum& value) {
    value = static_cast<Enum>(json.get<std::uint8_t>());
}

Json toJson(const std::string& text) {
    return text;
}
void read(const Json& json, std::string& text) {
    text = json.get<std::string>();
}
Json toJson(bool flag) {
    return flag;
}
void read(const Json& json, bool& flag) {
    flag = json.get<bool>();
}
Json toJson(int number) {
    return number;
}
void read(const Json& json, int& number) {
    number = json.get<int>();
}

template <class Value>
Json toJson(const std::optional<Value>& value) {
    return value ? toJson(*value) : Json(nullptr);
}
template <class Value>
void read(const Json& json, std::optional<Value>& value) {
    value.reset();
    if (!json.is_null()) {
        read(json, value.emplace());
    }
}

// ------------------------------------------------------------------------------------------------------------- material

Bytes privateKeyInfo(const EVP_PKEY& key) {
    const PrivateKeyInfoPtr info{EVP_PKEY2PKCS8(&key)};
    unsigned char* der = nullptr;
    const int size = info == nullptr ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
    checkCrypto(size, "i2d_PKCS8_PRIV_KEY_INFO");
    Bytes bytes(der, der + size);
    OPENSSL_clear_free(der, static_cast<std::size_t>(size));
    return bytes;
}

PkeyPtr keyFromPrivateKeyInfo(ByteView der, const char* what) {
    const unsigned char* cursor = der.data();
    PkeyPtr key{d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(der.size()))};
    if (key == nullptr || cursor != der.data() + der.size()) {
        throwUnreadable(what);
    }
    return key;
}

Bytes bytesFrom(const Json& json, const char* what) {
    auto bytes = fromBase64(json.get_ref<const std::string&>());
    if (!bytes) {
        throwUnreadable(what);
    }
    return *std::move(bytes);
}

/// What was given to parseMaterial(), or what it would take; null where there is none.
Json toJson(const std::shared_ptr<const Material>& material) {
    if (material == nullptr) {
        return nullptr;
    }
    const auto& [octets, keyPair] = *material;
    return keyPair == nullptr ? Json{{"octets", toBase64(octets.view())}} : Json{{"keyPair", toBase64(privateKeyInfo(*keyPair))}};
}
void read(const Json& json, std::shared_ptr<const Material>& material) {
    material.reset();
    if (json.is_null()) {
        return;
    }
    Material fresh;
    auto& [octets, keyPair] = fresh;
    if (json.contains("octets")) {
        octets = SecretBytes::copyOf(bytesFrom(json.at("octets"), "octets"));
    } else {
        keyPair = keyFromPrivateKeyInfo(bytesFrom(json.at("keyPair"), "keyPair"), "keyPair");
    }
    material = std::make_shared<const Material>(std::move(fresh));
}

// ----------------------------------------------------------------------------------------------------- parts of a record

Json toJson(const Place& place) {
    const auto& [account, region] = place;
    return {{"account", account}, {"region", region}};
}
void read(const Json& json, Place& place) {
    auto& [account, region] = place;
    read(json.at("account"), account);
    read(json.at("region"), region);
}

Json toJson(const Transition& transition) {
    const auto& [state, end] = transition;
    return {{"state", toJson(state)}, {"end", toJson(end)}};
}
void read(const Json& json, Transition& transition) {
    auto& [state, end] = transition;
    read(json.at("state"), state);
    read(json.at("end"), end);
}

Json toJson(const MaterialEntry& entry) {
    const auto& [id, state, material, validTo, description, rotationDate] = entry;
    return {{"id", id},
            {"state", toJson(state)},
            {"material", toJson(material)},
            {"validTo", toJson(validTo)},
            {"description", toJson(description)},
            {"rotationDate", toJson(rotationDate)}};
}
void read(const Json& json, MaterialEntry& entry) {
    auto& [id, state, material, validTo, description, rotationDate] = entry;
    read(json.at("id"), id);
    read(json.at("state"), state);
    read(json.at("material"), material);
    read(json.at("validTo"), validTo);
    read(json.at("description"), description);
    read(json.at("rotationDate"), rotationDate);
}

Json toJson(const Tag& tag) {
    const auto& [key, value] = tag;
    return {{"key", key}, {"value", value}};
}
void read(const Json& json, Tag& tag) {
    auto& [key, value] = tag;
    read(json.at("key"), key);
    read(json.at("value"), value);
}

template <class Value>
Json toJson(const std::vector<Value>& list) {
    Json json = Json::array();
    for (const Value& value : list) {
        json.push_back(toJson(value));
    }
    return json;
}
template <class Value>
void read(const Json& json, std::vector<Value>& list) {
    for (const Json& value : json) {
        read(value, list.emplace_back());
    }
}

}  // namespace

// -------------------------------------------------------------------------------------------------------------- records

Json toJson(const KeyRecord& key) {
    const auto& [id, place, arn, creationDate, description, spec, usage, origin, primaryRegion, transition, disabled,
                 deletionDate, deletionWindowDays, materials, rotationStarted, rotations, policy, tags] = key;
    return {{"id", id},
            {"place", toJson(place)},
            {"arn", arn},
            {"creationDate", toJson(creationDate)},
            {"description", description},
            {"spec", toJson(spec)},
            {"usage", toJson(usage)},
            {"origin", toJson(origin)},
            {"primaryRegion", toJson(primaryRegion)},
            {"transition", toJson(transition)},
            {"disabled", toJson(disabled)},
            {"deletionDate", toJson(deletionDate)},
            {"deletionWindowDays", toJson(deletionWindowDays)},
            {"materials", toJson(materials)},
            {"rotationStarted", toJson(rotationStarted)},
            {"rotations", toJson(rotations)},
            {"policy", policy},
            {"tags", toJson(tags)}};
}

KeyRecord keyRecordFromJson(const Json& json) {
    KeyRecord key;
    auto& [id, place, arn, creationDate, description, spec, usage, origin, primaryRegion, transition, disabled, deletionDate,
           deletionWindowDays, materials, rotationStarted, rotations, policy, tags] = key;
    read(json.at("id"), id);
    read(json.at("place"), place);
    read(json.at("arn"), arn);
    read(json.at("creationDate"), creationDate);
    read(json.at("description"), description);
    read(json.at("spec"), spec);
    read(json.at("usage"), usage);
    read(json.at("origin"), origin);
    read(json.at("primaryRegion"), primaryRegion);
    read(json.at("transition"), transition);
    read(json.at("disabled"), disabled);
    read(json.at("deletionDate"), deletionDate);
    read(json.at("deletionWindowDays"), deletionWindowDays);
    read(json.at("materials"), materials);
    read(json.at("rotationStarted"), rotationStarted);
    read(json.at("rotations"), rotations);
    read(json.at("policy"), policy);
    read(json.at("tags"), tags);
    return key;
}

Json toJson(const AliasRecord& alias) {
    const auto& [targetKeyId, earlierTargetKeyId, creationDate, lastUpdatedDate] = alias;
    return {{"targetKeyId", targetKeyId},
            {"earlierTargetKeyId", earlierTargetKeyId},
            {"creationDate", toJson(creationDate)},
            {"lastUpdatedDate", toJson(lastUpdatedDate)}};
}

AliasRecord aliasRecordFromJson(const Json& json) {
    AliasRecord alias;
    auto& [targetKeyId, earlierTargetKeyId, creationDate, lastUpdatedDate] = alias;
    read(json.at("targetKeyId"), targetKeyId);
    read(json.at("earlierTargetKeyId"), earlierTargetKeyId);
    read(json.at("creationDate"), creationDate);
    read(json.at("lastUpdatedDate"), lastUpdatedDate);
    return alias;
}

Json toJson(const WrappingPair& pair) {
    const auto& [key, validTo] = pair;
    return {{"key", toBase64(privateKeyInfo(*key))}, {"validTo", toJson(validTo)}};
}

WrappingPair wrappingPairFromJson(const Json& json) {
    WrappingPair pair;
    auto& [key, validTo] = pair;
    key = keyFromPrivateKeyInfo(bytesFrom(json.at("key"), "key"), "key");
    read(json.at("validTo"), validTo);
    return pair;
}

}  // namespace keyconvoy::kms::simulator
