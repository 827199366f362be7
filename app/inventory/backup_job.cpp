#include "app/ceremony/log_in.h"
#include "app/inventory/backup_route.h"
#include "app/inventory/backup_store.h"
#include "app/inventory/key_facts.h"
#include "app/inventory/key_jobs.h"
#include "app/inventory/token_pair.h"
#include "app/station/to_json.h"
#include "core/hex.h"
#include "core/text.h"
#include "pkcs11/in_words.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

using pkcs11::Token;
using wrapping::qualification::Combination;
using wrapping::qualification::Result;
using wrapping::qualification::ThrowAwayRecord;

std::optional<std::filesystem::path> qualificationsIn(const std::optional<std::filesystem::path>& stateFolder) {
    return stateFolder ? std::optional{*stateFolder / "qualifications"} : std::nullopt;
}

Error refused(Text cause, Text remedy) {
    return Error{ErrorKind::Refused, KC_TEXT("BackupJob", "backup"), std::move(cause), std::move(remedy)};
}

class BackupJob final : public Job {
public:
    BackupJob(BackupRequest request, RunContext context)
        : Job{std::move(context)},
          m_request{std::move(request)},
          m_tokens{m_request.from, m_request.to},
          m_qualifier{qualificationsIn(m_request.stateFolder)},
          m_store{m_request.stateFolder} {
        setSteps(steps());
    }

    [[nodiscard]] Json result() const override {
        Json result = m_result;
        Json throwAwayKeys = Json::array();
        for (const ThrowAwayRecord& key : allThrowAwayKeys()) {
            throwAwayKeys.push_back(toJson(key));
        }
        Findings findings = m_findings;
        std::ranges::copy(m_qualifier.findings(), std::back_inserter(findings));
        result["throwAwayKeys"] = std::move(throwAwayKeys);
        result["findings"] = toJson(findings);
        result["next"] = Json::array({"keep the backup token apart from the first, and its PIN apart from both"});
        return result;
    }

    [[nodiscard]] std::optional<LeftBehind> leftBehind() const override {
        if (!m_copy) {
            return std::nullopt;
        }
        return LeftBehind{.what = KC_TEXT("BackupJob",
                                          "a verified copy of the key is on the backup token, but it is not on record; destroy "
                                          "that copy before the backup is made anew"),
                          .tokenKeyUri = {},
                          .kmsKeyArn = {}};
    }
    [[nodiscard]] std::vector<FailureDetail> accountOfFailure() const override { return toFailureDetails(allThrowAwayKeys()); }

private:
    [[nodiscard]] std::vector<ThrowAwayRecord> allThrowAwayKeys() const {
        std::vector<ThrowAwayRecord> keys = m_qualifier.throwAwayKeys();
        std::ranges::copy(m_throwAwayKeys, std::back_inserter(keys));
        return keys;
    }

    [[nodiscard]] std::vector<Step> steps() {
        return {
            m_tokens.openFirstStep(),
            m_tokens.openSecondStep(),
            makeLogInStep("token", [this]() -> Token& { return m_tokens.first(); }),
            makeLogInStep("backup-token", [this]() -> Token& { return m_tokens.second(); }),
            makeStep("key.find", KC_TEXT("BackupJob", "find the key"), [this](Details& details) { findKey(details); }),
            {"qualification.ask", KC_TEXT("BackupJob", "name the throw-away keys"),
             [this](const Answer* answer, Details&) {
                 return answer == nullptr ? std::optional{throwAwayKeysQuestion()} : std::nullopt;
             }},
            {"backup.transport-key", KC_TEXT("BackupJob", "make the transport key on the backup token"),
             [this](const Answer* answer, Details& details) { return transportKey(answer, details); }},
            makeStep("backup.route", KC_TEXT("BackupJob", "try the way with throw-away keys"),
                     [this](Details& details) { findRoute(details); }),
            makeStep("backup.way-back", KC_TEXT("BackupJob", "see whether the backup token can wrap such a key again"),
                     [this](Details& details) { findWayBack(details); }),
            makeStep("backup.copy", KC_TEXT("BackupJob", "wrap on the token, unwrap on the backup token, compare"),
                     [this](Details& details) { copy(details); }),
            makeStep("backup.record", KC_TEXT("BackupJob", "put the backup on record"), [this](Details&) { record(); }),
        };
    }

