#include "pkcs11/token_uri.h"

#include "core/c_handle.h"
#include "core/hex.h"
#include "core/text.h"
#include "pkcs11/token_info.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <p11-kit/uri.h>
#include <string_view>

namespace keyconvoy::pkcs11 {

namespace {

using UriPtr = CHandle<P11KitUri, p11_kit_uri_free>;
using UriText = CHandle<char, std::free>;

constexpr std::string_view scheme = "pkcs11:";
constexpr std::array<std::string_view, 4> tokenNames{"token", "manufacturer", "model", "serial"};
constexpr std::array<std::string_view, 3> keyNames{"object", "type", "id"};

[[noreturn]] void throwBadUri(Text cause, Text remedy) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("TokenUri", "PKCS#11 URI"), std::move(cause), std::move(remedy)};
}

Text uriRemedy() {
    return KC_TEXT("TokenUri", "write it as in RFC 7512, for example pkcs11:token=Backup;serial=0123 (%1 prints them)")
        .with(typedAs("keyconvoy token list"));
}

Text keyUriRemedy() {
    return KC_TEXT("TokenUri",
                   "name the key by its label, or write the URI as in RFC 7512, for example "
                   "pkcs11:token=Backup;serial=0123;object=my-key (%1 prints them)")
        .with(typedAs("keyconvoy key list"));
}

UriPtr newUri() {
    UriPtr uri{p11_kit_uri_new()};
    if (!uri) {
        throw std::bad_alloc{};
    }
    return uri;
}

std::string format(P11KitUri* uri, P11KitUriType type) {
    char* text = nullptr;
    if (p11_kit_uri_format(uri, type, &text) != P11_KIT_URI_OK) {
        return {};  // a token whose own fields are no UTF-8 has no URI
    }
    return UriText{text}.get();
}

void checkNoQuery(std::string_view query) {
    if (query.find("pin-value") != std::string_view::npos) {
        throwBadUri(KC_TEXT("TokenUri", "it holds a PIN (pin-value)"),
                    KC_TEXT("TokenUri",
                            "leave the PIN out and change it if this line was logged; give it when asked or by a PIN source"));
    }
    throwBadUri(KC_TEXT("TokenUri", "it has query attributes (behind the question mark)"),
                KC_TEXT("TokenUri", "leave them out; module and PIN source have options of their own"));
}

/// p11-kit takes repeated attributes (the last wins) and passes over unknown ones, so the names are checked here.
void checkNames(std::string_view path, bool keyAllowed, std::vector<std::string>& seen) {
    while (!path.empty()) {
        const std::string_view part = path.substr(0, path.find(';'));
        path.remove_prefix(std::min(path.size(), part.size() + 1));
        const std::string name{part.substr(0, part.find('='))};
        const bool ofToken = std::ranges::find(tokenNames, name) != tokenNames.end();
        const bool ofKey = std::ranges::find(keyNames, name) != keyNames.end();
        if (ofKey && !keyAllowed) {
            throwBadUri(KC_TEXT("TokenUri", "it names an object (%1), but a token is wanted here").with(name),
                        KC_TEXT("TokenUri", "leave object, type and id out"));
        }
        if (!ofToken && !ofKey) {
            throwBadUri(KC_TEXT("TokenUri", "the attribute '%1' is not known here").with(name),
                        KC_TEXT("TokenUri",
                                "name a token by token, manufacturer, model and serial, a key also by object, id and type; "
                                "slot numbers change and are not used"));
        }
        if (std::ranges::find(seen, name) != seen.end()) {
            throwBadUri(KC_TEXT("TokenUri", "the attribute '%1' stands there twice").with(name),
                        KC_TEXT("TokenUri", "leave one of them out"));
        }
        seen.push_back(name);
    }
}

struct ParsedUri {
    UriPtr uri;
    std::vector<std::string> names;

    [[nodiscard]] bool has(std::string_view name) const { return std::ranges::find(names, name) != names.end(); }
};

