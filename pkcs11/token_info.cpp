#include "pkcs11/token_info.h"

#include "pkcs11/quirks.h"
#include "pkcs11/token_uri.h"

#include <string_view>

namespace keyconvoy::pkcs11 {

namespace {

struct FlagName {
    CK_FLAGS flag;
    const char* name;
};

constexpr FlagName flagNames[] = {
    {CKF_RNG, "CKF_RNG"},
    {CKF_WRITE_PROTECTED, "CKF_WRITE_PROTECTED"},
    {CKF_LOGIN_REQUIRED, "CKF_LOGIN_REQUIRED"},
    {CKF_USER_PIN_INITIALIZED, "CKF_USER_PIN_INITIALIZED"},
    {CKF_RESTORE_KEY_NOT_NEEDED, "CKF_RESTORE_KEY_NOT_NEEDED"},
    {CKF_CLOCK_ON_TOKEN, "CKF_CLOCK_ON_TOKEN"},
    {CKF_PROTECTED_AUTHENTICATION_PATH, "CKF_PROTECTED_AUTHENTICATION_PATH"},
    {CKF_DUAL_CRYPTO_OPERATIONS, "CKF_DUAL_CRYPTO_OPERATIONS"},
    {CKF_TOKEN_INITIALIZED, "CKF_TOKEN_INITIALIZED"},
    {CKF_SECONDARY_AUTHENTICATION, "CKF_SECONDARY_AUTHENTICATION"},
    {CKF_USER_PIN_COUNT_LOW, "CKF_USER_PIN_COUNT_LOW"},
    {CKF_USER_PIN_FINAL_TRY, "CKF_USER_PIN_FINAL_TRY"},
    {CKF_USER_PIN_LOCKED, "CKF_USER_PIN_LOCKED"},
    {CKF_USER_PIN_TO_BE_CHANGED, "CKF_USER_PIN_TO_BE_CHANGED"},
    {CKF_SO_PIN_COUNT_LOW, "CKF_SO_PIN_COUNT_LOW"},
    {CKF_SO_PIN_FINAL_TRY, "CKF_SO_PIN_FINAL_TRY"},
    {CKF_SO_PIN_LOCKED, "CKF_SO_PIN_LOCKED"},
    {CKF_SO_PIN_TO_BE_CHANGED, "CKF_SO_PIN_TO_BE_CHANGED"},
};

std::vector<std::string> namesOf(CK_FLAGS flags) {
    std::vector<std::string> names;
    for (const FlagName& row : flagNames) {
        if ((flags & row.flag) != 0) {
            names.emplace_back(row.name);
        }
    }
    return names;
}

}  // namespace

std::string unpadded(std::span<const unsigned char> field) {
    std::string_view text = asText(field);
    text = text.substr(0, text.find('\0'));
    const auto last = text.find_last_not_of(' ');
    return std::string{text.substr(0, last == std::string_view::npos ? 0 : last + 1)};
}

std::string toText(const CK_VERSION& version) {
    return std::to_string(version.major) + "." + std::to_string(version.minor);
}

PinState userPinState(CK_FLAGS flags) {
    if ((flags & CKF_USER_PIN_INITIALIZED) == 0) {
        return PinState::NotInitialised;
    }
    if ((flags & CKF_USER_PIN_LOCKED) != 0) {
        return PinState::Locked;
    }
    if ((flags & CKF_USER_PIN_FINAL_TRY) != 0) {
        return PinState::FinalTry;
    }
    if ((flags & CKF_USER_PIN_COUNT_LOW) != 0) {
        return PinState::CountLow;
    }
    return (flags & CKF_USER_PIN_TO_BE_CHANGED) != 0 ? PinState::ToBeChanged : PinState::Fine;
}

PinState officerPinState(CK_FLAGS flags) {
    if ((flags & CKF_TOKEN_INITIALIZED) == 0) {
        return PinState::NotInitialised;
    }
    if ((flags & CKF_SO_PIN_LOCKED) != 0) {
        return PinState::Locked;
    }
    if ((flags & CKF_SO_PIN_FINAL_TRY) != 0) {
        return PinState::FinalTry;
    }
    if ((flags & CKF_SO_PIN_COUNT_LOW) != 0) {
        return PinState::CountLow;
    }
    return (flags & CKF_SO_PIN_TO_BE_CHANGED) != 0 ? PinState::ToBeChanged : PinState::Fine;
}

TokenDescription toDescription(const CK_TOKEN_INFO& token, const CK_SLOT_INFO& slot) {
    TokenDescription description;
    description.label = unpadded(token.label);
    description.manufacturer = unpadded(token.manufacturerID);
    description.model = unpadded(token.model);
    description.serial = TokenSerial{unpadded(token.serialNumber)};
    description.hardwareVersion = toText(token.hardwareVersion);
    description.firmwareVersion = toText(token.firmwareVersion);
    description.slotDescription = unpadded(slot.slotDescription);
    description.userPin = userPinState(token.flags);
    description.officerPin = officerPinState(token.flags);
    description.initialised = (token.flags & CKF_TOKEN_INITIALIZED) != 0;
    description.loginRequired = (token.flags & CKF_LOGIN_REQUIRED) != 0;
    description.pinPad = (token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    description.writeProtected = (token.flags & CKF_WRITE_PROTECTED) != 0;
    description.software = quirksOf(description).software;
    description.flags = namesOf(token.flags);
    description.uri = tokenUri(token);
    return description;
}

Text tokenInWords(const TokenDescription& token) {
    return KC_TEXT("Token", "\"%1\" (serial %2, %3, %4)")
        .with(token.label)
        .with(token.serial.str())
        .with(token.model)
        .with(token.manufacturer);
}

}  // namespace keyconvoy::pkcs11
