#include "app/handover/import_parameters.h"

#include "core/base64.h"
#include "core/error.h"
#include "core/files.h"
#include "core/strict_json.h"
#include "core/text.h"
#include "kmsclient/key_arn.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <vector>

namespace keyconvoy::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largestJson = 65'536;
constexpr std::size_t largestBlob = 6'144;  ///< KMS API: CiphertextType

Text filePlace(const fs::path& file) {
    return KC_TEXT("Handover", "file %1").with(file.string());
}

Error badMember(const fs::path& file, const char* name, Text cause) {
    return Error{ErrorKind::InvalidInput, KC_TEXT("Handover", "file %1, member %2").with(file.string()).with(name),
                 std::move(cause),
                 KC_TEXT("Handover", "give the JSON that %1 printed, unchanged")
                     .with(shellCommand("aws kms get-parameters-for-import --output json"))};
}

const Json& member(const Json& json, const fs::path& file, const char* name) {
    const auto found = json.find(name);
    if (found == json.end()) {
        throw badMember(file, name, KC_TEXT("Handover", "it is missing"));
    }
    return *found;
}

std::string textMember(const Json& json, const fs::path& file, const char* name) {
    const Json& value = member(json, file, name);
    if (!value.is_string()) {
        throw badMember(file, name, KC_TEXT("Handover", "it is no string"));
    }
    return value.get<std::string>();
}

Bytes blobMember(const Json& json, const fs::path& file, const char* name) {
    auto blob = fromBase64(textMember(json, file, name));
    if (!blob || blob->empty() || blob->size() > largestBlob) {
        throw badMember(file, name, KC_TEXT("Handover", "it is no Base64 of 1 to %1 bytes").with(largestBlob));
    }
    return *std::move(blob);
}

TimePoint timeMember(const Json& json, const fs::path& file, const char* name) {
    const Json& value = member(json, file, name);
    if (value.is_number()) {
        constexpr double year9999 = 253'402'300'799.0;
        const double seconds = value.get<double>();
        if (std::isfinite(seconds) && seconds >= 0 && seconds <= year9999) {
            return TimePoint{std::chrono::milliseconds{std::llround(seconds * 1000)}};
        }
    }
    if (value.is_string()) {
        if (const auto time = parseRfc3339(value.get<std::string>())) {
            return *time;
        }
    }
    throw badMember(file, name, KC_TEXT("Handover", "it is neither a time with its offset nor seconds since 1970"));
}

struct FilePair {
    fs::path publicKey;
    fs::path importToken;
    std::optional<std::string> keyId;
};

/// wrappingKey_<key id>_<time>: the key id, when it is one.
std::optional<std::string> keyIdIn(std::string_view suffix) {
    const std::string_view id = suffix.substr(0, suffix.find('_'));
    try {
        return kms::KeyIdentifier::parse(id).str();
    } catch (const Error&) {  // the name only looks like the console's
        return std::nullopt;
    }
}

std::vector<FilePair> pairsIn(const fs::path& folder) {
    constexpr std::string_view oldKeyName = "wrappingKey_";
    std::vector<FilePair> pairs;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
        const std::string name = entry.path().filename().string();
        if (name == "WrappingPublicKey.bin" && fs::exists(folder / "ImportToken.bin")) {
            pairs.push_back({entry.path(), folder / "ImportToken.bin", std::nullopt});
        }
        if (name.starts_with(oldKeyName)) {
            const std::string suffix = name.substr(oldKeyName.size());
            const fs::path token = folder / ("importToken_" + suffix);
            if (fs::exists(token)) {
                pairs.push_back({entry.path(), token, keyIdIn(suffix)});
            }
        }
    }
    std::ranges::sort(pairs, {}, &FilePair::publicKey);
    return pairs;
}

Bytes readBlob(const fs::path& file, const std::stop_token& stop) {
    Bytes bytes = readFile(file, largestBlob, stop);
    if (bytes.empty()) {
        throw Error{ErrorKind::InvalidInput, filePlace(file), KC_TEXT("Handover", "it is empty"),
                    KC_TEXT("Handover", "download wrapping key and import token again, together")};
    }
    return bytes;
}

/// The two options that name the files; the folder's pair has names of its own and cannot meet here.
Text placeOfBoth() {
    return typedAs("options --wrapping-public-key and --import-token");
}

