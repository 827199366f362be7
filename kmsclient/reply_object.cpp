#include "kmsclient/reply_object.h"

#include "core/base64.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::wire {

namespace {

Text checkEndpoint() {
    return KC_TEXT("ReplyObject", "check the endpoint and the proxy: whoever answers there does not answer like KMS");
}

}  // namespace

ReplyObject::ReplyObject(std::string_view body, const Text& place) : m_place{place} {
    if (body.empty()) {
        throw Error{ErrorKind::Integrity, place, KC_TEXT("ReplyObject", "the reply is empty"), checkEndpoint()};
    }
    try {
        m_json = std::make_unique<Json>(parseStrictJson(body, place, ErrorKind::Integrity));
    } catch (const Error& error) {
        throw Error{ErrorKind::Integrity, place, error.failure().cause, checkEndpoint()};
    }
    if (!m_json->is_object()) {
        throw Error{ErrorKind::Integrity, place, KC_TEXT("ReplyObject", "the reply is no JSON object"), checkEndpoint()};
    }
}

ReplyObject::ReplyObject(std::unique_ptr<Json> json, const Text& place) : m_json{std::move(json)}, m_place{place} {
}
ReplyObject::~ReplyObject() = default;
ReplyObject::ReplyObject(ReplyObject&&) noexcept = default;
ReplyObject& ReplyObject::operator=(ReplyObject&&) noexcept = default;

void ReplyObject::fail(const char* name, Text cause) const {
    throw Error{ErrorKind::Integrity, m_place, std::move(cause).with(name), checkEndpoint()};
}

const Json* ReplyObject::find(const char* name) const {
    const auto place = m_json->find(name);
    return place == m_json->end() || place->is_null() ? nullptr : &*place;
}

const Json& ReplyObject::required(const char* name) const {
    const Json* value = find(name);
    if (value == nullptr) {
        fail(name, KC_TEXT("ReplyObject", "the reply lacks %1"));
    }
    return *value;
}

std::string ReplyObject::text(const char* name) const {
    const Json& value = required(name);
    if (!value.is_string()) {
        fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no text"));
    }
    return value.get<std::string>();
}

std::optional<std::string> ReplyObject::optionalText(const char* name) const {
    return find(name) == nullptr ? std::nullopt : std::optional{text(name)};
}

bool ReplyObject::flag(const char* name) const {
    const Json* value = find(name);
    if (value == nullptr) {
        return false;
    }
    if (!value->is_boolean()) {
        fail(name, KC_TEXT("ReplyObject", "%1 in the reply is neither true nor false"));
    }
    return value->get<bool>();
}

std::optional<int> ReplyObject::optionalInteger(const char* name) const {
    const Json* value = find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_number_integer() || value->get<std::int64_t>() < 0 || value->get<std::int64_t>() > 1'000'000) {
        fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no whole number, or too large"));
    }
    return value->get<int>();
}

Bytes ReplyObject::blob(const char* name) const {
    auto octets = fromBase64(text(name));
    if (!octets || octets->empty()) {
        fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no Base64, or empty"));
    }
    return std::move(*octets);
}

TimePoint ReplyObject::time(const char* name) const {
    const Json& value = required(name);
    if (!value.is_number()) {
        fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no number of seconds"));
    }
    const double seconds = value.get<double>();
    constexpr double year9999 = 253402300799.0;
    if (!(seconds >= 0 && seconds <= year9999)) {
        fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no time of this or the next eight millennia"));
    }
    return TimePoint{std::chrono::milliseconds{std::llround(seconds * 1000)}};
}

std::optional<TimePoint> ReplyObject::optionalTime(const char* name) const {
    return find(name) == nullptr ? std::nullopt : std::optional{time(name)};
}

std::vector<std::string> ReplyObject::texts(const char* name) const {
    std::vector<std::string> result;
    const Json* list = find(name);
    if (list == nullptr) {
        return result;
    }
    if (!list->is_array()) {
        fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no list"));
    }
    for (const Json& entry : *list) {
        if (!entry.is_string()) {
            fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no list of texts"));
        }
        result.push_back(entry.get<std::string>());
    }
    return result;
}

ReplyObject ReplyObject::object(const char* name) const {
    const Json& value = required(name);
    if (!value.is_object()) {
        fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no object"));
    }
    return ReplyObject{std::make_unique<Json>(value), m_place};
}

std::vector<ReplyObject> ReplyObject::objects(const char* name) const {
    std::vector<ReplyObject> result;
    const Json& list = required(name);
    if (!list.is_array()) {
        fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no list"));
    }
    for (const Json& entry : list) {
        if (!entry.is_object()) {
            fail(name, KC_TEXT("ReplyObject", "%1 in the reply is no list of objects"));
        }
        result.push_back(ReplyObject{std::make_unique<Json>(entry), m_place});
    }
    return result;
}

}  // namespace keyconvoy::kms::wire