    void findKey(Details& details) {
        Token& from = m_tokens.first();
        m_key = from.find(m_request.key);
        m_original = describeByRecord(from, *m_key, m_request.stateFolder);
        checkCanBeBackedUp();
        m_store.checkTakesRecords();
        m_spec = wrapping::keySpecFor(*m_original.type).value();
        m_checkValue = from.checkValue(*m_key);
        if (!m_checkValue.value) {
            throw refused(KC_TEXT("BackupJob", "the key has no check value, so a copy could not be shown to be the same: %1")
                              .with(m_checkValue.whyNot),
                          KC_TEXT("BackupJob", "a backup that cannot be verified is none; use a key with SIGN or ENCRYPT"));
        }
        checkRoomOnBackupToken();
        if (isKeyPair(*m_original.type)) {
            m_publicKey = from.publicKey(*m_key);
        }
        m_result = resultAbout(from);
        m_result["backupToken"] = toJson(m_tokens.second());
        m_result["key"] = keyFacts(from, *m_key);
        details.push_back({KC_TEXT("BackupJob", "key"), m_original.uri});
    }

    /// Before anything is made on either token. A copy that is there already is not to be removed for another.
    void checkRoomOnBackupToken() {
        const std::vector<pkcs11::ObjectSummary> there = m_tokens.second().objects();
        const auto same = std::ranges::find(there, m_original.id, &pkcs11::ObjectSummary::id);
        if (same != there.end()) {
            throwCopyIsThere(*same);
        }
        const auto taken = std::ranges::find(there, m_original.label, &pkcs11::ObjectSummary::label);
        if (taken != there.end()) {
            throw refused(
                KC_TEXT("BackupJob", "the backup token holds another object of the label \"%1\", with the ID %2")
                    .with(m_original.label)
                    .with(toHex(taken->id)),
                KC_TEXT("BackupJob", "name another backup token, or have one of the two renamed with the vendor's tool"));
        }
    }

    [[noreturn]] void throwCopyIsThere(const pkcs11::ObjectSummary& copy) {
        const TokenName second = TokenName::of(m_tokens.second().description());
        const std::vector<BackupRecord> records =
            m_store.find({TokenName::of(m_tokens.first().description()), m_original.id, *m_checkValue.value});
        const auto record =
            std::ranges::find_if(records, [&second](const BackupRecord& known) { return known.backupToken.sameTokenAs(second); });
        if (record != records.end()) {
            throw refused(KC_TEXT("BackupJob", "this key was backed up to this token already, at %1; the copy is there")
                              .with(toRfc3339(record->date)),
                          KC_TEXT("BackupJob", "nothing is to be done; for a second copy name another token with %1")
                              .with(typedAs("--to")));
        }
        throw refused(
            KC_TEXT("BackupJob",
                    "the backup token holds an object with this key's ID, \"%1\", which is not on record here as a "
                    "verified copy")
                .with(copy.label),
            KC_TEXT("BackupJob",
                    "compare its check value with this key's (%1 for each token); remove it only if you know that it is "
                    "no copy, or name another backup token")
                .with(typedAs("keyconvoy key show")));
    }

    void checkCanBeBackedUp() const {
        if (m_original.lengthNotReported) {
            throw refused(KC_TEXT("BackupJob",
                                  "the token does not report the length of this key (%1), and no verified backup is on record "
                                  "on this machine that tells it")
                              .with(pkcs11::typeInWords(m_original.typeName)),
                          KC_TEXT("BackupJob",
                                  "back it up from the token on which it was generated, or on the machine where this copy was "
                                  "made; else with the vendor's tool"));
        }
        if (!m_original.type || !wrapping::keySpecFor(*m_original.type)) {
            throw refused(KC_TEXT("BackupJob", "the key is of type %1, which KMS does not import")
                              .with(pkcs11::typeInWords(m_original.typeName)),
                          KC_TEXT("BackupJob", "back it up with the vendor's tool"));
        }
        if (m_original.extractable == false) {
            throw refused(
                KC_TEXT("BackupJob", "the key cannot leave its token: EXTRACTABLE=F"),
                KC_TEXT("BackupJob",
                        "a backup must be made before a key is sealed; some HSMs clone their keys with the vendor's tool"));
        }
    }

