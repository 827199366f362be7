#include "kmsclient/simulator/call.h"

#include "core/base64.h"
#include "kmsclient/simulator/api_error.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

namespace keyconvoy::kms::simulator {

namespace {

const Json* memberOf(const Json& request, std::string_view name) {
    const auto member = request.find(name);
    return member == request.end() || member->is_null() ? nullptr : &*member;
}

bool isHexDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// A lower-case UUID, or mrk- and 32 digits.
bool isKeyId(std::string_view text) {
    constexpr std::string_view multiRegionPrefix = "mrk-";
    if (text.starts_with(multiRegionPrefix)) {
        return text.size() == 36 && std::ranges::all_of(text.substr(multiRegionPrefix.size()), isHexDigit);
    }
    if (text.size() != 36) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isHexDigit(text[i])) {
            return false;
        }
    }
    return true;
}

struct ArnParts {
    std::string_view partition, service, region, account, resource;
};

std::optional<ArnParts> splitArn(std::string_view text) {
    std::vector<std::string_view> parts;
    while (parts.size() < 5) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) {
            return std::nullopt;
        }
        parts.push_back(text.substr(0, colon));
        text.remove_prefix(colon + 1);
    }
    return ArnParts{.partition = parts[1], .service = parts[2], .region = parts[3], .account = parts[4], .resource = text};
}

[[noreturn]] void throwUnknownKey(const Call& call, std::string_view keyId) {
    throw ApiError{"NotFoundException", "Key '" + keyArn(call.world, keyId) + "' does not exist"};
}

[[noreturn]] void throwMalformed(const std::string& identifier) {
    throw ApiError{"NotFoundException", "Invalid keyId '" + identifier + "'"};
}

KeyRecord& keyBehindAlias(const Call& call, KeyStore::Access& access, const std::string& name) {
    const auto row = access.aliases().find(name);
    KeyRecord* key = row == access.aliases().end() ? nullptr : access.find(row->second.targetKeyId);
    if (key == nullptr) {
        throw ApiError{"NotFoundException", "Alias " + aliasArn(call.world, name) + " is not found."};
    }
    return *key;
}

KeyRecord& keyById(const Call& call, KeyStore::Access& access, const std::string& keyId) {
    KeyRecord* key = access.find(keyId);
    if (key == nullptr) {
        throwUnknownKey(call, keyId);
    }
    return *key;
}

/// What remains of an ARN once it is known to belong to this Region and account: key/… or alias/….
std::string_view resourceOfArn(const Call& call, const std::string& arn) {
    const auto parts = splitArn(arn);
    if (!parts || parts->partition != "aws" || parts->service != "kms") {
        throw ApiError{"InvalidArnException", "Invalid arn " + arn};
    }
    if (parts->region != call.world.region) {
        throw ApiError{"NotFoundException", "Invalid arn " + std::string{parts->region}};
    }
    if (parts->account != accountId) {
        const std::string action = "kms:" + std::string{call.operation};
        throw ApiError{"AccessDeniedException", "User: " + callerArn() + " is not authorized to perform: " + action +
                                                    " on resource: " + arn + " because no resource-based policy allows the " +
                                                    action + " action"};
    }
    return parts->resource;
}

}  // namespace

bool Call::has(std::string_view member) const {
    return memberOf(request, member) != nullptr;
}

std::string Call::text(std::string_view member) const {
    return textOr(member, "");
}

std::string Call::textOr(std::string_view member, std::string_view otherwise) const {
    const Json* value = memberOf(request, member);
    return value == nullptr ? std::string{otherwise} : value->get<std::string>();
}

std::optional<std::string> Call::optionalText(std::string_view member) const {
    const Json* value = memberOf(request, member);
    return value == nullptr ? std::nullopt : std::optional{value->get<std::string>()};
}

Bytes Call::blob(std::string_view member) const {
    return fromBase64(text(member)).value_or(Bytes{});
}