ParsedUri parseUri(std::string_view text, bool keyAllowed) {
    ParsedUri parsed{newUri(), {}};
    std::string_view path = text.substr(std::min(scheme.size(), text.size()));
    if (const auto query = path.find('?'); query != std::string_view::npos) {
        checkNoQuery(path.substr(query));
    }
    checkNames(path, keyAllowed, parsed.names);
    const std::string zeroTerminated{text};
    const bool zeroInside = text.find('\0') != std::string_view::npos;
    const int result = p11_kit_uri_parse(zeroTerminated.c_str(), P11_KIT_URI_FOR_ANY, parsed.uri.get());
    if (zeroInside || result != P11_KIT_URI_OK || p11_kit_uri_any_unrecognized(parsed.uri.get()) != 0) {
        throwBadUri(KC_TEXT("TokenUri", "it cannot be read: %1")
                        .with(p11_kit_uri_message(result) ? p11_kit_uri_message(result) : "bad value"),
                    keyAllowed ? keyUriRemedy() : uriRemedy());
    }
    return parsed;
}

TokenSelector tokenPart(const ParsedUri& parsed) {
    const CK_TOKEN_INFO& info = *p11_kit_uri_get_token_info(parsed.uri.get());
    const auto value = [&](std::string_view name, std::span<const unsigned char> field) {
        return parsed.has(name) ? std::optional{unpadded(field)} : std::nullopt;
    };
    return {.label = value("token", info.label),
            .manufacturer = value("manufacturer", info.manufacturerID),
            .model = value("model", info.model),
            .serial = value("serial", info.serialNumber)};
}

std::optional<Bytes> attributeOf(const ParsedUri& parsed, CK_ATTRIBUTE_TYPE type) {
    const CK_ATTRIBUTE* attribute = p11_kit_uri_get_attribute(parsed.uri.get(), type);
    if (attribute == nullptr) {
        return std::nullopt;
    }
    const auto* first = static_cast<const std::uint8_t*>(attribute->pValue);
    return Bytes(first, first + attribute->ulValueLen);
}

ObjectClass classOf(const Bytes& value) {
    CK_OBJECT_CLASS number = CKO_VENDOR_DEFINED;
    if (value.size() == sizeof number) {
        std::copy(value.begin(), value.end(), reinterpret_cast<std::uint8_t*>(&number));
    }
    return toObjectClass(number);
}

void append(std::vector<Text>& list, Text name, const std::optional<std::string>& value) {
    if (value) {
        list.push_back(std::move(name).with(*value));
    }
}

}  // namespace

std::string tokenUri(const CK_TOKEN_INFO& token) {
    const UriPtr uri = newUri();
    *p11_kit_uri_get_token_info(uri.get()) = token;
    return format(uri.get(), P11_KIT_URI_FOR_TOKEN);
}

std::string objectUri(const CK_TOKEN_INFO& token, ObjectClass objectClass, const std::string& label, const Bytes& id) {
    const UriPtr uri = newUri();
    *p11_kit_uri_get_token_info(uri.get()) = token;
    const auto set = [&](CK_ATTRIBUTE_TYPE type, const void* value, std::size_t size) {
        CK_ATTRIBUTE attribute{type, withoutConst(value), size};  // it copies
        p11_kit_uri_set_attribute(uri.get(), &attribute);
    };
    if (const auto number = toCryptoki(objectClass)) {
        set(CKA_CLASS, &*number, sizeof *number);
    }
    if (!label.empty()) {
        set(CKA_LABEL, label.data(), label.size());
    }
    if (!id.empty()) {
        set(CKA_ID, id.data(), id.size());
    }
    return format(uri.get(), P11_KIT_URI_FOR_OBJECT_ON_TOKEN);
}

bool matches(const TokenSelector& selector, const TokenDescription& token) {
    const auto agrees = [](const std::optional<std::string>& wanted, const std::string& given) {
        return !wanted || *wanted == given;
    };
    return agrees(selector.label, token.label) && agrees(selector.manufacturer, token.manufacturer) &&
           agrees(selector.model, token.model) && agrees(selector.serial, token.serial.str());
}

