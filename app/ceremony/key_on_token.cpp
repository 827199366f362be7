#include "app/ceremony/key_on_token.h"

#include "app/inventory/backup_store.h"
#include "app/station/to_json.h"
#include "core/hex.h"
#include "core/text.h"
#include "pkcs11/in_words.h"
#include "pkcs11/label.h"
#include "wrapping/compatibility.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

using namespace pkcs11;

namespace {

Error refused(const KeyDescription& key, Text cause, Text remedy) {
    return Error{ErrorKind::Refused,
                 KC_TEXT("KeyOnToken", "token key \"%1\" (%2)").with(key.label).with(pkcs11::typeInWords(key.typeName)),
                 std::move(cause), std::move(remedy)};
}

void checkFits(const KeyDescription& key, wrapping::KeySpec keySpec) {
    if (!key.type || !wrapping::takes(keySpec, *key.type)) {
        throw refused(key, KC_TEXT("KeyOnToken", "it does not fit the key spec %1").with(nameOf(wrapping::keySpecNames, keySpec)),
                      KC_TEXT("KeyOnToken", "name the key spec that this key fits, or another key"));
    }
}

void checkMayBeWrapped(const KeyDescription& key, KeyNeed need) {
    if (need == KeyNeed::ToBeCompared) {
        return;
    }
    if (key.extractable == false) {
        throw refused(
            key,
            KC_TEXT("KeyOnToken", "it is not extractable (CKA_EXTRACTABLE is false), so the token never wraps it for anybody"),
            KC_TEXT("KeyOnToken",
                    "the attribute can never be set back. For a KMS key that holds this key already: use its copy on the backup "
                    "token, since KMS takes the same material only; to check without wrapping, choose %1. For a new KMS key: "
                    "generate a new key")
                .with(typedAs("--check works")));
    }
    if (key.wrapWithTrusted == true && need != KeyNeed::ToBeWrappedUnderTrustedKey) {
        throw refused(
            key, KC_TEXT("KeyOnToken", "it may be wrapped under trusted keys only (CKA_WRAP_WITH_TRUSTED)"),
            KC_TEXT("KeyOnToken", "have the security officer put KMS's wrapping key on the token with %1, and name it with %2")
                .with(typedAs("keyconvoy token trust"))
                .with(typedAs("--wrapping-key in keyconvoy wrap")));
    }
}

Text changeInWords(const ObjectSummary& object, Text change) {
    return std::move(change)
        .with(app::inWords(object.objectClass))
        .with(pkcs11::typeInWords(object.typeName))
        .with(object.label)
        .with(toHex(object.id));
}

std::vector<ObjectSummary> difference(const std::vector<ObjectSummary>& from, const std::vector<ObjectSummary>& without) {
    std::vector<ObjectSummary> rest;
    std::ranges::set_difference(from, without, std::back_inserter(rest));
    return rest;
}

}  // namespace

KeyOnToken::KeyOnToken(TokenAccess& token, KeySource source, wrapping::KeySpec keySpec, KeyNeed need)
    : m_token{token}, m_source{std::move(source)}, m_keySpec{keySpec}, m_need{need} {
    if (m_source.existing.has_value() == m_source.generateWithLabel.has_value()) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("KeyOnToken", "the token key"),
                    m_source.existing ? KC_TEXT("KeyOnToken", "both an existing key and the label of a new one are named")
                                      : KC_TEXT("KeyOnToken", "neither an existing key nor the label of a new one is named"),
                    KC_TEXT("KeyOnToken", "name one of them: %1 for a key on the token, %2 to generate one")
                        .with(typedAs("--key"))
                        .with(typedAs("--label"))};
    }
    if (m_source.generateWithLabel) {
        checkNewLabel(*m_source.generateWithLabel);
    }
}