    [[nodiscard]] std::vector<Combination> combinations() const {
        return backupCombinations(m_spec, m_request.transportKeyBits, m_request.allowSha1Reason.has_value());
    }

    [[nodiscard]] std::vector<Combination> untriedOn(const Token& token, std::vector<Combination> combinations) const {
        std::erase_if(combinations, [&](const Combination& one) { return m_qualifier.kept(token, one).has_value(); });
        return combinations;
    }

    [[nodiscard]] Result resultOn(Token& token, const Combination& combination) {
        std::optional<Result> kept = m_qualifier.kept(token, combination);
        return kept ? *std::move(kept) : m_qualifier.run(token, combination, context());
    }

    [[nodiscard]] Question throwAwayKeysQuestion() {
        Question question = throwAwayQuestion(m_tokens.first().description(), untriedOn(m_tokens.first(), combinations()));
        question.details.push_back({KC_TEXT("BackupJob", "to try the way between the tokens"),
                                    KC_TEXT("BackupJob", "%1, generated here and unwrapped on %2, then destroyed on both")
                                        .with(pkcs11::typeInWords(m_original.typeName))
                                        .with(m_tokens.second().description().label)});
        for (const Combination& combination : untriedOn(m_tokens.second(), waysBack())) {
            question.details.push_back(
                {KC_TEXT("BackupJob", "on %1, for %2").with(m_tokens.second().description().label).with(inWords(combination)),
                 joinedByCommas(wrapping::qualification::throwAwayKeysFor(combination))});
        }
        return question;
    }

    std::optional<Question> transportKey(const Answer* answer, Details& details) {
        if (answer == nullptr) {
            context().progress(KC_TEXT("BackupJob", "making an RSA-%1 transport key on the backup token")
                                   .with(std::to_string(m_request.transportKeyBits)));
            m_transport = m_tokens.second().makeBackupTransportKey(m_request.transportKeyBits);
            return fingerprintQuestion();
        }
        details.push_back({KC_TEXT("BackupJob", "transport key, SHA-256"), m_transport->fingerprint.hex()});
        m_result["transportKey"] = {{"fingerprint", m_transport->fingerprint.hex()}, {"sizeBits", m_request.transportKeyBits}};
        return std::nullopt;
    }

    [[nodiscard]] Question fingerprintQuestion() {
        return {
            "backup.transport-key",
            QuestionKind::Confirmation,
            KC_TEXT("BackupJob", "the backup under the transport key shown"),
            KC_TEXT("BackupJob",
                    "The key will be wrapped under this transport key, whose private half was made on the backup token just now. "
                    "Where the backup token has a display or a log of its own, compare the fingerprint. Go on?"),
            {{KC_TEXT("BackupJob", "transport key, SHA-256"), m_transport->fingerprint.hexGroups()},
             {KC_TEXT("BackupJob", "in words"), m_transport->fingerprint.words()},
             {KC_TEXT("BackupJob", "key"),
              arranged("%1, %2").with(m_original.label).with(pkcs11::typeInWords(m_original.typeName))},
             {KC_TEXT("BackupJob", "from token"), m_tokens.first().description().label},
             {KC_TEXT("BackupJob", "to token"), m_tokens.second().description().label}}};
    }

    void findRoute(Details& details) {
        std::vector<Text> reasons;
        for (const Combination& combination : combinations()) {
            if (auto route = tryRoute(combination, reasons)) {
                m_route = route;
                break;
            }
        }
        if (!m_route) {
            throw refused(
                KC_TEXT("BackupJob", "this pair of tokens cannot do it: %1").with(joinedBySemicolons(reasons)),
                m_request.allowSha1Reason
                    ? KC_TEXT("BackupJob", "use another backup token, or the vendor's own way of cloning")
                    : KC_TEXT("BackupJob", "tokens that know OAEP with SHA-1 only need %1; else use another backup token")
                          .with(typedAs("--allow-sha1 REASON")));
        }
        const bool sha1 = hashOf(m_route->algorithm) == pkcs11::OaepHash::Sha1;
        m_result["route"] = {{"wrappingAlgorithm", nameOf(wrapping::wrappingAlgorithmNames, m_route->algorithm)},
                             {"wrappedBy", describe(m_route->wrap)},
                             {"unwrappedBy", describe(m_route->unwrap)},
                             {"sha1Reason", sha1 ? Json(m_request.allowSha1Reason.value()) : Json(nullptr)}};
        details.push_back({KC_TEXT("BackupJob", "wrapped by"), pkcs11::inWords(m_route->wrap)});
        details.push_back({KC_TEXT("BackupJob", "unwrapped by"), pkcs11::inWords(m_route->unwrap)});
    }