std::int64_t Call::numberOr(std::string_view member, std::int64_t otherwise) const {
    const Json* value = memberOf(request, member);
    return value == nullptr ? otherwise : value->get<std::int64_t>();
}

bool Call::flag(std::string_view member) const {
    const Json* value = memberOf(request, member);
    return value != nullptr && value->get<bool>();
}

std::optional<TimePoint> Call::time(std::string_view member) const {
    const Json* value = memberOf(request, member);
    if (value == nullptr) {
        return std::nullopt;
    }
    // Beyond the year 9999 everything is equally far away; the conversion must not overflow.
    const double seconds = std::clamp(value->get<double>(), -6e10, 2.5e11);
    return TimePoint{std::chrono::milliseconds{static_cast<std::int64_t>(std::floor(seconds * 1000))}};
}

double wireTime(TimePoint time) {
    return static_cast<double>(time.time_since_epoch().count()) / 1000.0;
}

KeyRecord& requireKey(const Call& call, KeyStore::Access& access, Aliases aliases) {
    return requireKeyNamed(call, access, aliases, call.text("KeyId"));
}

KeyRecord& requireKeyNamed(const Call& call, KeyStore::Access& access, Aliases aliases, const std::string& identifier) {
    const bool isArn = identifier.starts_with("arn:");
    const std::string resource{isArn ? resourceOfArn(call, identifier) : std::string_view{identifier}};
    if (resource.starts_with("alias/")) {
        if (aliases == Aliases::Refused) {
            throw ApiError{"InvalidArnException", "Key Aliases are not supported for this operation."};
        }
        return keyBehindAlias(call, access, resource);
    }
    constexpr std::string_view keyPrefix = "key/";
    if (isArn && !resource.starts_with(keyPrefix)) {
        throw ApiError{"InvalidArnException", "Invalid arn " + identifier};
    }
    const std::string keyId = isArn ? resource.substr(keyPrefix.size()) : resource;
    if (!isKeyId(keyId)) {
        throwMalformed(identifier);
    }
    return keyById(call, access, keyId);
}

std::string keyArn(const World& world, std::string_view keyId) {
    return "arn:aws:kms:" + world.region + ":" + std::string{accountId} + ":key/" + std::string{keyId};
}

std::string aliasArn(const World& world, std::string_view aliasName) {
    return "arn:aws:kms:" + world.region + ":" + std::string{accountId} + ":" + std::string{aliasName};
}

std::string callerArn() {
    return "arn:aws:iam::" + std::string{accountId} + ":user/rehearsal";
}

void refusePendingDeletion(const KeyRecord& key) {
    if (stateOf(key) == KeyState::PendingDeletion) {
        throw invalidState(key.arn + " is pending deletion (or pending replica deletion).");
    }
}

void refusePendingImport(const KeyRecord& key) {
    if (stateOf(key) == KeyState::PendingImport) {
        throw invalidState(key.arn + " is pending import.");
    }
}

void requireEnabled(const KeyRecord& key) {
    refusePendingDeletion(key);
    refusePendingImport(key);
    if (stateOf(key) == KeyState::Disabled) {
        throw ApiError{"DisabledException", key.arn + " is disabled."};
    }
}

void requireExternal(const KeyRecord& key) {
    if (key.origin != Origin::External) {
        throw unsupported(key.arn + " origin is " + std::string{awsName(key.origin)} + " which is not valid for this operation.");
    }
}

void requireUsage(const Call& call, const KeyRecord& key, wrapping::KeyUsage usage) {
    if (key.usage != usage) {
        throw ApiError{"InvalidKeyUsageException", key.arn + " key usage is " +
                                                       std::string{nameOf(wrapping::keyUsageNames, key.usage)} +
                                                       " which is not valid for " + std::string{call.operation} + "."};
    }
}

void endDryRun(const Call& call) {
    if (call.flag("DryRun")) {
        throw ApiError{"DryRunOperationException", "The request would have succeeded, but the DryRun option is set."};
    }
}

}  // namespace keyconvoy::kms::simulator