Text inWords(const TokenSelector& selector) {
    std::vector<Text> words;
    append(words, KC_TEXT("TokenUri", "label \"%1\""), selector.label);
    append(words, KC_TEXT("TokenUri", "serial \"%1\""), selector.serial);
    append(words, KC_TEXT("TokenUri", "model \"%1\""), selector.model);
    append(words, KC_TEXT("TokenUri", "manufacturer \"%1\""), selector.manufacturer);
    return words.empty() ? KC_TEXT("TokenUri", "any token") : joinedByCommas(std::move(words));
}

Text inWords(const KeySelector& selector) {
    std::vector<Text> words;
    append(words, KC_TEXT("TokenUri", "label \"%1\""), selector.label ? std::optional{selector.label->str()} : std::nullopt);
    append(words, KC_TEXT("TokenUri", "ID \"%1\""), selector.id ? std::optional{toHex(*selector.id)} : std::nullopt);
    return words.empty() ? KC_TEXT("TokenUri", "any key") : joinedByCommas(std::move(words));
}

std::optional<CK_OBJECT_CLASS> toCryptoki(ObjectClass objectClass) {
    switch (objectClass) {
        case ObjectClass::SecretKey: return CKO_SECRET_KEY;
        case ObjectClass::PrivateKey: return CKO_PRIVATE_KEY;
        case ObjectClass::PublicKey: return CKO_PUBLIC_KEY;
        case ObjectClass::Certificate: return CKO_CERTIFICATE;
        case ObjectClass::Data: return CKO_DATA;
        case ObjectClass::Other: return std::nullopt;
    }
    return std::nullopt;
}

ObjectClass toObjectClass(CK_OBJECT_CLASS objectClass) {
    switch (objectClass) {
        case CKO_SECRET_KEY: return ObjectClass::SecretKey;
        case CKO_PRIVATE_KEY: return ObjectClass::PrivateKey;
        case CKO_PUBLIC_KEY: return ObjectClass::PublicKey;
        case CKO_CERTIFICATE: return ObjectClass::Certificate;
        case CKO_DATA: return ObjectClass::Data;
        default: return ObjectClass::Other;
    }
}

TokenSelector TokenSelector::parse(std::string_view uriOrLabel) {
    if (uriOrLabel.empty()) {
        throwBadUri(KC_TEXT("TokenUri", "no token is named"), uriRemedy());
    }
    if (!uriOrLabel.starts_with(scheme)) {
        TokenSelector selector;
        selector.label = std::string{uriOrLabel};
        return selector;
    }
    return tokenPart(parseUri(uriOrLabel, false));
}

KeyUri KeyUri::parse(std::string_view uriOrLabel) {
    if (uriOrLabel.empty()) {
        throwBadUri(KC_TEXT("TokenUri", "no key is named"), keyUriRemedy());
    }
    if (!uriOrLabel.starts_with(scheme)) {
        KeyUri named;
        named.key.label = ObjectLabel{std::string{uriOrLabel}};
        return named;
    }
    const ParsedUri parsed = parseUri(uriOrLabel, true);
    KeyUri result{tokenPart(parsed), {}};
    if (const auto label = attributeOf(parsed, CKA_LABEL)) {
        result.key.label = ObjectLabel{std::string{asText(*label)}};
    }
    result.key.id = attributeOf(parsed, CKA_ID);
    if (const auto objectClass = attributeOf(parsed, CKA_CLASS)) {
        result.key.objectClass = classOf(*objectClass);
    }
    if (!result.key.label && !result.key.id) {
        throwBadUri(KC_TEXT("TokenUri", "it names no key"), KC_TEXT("TokenUri", "add object=LABEL or id=%.. to it"));
    }
    return result;
}

}  // namespace keyconvoy::pkcs11