    [[nodiscard]] std::optional<BackupRoute> tryRoute(const Combination& combination, std::vector<Text>& reasons) {
        const Result qualified = resultOn(m_tokens.first(), combination);
        if (!qualified.chosen) {
            reasons.push_back(qualified.explanation);
            return std::nullopt;
        }
        context().progress(KC_TEXT("BackupJob", "sending a throw-away key the whole way"));
        std::vector<Text> unwrapReasons;
        const auto unwrap = findUnwrapRecipe({m_tokens.first(), m_tokens.second()}, *m_transport, *m_original.type,
                                             *qualified.chosen, m_throwAwayKeys, unwrapReasons, context().clock);
        if (!unwrap) {
            reasons.push_back(KC_TEXT("BackupJob", "the backup token does not unwrap it (%1)")
                                  .with(joinedBySemicolons(std::move(unwrapReasons))));
            return std::nullopt;
        }
        return BackupRoute{combination.choice.algorithm, *qualified.chosen, *unwrap};
    }

    /// By which the copy could be imported one day; whether SHA-1 is permitted then, is decided then.
    [[nodiscard]] std::vector<Combination> waysBack() const {
        return backupCombinations(m_spec, m_request.transportKeyBits, true);
    }

    void findWayBack(Details& details) {
        Token& to = m_tokens.second();
        std::vector<Text> reasons;
        for (const Combination& combination : waysBack()) {
            const Result result = resultOn(to, combination);
            if (result.chosen) {
                m_canBeWrapped = true;
                details.push_back({KC_TEXT("BackupJob", "from there to KMS"), inWords(combination)});
                return;
            }
            reasons.push_back(result.explanation);
        }
        details.push_back({KC_TEXT("BackupJob", "from there to KMS"), KC_TEXT("BackupJob", "no way")});
        m_findings.push_back(
            {FindingLevel::Warning,
             KC_TEXT("BackupJob",
                     "the backup token cannot wrap such a key again, so no KMS key can ever get the material from this copy: %1")
                 .with(joinedBySemicolons(std::move(reasons))),
             KC_TEXT("BackupJob",
                     "make another backup, on a token that can; this one does not count when the first key is to be sealed or "
                     "destroyed")});
    }

    void copy(Details& details) {
        context().checkNotStopped();
        const pkcs11::WrappedKey wrapped = m_tokens.first().wrap(*m_key, {m_transport->publicKey, std::nullopt}, m_route->wrap);
        std::ranges::copy(wrapped.findings, std::back_inserter(m_findings));
        if (isKeyPair(*m_original.type)) {
            copyKeyPair(wrapped.blob);
        } else {
            copySecret(wrapped.blob);
        }
        m_result["copy"] = keyFacts(m_tokens.second(), *m_copy);
        m_result["shownBy"] = toEnglish(m_shownBy);
        details.push_back({KC_TEXT("BackupJob", "shown to be the same by"), m_shownBy});
    }

    void copySecret(ByteView blob) {
        keepCopy(blob, pkcs11::KeyPurpose::CheckValueOnly, [this](pkcs11::KeyReference key) {
            const pkcs11::CheckValueOutcome there = m_tokens.second().checkValue(key);
            if (there.value != m_checkValue.value) {
                throw differs();
            }
            m_shownBy =
                KC_TEXT("BackupJob", "equal check values on both tokens (%1)").with(pkcs11::inWords(m_checkValue.value->method));
        });
    }

    /// The public half on the backup token is stored by us, so that it is equal shows nothing: a signature by the private half
    /// does.
    void copyKeyPair(ByteView blob) {
        const bool signs = m_original.sign == true;
        if (!signs) {
            proveSessionCopy(blob);
        }
        keepCopy(blob, signs ? pkcs11::KeyPurpose::Signing : pkcs11::KeyPurpose::CheckValueOnly,
                 [this, signs](pkcs11::KeyReference key) {
                     if (signs) {
                         checkPrivateHalf(m_tokens.second(), key, *m_original.type, m_publicKey);
                         m_shownBy = KC_TEXT("BackupJob",
                                             "a signature by the restored private key, verified under the original's public key");
                     }
                     if (m_tokens.second().publicKey(key) != m_publicKey) {
                         throw differs();
                     }
                 });
    }

