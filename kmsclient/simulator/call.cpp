#include "kmsclient/simulator/call.h"

#include "core/base64.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/cross_account.h"
#include "kmsclient/simulator/regions.h"

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

/// What an identifier names: a key ID, or alias/….
struct Named {
    Place place;
    std::string resource;
};

[[noreturn]] void throwInvalidArn(const std::string& identifier) {
    throw ApiError{"InvalidArnException", "Invalid arn " + identifier};
}

Named namedByArn(const Call& call, const std::string& arn) {
    const auto parts = splitArn(arn);
    if (!parts || parts->partition != partition || parts->service != "kms") {
        throwInvalidArn(arn);
    }
    if (parts->region != call.region) {
        throw ApiError{"NotFoundException", "Invalid arn " + std::string{parts->region}};
    }
    constexpr std::string_view keyPrefix = "key/";
    Named named{.place = {.account = std::string{parts->account}, .region = call.region},
                .resource = std::string{parts->resource}};
    if (parts->resource.starts_with(keyPrefix)) {
        named.resource.erase(0, keyPrefix.size());
    } else if (!parts->resource.starts_with("alias/")) {
        throwInvalidArn(arn);
    }
    return named;
}

bool isForeign(const Call& call, const Named& named) {
    return named.place.account != call.caller.account;
}

std::string keyIdBehind(const Call& call, KeyStore::Access& access, const Named& alias) {
    const auto found = access.findAlias(alias.place, alias.resource);
    if (!found && isForeign(call, alias)) {
        requireGranted(call, nullptr, aliasArn(alias.place, alias.resource));
    }
    if (!found) {
        throw ApiError{"NotFoundException", "Alias " + aliasArn(alias.place, alias.resource) + " is not found."};
    }
    return found->targetKeyId;
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
    Named named = identifier.starts_with("arn:") ? namedByArn(call, identifier) : Named{call.place(), identifier};
    if (named.resource.starts_with("alias/")) {
        if (aliases == Aliases::Refused) {
            throw ApiError{"InvalidArnException", "Key Aliases are not supported for this operation."};
        }
        named.resource = keyIdBehind(call, access, named);
    }
    if (!isKeyId(named.resource)) {
        throw ApiError{"NotFoundException", "Invalid keyId '" + identifier + "'"};
    }
    KeyRecord* key = access.find(named.place, named.resource);
    if (isForeign(call, named)) {
        requireGranted(call, key, keyArn(named.place, named.resource));
    }
    if (key == nullptr) {
        throw ApiError{"NotFoundException", "Key '" + keyArn(named.place, named.resource) + "' does not exist"};
    }
    return *key;
}

KeyRecord copyOfKey(const Call& call, Aliases aliases) {
    KeyStore::Access access = call.toRead();
    return requireKey(call, access, aliases);
}

std::string aliasArn(const Place& place, std::string_view aliasName) {
    return "arn:" + std::string{partition} + ":kms:" + place.region + ":" + place.account + ":" + std::string{aliasName};
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