void checkTwoFiles(const fs::path& publicKeyFile, const fs::path& importTokenFile) {
    std::error_code missing;  // then reading it says so
    if (fs::equivalent(publicKeyFile, importTokenFile, missing)) {
        throw Error{ErrorKind::InvalidInput, placeOfBoth(),
                    KC_TEXT("Handover", "both name the same file, %1").with(publicKeyFile.string()),
                    KC_TEXT("Handover", "give the wrapping public key to the one and the import token to the other")};
    }
}

bool isPublicKey(ByteView bytes) {
    const std::uint8_t* position = bytes.data();
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{d2i_PUBKEY(nullptr, &position, static_cast<long>(bytes.size())),
                                                                  &EVP_PKEY_free};
    ERR_clear_error();
    return key != nullptr;
}

/// An import token is opaque, but no public key; with one in its place the import would fail only at KMS.
void checkNotSwapped(const HandedParameters& parameters) {
    if (!isPublicKey(parameters.importToken)) {
        return;
    }
    const bool swapped = !isPublicKey(parameters.publicKey);
    throw Error{ErrorKind::InvalidInput, KC_TEXT("Handover", "wrapping key and import token"),
                swapped ? KC_TEXT("Handover", "the two files are swapped: %1 holds the public key, %2 does not")
                              .with(parameters.importTokenFile.string())
                              .with(parameters.publicKeyFile.string())
                        : KC_TEXT("Handover", "the file of the import token, %1, holds a public key, as %2 does")
                              .with(parameters.importTokenFile.string())
                              .with(parameters.publicKeyFile.string()),
                swapped ? KC_TEXT("Handover", "name each file in the place of the other")
                        : KC_TEXT("Handover", "give the import token that came with the wrapping public key")};
}

}  // namespace

HandedParameters readParametersJson(const fs::path& file, const std::stop_token& stop) {
    const Bytes bytes = readFile(file, largestJson, stop);
    return parseParametersJson(asText(bytes), file);
}

HandedParameters parseParametersJson(std::string_view text, const fs::path& file) {
    const Json json = parseStrictJson(text, filePlace(file));
    if (!json.is_object()) {
        throw badMember(file, "PublicKey", KC_TEXT("Handover", "it is missing"));
    }
    HandedParameters parameters;
    parameters.publicKey = blobMember(json, file, "PublicKey");
    parameters.importToken = blobMember(json, file, "ImportToken");
    parameters.validTo = timeMember(json, file, "ParametersValidTo");
    parameters.keyId = kms::KeyIdentifier::parse(textMember(json, file, "KeyId")).str();
    parameters.publicKeyFile = file;
    parameters.importTokenFile = file;
    parameters.fromOneReply = true;
    return parameters;
}

HandedParameters readConsoleFiles(const fs::path& publicKeyFile, const fs::path& importTokenFile, const std::stop_token& stop) {
    checkTwoFiles(publicKeyFile, importTokenFile);
    HandedParameters parameters;
    parameters.publicKey = readBlob(publicKeyFile, stop);
    parameters.importToken = readBlob(importTokenFile, stop);
    parameters.publicKeyFile = publicKeyFile;
    parameters.importTokenFile = importTokenFile;
    checkNotSwapped(parameters);
    return parameters;
}

HandedParameters readConsoleFolder(const fs::path& folder, const std::stop_token& stop) {
    const Text place = KC_TEXT("Handover", "folder %1").with(folder.string());
    std::error_code problem;
    if (!fs::is_directory(folder, problem)) {
        throw Error{ErrorKind::NotFound, place, KC_TEXT("Handover", "there is no such folder"),
                    KC_TEXT("Handover", "name the folder that the console's download was unpacked to")};
    }
    const std::vector<FilePair> pairs = pairsIn(folder);
    if (pairs.empty()) {
        throw Error{ErrorKind::NotFound, place, KC_TEXT("Handover", "it holds no wrapping key with its import token"),
                    KC_TEXT("Handover",
                            "unpack both files of the console's download there: WrappingPublicKey.bin and ImportToken.bin, or "
                            "wrappingKey_… and "
                            "importToken_…")};
    }
    if (pairs.size() > 1) {
        throw Error{ErrorKind::Refused, place,
                    KC_TEXT("Handover", "it holds more than one pair: %1 and %2")
                        .with(pairs[0].publicKey.filename().string())
                        .with(pairs[1].publicKey.filename().string()),
                    KC_TEXT("Handover", "leave one download in the folder, or name both files one by one")};
    }
    HandedParameters parameters = readConsoleFiles(pairs[0].publicKey, pairs[0].importToken, stop);
    parameters.keyId = pairs[0].keyId;
    return parameters;
}

}  // namespace keyconvoy::app