Step KeyOnToken::lookStep() {
    return makeStep("token.key", KC_TEXT("KeyOnToken", "look at the key and at what the token holds"), [this](Details& details) {
        m_before = m_token.token().objects();
        details.push_back({KC_TEXT("KeyOnToken", "objects on the token"), std::to_string(m_before.size())});
        if (generates()) {
            checkLabelIsFree();
        } else {
            findExisting();
        }
        append(details, forReview());
    });
}

/// What tells the length instead: the sheet, by a check value that is the same; a verified backup on record, likewise; else the
/// key spec, and KMS, which takes material of that length only.
void KeyOnToken::learnLength(KeyReference key, const KeyDescription& description) {
    const pkcs11::KeyType wanted = wrapping::tokenKeyType(m_keySpec);
    if (!description.mayBe(wanted)) {
        return;
    }
    pkcs11::Token& token = m_token.token();
    if (!m_source.checkValueOnSheet && !describeByRecord(token, key).lengthNotReported) {
        return;
    }
    token.noteType(key, wanted);
    const auto& value = token.checkValue(key).value;
    if (value && m_source.checkValueOnSheet && value->method == m_source.checkValueOnSheet->method) {
        return;
    }
    m_findings.push_back({FindingLevel::Warning,
                          KC_TEXT("KeyOnToken",
                                  "the token does not report the length of this key; it was taken as %1, which the "
                                  "key spec %2 wants. KMS refuses material of any other length")
                              .with(pkcs11::inWords(wanted))
                              .with(nameOf(wrapping::keySpecNames, m_keySpec)),
                          {}});
}

void KeyOnToken::findExisting() {
    const KeyReference key = m_token.token().find(*m_source.existing);
    KeyDescription description = m_token.token().describe(key);
    if (description.lengthNotReported) {
        learnLength(key, description);
        description = m_token.token().describe(key);
    }
    checkFits(description, m_keySpec);
    checkMayBeWrapped(description, m_need);
    keep(key, description);
}

void KeyOnToken::checkLabelIsFree() const {
    const std::string& label = m_source.generateWithLabel->str();
    const auto same = std::ranges::find(m_before, label, &ObjectSummary::label);
    if (same != m_before.end()) {
        throw Error{ErrorKind::Refused, KC_TEXT("KeyOnToken", "label \"%1\"").with(label),
                    KC_TEXT("KeyOnToken", "the token holds an object of this name already: %1, %2, ID %3")
                        .with(app::inWords(same->objectClass))
                        .with(same->typeName)
                        .with(toHex(same->id)),
                    KC_TEXT("KeyOnToken", "choose another %1, or take the existing key with %2")
                        .with(typedAs("--label"))
                        .with(typedAs("--key"))};
    }
}

Step KeyOnToken::generateStep(std::function<wrapping::KeyUsage()> usage) {
    return makeStep("token.generate", KC_TEXT("KeyOnToken", "generate the key on the token"),
                    [this, usage = std::move(usage)](Details& details) {
                        m_token.token().checkStillThere();
                        GeneratedKey generated =
                            m_token.token().generate({.type = wrapping::tokenKeyType(m_keySpec),
                                                      .label = *m_source.generateWithLabel,
                                                      .lifetime = KeyLifetime::TokenObject,
                                                      .purpose = wrapping::tokenKeyPurpose(m_keySpec, usage())});
                        std::ranges::move(generated.findings, std::back_inserter(m_findings));
                        keep(generated.key, std::move(generated.description));
                        append(details, forReview());
                    });
}

void KeyOnToken::keep(KeyReference key, KeyDescription description) {
    m_key = key;
    m_description = std::move(description);
    m_checkValue = m_token.token().checkValue(key);
    if (!m_checkValue.value) {
        m_findings.push_back({.level = FindingLevel::Note,
                              .what = KC_TEXT("KeyOnToken", "the key has no check value: %1").with(m_checkValue.whyNot),
                              .remedy = {}});
    }
}

