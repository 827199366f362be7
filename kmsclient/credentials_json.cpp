#include "core/error.h"
#include "core/strict_json.h"
#include "kmsclient/credentials.h"
#include "kmsclient/metadata_credentials.h"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

namespace keyconvoy::kms {

namespace {

/// The two forms in which others hand credentials over, and what is said when a text has neither.
struct Form {
    ErrorKind kind{};
    const char* tokenName{};
    Text noJson, noObject, noText, missing, badExpiration, remedy;
};

const Form& processForm() {
    static const Form form{
        ErrorKind::InvalidInput,
        "SessionToken",
        KC_TEXT("CredentialProcess", "what the command printed cannot be read: %1"),
        KC_TEXT("CredentialProcess", "what the command printed is no JSON object"),
        KC_TEXT("CredentialProcess", "%1 is no text"),
        KC_TEXT("CredentialProcess", "%1 is missing in what the command printed"),
        KC_TEXT("CredentialProcess", "the Expiration \"%1\" is no ISO 8601 time with offset"),
        KC_TEXT("CredentialProcess", "the command must print one JSON object with Version 1, AccessKeyId and SecretAccessKey")};
    return form;
}

const Form& metadataForm() {
    static const Form form{ErrorKind::Integrity,
                           "Token",
                           KC_TEXT("MetadataCredentials", "the answer cannot be read: %1"),
                           KC_TEXT("MetadataCredentials", "the answer is no JSON object"),
                           KC_TEXT("CredentialProcess", "%1 is no text"),
                           KC_TEXT("MetadataCredentials", "the answer lacks %1"),
                           KC_TEXT("CredentialProcess", "the Expiration \"%1\" is no ISO 8601 time with offset"),
                           KC_TEXT("MetadataCredentials",
                                   "check the variables AWS_CONTAINER_… and AWS_EC2_METADATA_SERVICE_ENDPOINT, and the role")};
    return form;
}

/// The texts in a parsed document are ordinary memory: wiped as soon as they are copied out.
class WipedJson {
public:
    WipedJson(std::string_view text, const Text& source, const Form& form)
        : m_place{KC_TEXT("CredentialProcess", "AWS credentials from %1").with(source)}, m_form{form}, m_json(parsed(text)) {
        if (!m_json.is_object()) {
            fail(form.noObject);
        }
    }
    WipedJson(const WipedJson&) = delete;
    WipedJson& operator=(const WipedJson&) = delete;
    ~WipedJson() {
        if (auto* members = m_json.get_ptr<Json::object_t*>()) {
            for (auto& [name, value] : *members) {
                if (auto* text = value.get_ptr<std::string*>()) {
                    OPENSSL_cleanse(text->data(), text->size());
                }
            }
        }
    }

    /// Empty when absent or null.
    [[nodiscard]] std::string_view text(const char* name) const {
        const auto place = m_json.find(name);
        if (place == m_json.end() || place->is_null()) {
            return {};
        }
        if (!place->is_string()) {
            fail(Text{m_form.noText}.with(name));
        }
        return place->get_ref<const std::string&>();
    }
    [[nodiscard]] std::string_view requiredText(const char* name) const {
        const auto value = text(name);
        if (value.empty()) {
            fail(Text{m_form.missing}.with(name));
        }
        return value;
    }
    [[nodiscard]] bool isVersionOne() const {
        const auto place = m_json.find("Version");
        return place != m_json.end() && place->is_number_integer() && place->get<long>() == 1;
    }
    [[noreturn]] void fail(Text cause) const { throw Error{m_form.kind, m_place, std::move(cause), m_form.remedy}; }

private:
    /// What is wrong with the text as such, with the remedy of its form.
    [[nodiscard]] Json parsed(std::string_view text) const {
        try {
            return parseStrictJson(text, m_place, m_form.kind);
        } catch (const Error& error) {
            fail(Text{m_form.noJson}.with(error.failure().cause));
        }
    }

    Text m_place;
    const Form& m_form;
    Json m_json;
};

Credentials credentialsIn(const WipedJson& document, const Form& form, const Text& source) {
    Credentials credentials;
    credentials.accessKeyId = document.requiredText("AccessKeyId");
    credentials.secretAccessKey = SecretBytes::copyOf(asBytes(document.requiredText("SecretAccessKey")));
    credentials.sessionToken = SecretBytes::copyOf(asBytes(document.text(form.tokenName)));
    credentials.source = source;
    const auto expiration = document.text("Expiration");
    credentials.expiration = parseRfc3339(expiration);
    if (!expiration.empty() && !credentials.expiration) {
        document.fail(Text{form.badExpiration}.with(expiration));
    }
    return credentials;
}

}  // namespace

Credentials parseProcessOutput(std::string_view json, const Text& source) {
    const WipedJson document{json, source, processForm()};
    if (!document.isVersionOne()) {
        document.fail(KC_TEXT("CredentialProcess", "what the command printed does not say Version 1"));
    }
    return credentialsIn(document, processForm(), source);
}

Credentials parseMetadataReply(std::string_view json, const Text& source) {
    const WipedJson document{json, source, metadataForm()};
    Credentials credentials = credentialsIn(document, metadataForm(), source);
    static_cast<void>(document.requiredText("Token"));
    static_cast<void>(document.requiredText("Expiration"));
    credentials.renewable = true;
    return credentials;
}

}  // namespace keyconvoy::kms