    /// A key without SIGN: the same blob is first unwrapped as a session object with SIGN, which signs and goes.
    void proveSessionCopy(ByteView blob) {
        Token& to = m_tokens.second();
        const pkcs11::GeneratedKey proof = to.unwrapBackup(*m_transport, blob, m_route->unwrap,
                                                           {.type = *m_original.type,
                                                            .label = pkcs11::ObjectLabel{m_original.label},
                                                            .lifetime = pkcs11::KeyLifetime::SessionObject,
                                                            .purpose = pkcs11::KeyPurpose::Signing},
                                                           randomId(), m_publicKey);
        try {
            checkPrivateHalf(to, proof.key, *m_original.type, m_publicKey);
        } catch (...) {
            to.destroy(proof.key);
            throw;
        }
        to.destroy(proof.key);
        m_shownBy = KC_TEXT(
            "BackupJob",
            "a signature by a session copy unwrapped from the same blob, verified under the original's public key (the kept "
            "copy, like "
            "the original, may not sign)");
    }

    template <class Check>
    void keepCopy(ByteView blob, pkcs11::KeyPurpose purpose, const Check& check) {
        Token& to = m_tokens.second();
        const pkcs11::GeneratedKey made = to.unwrapBackup(*m_transport, blob, m_route->unwrap,
                                                          {.type = *m_original.type,
                                                           .label = pkcs11::ObjectLabel{m_original.label},
                                                           .lifetime = pkcs11::KeyLifetime::TokenObject,
                                                           .purpose = purpose},
                                                          m_original.id, m_publicKey);
        std::ranges::copy(made.findings, std::back_inserter(m_findings));
        try {
            check(made.key);
        } catch (...) {
            to.destroy(made.key);
            throw;
        }
        m_copy = made.key;
    }

    [[nodiscard]] Error differs() const {
        return Error{ErrorKind::Integrity, KC_TEXT("BackupJob", "key %1 on the backup token").with(m_original.label),
                     KC_TEXT("BackupJob", "its check value or public key is not the original's; the copy was destroyed again"),
                     KC_TEXT("BackupJob", "choose another backup token")};
    }

    void record() {
        const BackupRecord record{{TokenName::of(m_tokens.first().description()), m_original.id, *m_checkValue.value},
                                  m_original.label,
                                  m_original.typeName,
                                  TokenName::of(m_tokens.second().description()),
                                  toEnglish(m_shownBy),
                                  context().clock(),
                                  m_canBeWrapped};
        m_store.keep(record);
        m_result["record"] = toJson(record);
    }

    BackupRequest m_request;
    TwoTokens m_tokens;
    Qualifier m_qualifier;
    BackupStore m_store;
    std::optional<pkcs11::KeyReference> m_key;
    pkcs11::KeyDescription m_original;
    wrapping::KeySpec m_spec = wrapping::KeySpec::SymmetricDefault;
    pkcs11::CheckValueOutcome m_checkValue;
    Bytes m_publicKey;
    std::optional<pkcs11::BackupTransportKey> m_transport;
    std::optional<BackupRoute> m_route;
    std::optional<pkcs11::KeyReference> m_copy;
    bool m_canBeWrapped = false;  ///< by the backup token, for KMS
    Text m_shownBy;
    std::vector<ThrowAwayRecord> m_throwAwayKeys;  // of the pair; those of the qualification are the qualifier's
    Findings m_findings;
    Json m_result;
};

void checkReason(const std::optional<std::string>& reason) {
    if (reason && reason->empty()) {
        throw Error{ErrorKind::InvalidInput, typedAs("--allow-sha1"), KC_TEXT("BackupJob", "the reason is empty"),
                    KC_TEXT("BackupJob", "say why SHA-1 is acceptable here; the reason is kept in the result")};
    }
}

}  // namespace

std::unique_ptr<Job> makeBackupJob(BackupRequest request, RunContext context) {
    checkReason(request.allowSha1Reason);
    static_cast<void>(
        backupCombinations(wrapping::KeySpec::SymmetricDefault, request.transportKeyBits, false));  // refuses odd sizes now
    return std::make_unique<BackupJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