KeyReference KeyOnToken::key() const {
    if (!m_key) {
        throw Error{ErrorKind::Internal, KC_TEXT("KeyOnToken", "token key"), KC_TEXT("KeyOnToken", "it is used before it exists"),
                    KC_TEXT("KeyOnToken", "report this as a defect")};
    }
    return *m_key;
}

KeyOrigin KeyOnToken::origin() const {
    return m_token.token().origin(key());
}

Step KeyOnToken::residueStep() {
    return makeClosingStep(
        "token.residue", KC_TEXT("KeyOnToken", "compare what the token holds now with before"), [this](Details& details) {
            m_token.token().checkStillThere();
            const std::vector<ObjectSummary> after = m_token.token().objects();
            m_otherChanges = unexpectedChanges(m_before, after, m_description.id);
            if (!m_otherChanges.empty()) {
                m_findings.push_back(
                    {.level = FindingLevel::Warning,
                     .what = KC_TEXT("KeyOnToken", "the token holds something else than before, besides the key of this run: %1")
                                 .with(joinedBySemicolons(m_otherChanges)),
                     .remedy = KC_TEXT("KeyOnToken",
                                       "find out who made or removed it, another program or another person; %1 shows all keys")
                                   .with(typedAs("keyconvoy key list"))});
            }
            details.push_back({KC_TEXT("KeyOnToken", "objects on the token"), std::to_string(after.size())});
            details.push_back({KC_TEXT("KeyOnToken", "changed besides the key of this run"),
                               m_otherChanges.empty() ? KC_TEXT("KeyOnToken", "nothing") : joinedBySemicolons(m_otherChanges)});
        });
}

std::string KeyOnToken::residue() const {
    return m_otherChanges.empty() ? "nothing new on the token but the key of this run"
                                  : "changed besides the key of this run: " + toEnglish(joinedBySemicolons(m_otherChanges));
}

Details KeyOnToken::forReview() const {
    if (!m_key) {
        return {{KC_TEXT("KeyOnToken", "token key"), KC_TEXT("KeyOnToken", "to be generated on the token, %1, label \"%2\"")
                                                         .with(nameOf(wrapping::keySpecNames, m_keySpec))
                                                         .with(m_source.generateWithLabel->str())}};
    }
    Details details{{KC_TEXT("KeyOnToken", "token key"),
                     arranged("%1 \"%2\"").with(pkcs11::typeInWords(m_description.typeName)).with(m_description.label)},
                    {KC_TEXT("KeyOnToken", "key ID"), toHex(m_description.id), DetailKind::Identifier},
                    {KC_TEXT("KeyOnToken", "origin"), app::inWords(origin())}};
    if (m_checkValue.value) {
        details.push_back(
            {KC_TEXT("KeyOnToken", "check value"),
             arranged("%1 (%2)").with(toHex(m_checkValue.value->value)).with(pkcs11::inWords(m_checkValue.value->method))});
    }
    return details;
}

Json KeyOnToken::toJson() const {
    Json json = app::toJson(m_description);
    json["origin"] = toEnglish(app::inWords(origin()));
    json["checkValue"] = app::toJson(m_checkValue);
    return json;
}

KeyNeed needFor(const WrappingWish& wish) {
    return wish.wrappingKeyOnToken ? KeyNeed::ToBeWrappedUnderTrustedKey : KeyNeed::ToBeWrapped;
}

std::vector<Text> unexpectedChanges(const std::vector<ObjectSummary>& before, const std::vector<ObjectSummary>& after,
                                    const Bytes& expectedId) {
    std::vector<Text> changes;
    for (const ObjectSummary& object : difference(after, before)) {
        if (!object.tokenObject || object.id != expectedId) {
            changes.push_back(changeInWords(object, KC_TEXT("KeyOnToken", "new: %1 %2 \"%3\", ID %4")));
        }
    }
    for (const ObjectSummary& object : difference(before, after)) {
        changes.push_back(changeInWords(object, KC_TEXT("KeyOnToken", "gone: %1 %2 \"%3\", ID %4")));
    }
    return changes;
}

}  // namespace keyconvoy::app
