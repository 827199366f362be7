#include "app/inventory/create_key.h"

#include "app/ceremony/kms_access.h"
#include "app/inventory/kms_keys.h"
#include "app/inventory/new_key_rules.h"
#include "app/station/to_json.h"
#include "core/text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

Text placeOfAlias(const std::string& alias) {
    return KC_TEXT("CreateKey", "alias %1").with(alias);
}

class CreationJob final : public Job {
public:
    CreationJob(CreateKmsKeyRequest request, RunContext runContext)
        : Job{std::move(runContext)}, m_request{std::move(request)}, m_kms{m_request.kms, context()} {
        checkRules();
        std::vector<Step> steps;
        steps.push_back(m_kms.identityStep());
        if (m_request.alias) {
            steps.push_back(makeStep("kms.alias-free", KC_TEXT("CreateKey", "see that the alias is free"),
                                     [this](Details& details) { checkAliasIsFree(details); }));
        }
        steps.push_back(Step{"review", KC_TEXT("CreateKey", "agree to the new KMS key"),
                             [this](const Answer* answer, Details&) { return review(answer); }});
        steps.push_back(makeStep("kms.create", KC_TEXT("CreateKey", "create the KMS key without material"),
                                 [this](Details& details) { create(details); }));
        if (m_request.alias) {
            steps.push_back(
                makeClosingStep("kms.alias", KC_TEXT("CreateKey", "give it its alias"), [this](Details&) { giveAlias(); }));
        }
        setSteps(std::move(steps));
    }

    [[nodiscard]] Json result() const override {
        KmsKeyEntry entry;
        entry.key = *m_creation.key;
        if (m_request.alias) {
            entry.aliases.push_back(*m_request.alias);
        }
        Json tags = Json::object();
        for (const kms::Tag& tag : m_request.key.tags) {
            tags[tag.key] = tag.value;
        }
        return {{"mode", toString(m_kms.mode())}, {"kms", m_kms.toJson()},   {"requestId", m_creation.requestId},
                {"origin", entry.key.origin},     {"tags", std::move(tags)}, {"key", toJson(entry, m_kms.now())}};
    }

    [[nodiscard]] std::optional<LeftBehind> leftBehind() const override { return m_creation.leftBehind(); }

private:
    void checkRules() const {
        checkSpecAndUsage(m_request.key.keySpec, m_request.key.keyUsage);
        checkKeyDescription(m_request.key.description);
        checkTags(m_request.key.tags);
        if (m_request.key.policy) {
            checkKeyPolicy(*m_request.key.policy);
        }
        if (m_request.alias) {
            checkAliasName(*m_request.alias);
        }
    }

    /// Who may not list aliases is told by CreateAlias itself, after the key was made.
    void checkAliasIsFree(Details& details) {
        kms::AliasList all;
        try {
            all = m_kms.client().listAliases();
        } catch (const Error& error) {
            if (error.failure().code != "AccessDeniedException") {
                throw;
            }
            details.push_back({KC_TEXT("CreateKey", "alias"),
                               KC_TEXT("CreateKey", "whether it is free is not known: %1").with(error.failure().cause)});
            return;
        }
        const auto taken = std::ranges::find(all.entries, *m_request.alias, &kms::Alias::name);
        if (taken != all.entries.end()) {
            throw Error{ErrorKind::Refused, placeOfAlias(*m_request.alias),
                        KC_TEXT("CreateKey", "it names the KMS key %1 already; nothing was created")
                            .with(taken->targetKeyId.value_or("")),
                        KC_TEXT("CreateKey", "choose another alias, or look at that key: %1")
                            .with(typedAs("keyconvoy kms show --key-id %1").with(taken->targetKeyId.value_or("")))};
        }
    }

    [[nodiscard]] std::optional<Question> review(const Answer* answer) {
        if (answer != nullptr) {
            return std::nullopt;
        }
        const kms::CreateKeyRequest& key = m_request.key;
        Question question{
            "kms.create",
            QuestionKind::Confirmation,
            KC_TEXT("CreateKey", "the new KMS key, as shown for review"),
            KC_TEXT("CreateKey",
                    "a KMS key without material is created as follows; AWS charges for it from then "
                    "on. Spec, usage and whether it is multi-Region can never be changed. Go on?"),
            {{KC_TEXT("CreateKey", "mode"), inWords(m_kms.mode())},
             {KC_TEXT("CreateKey", "place"),
              KC_TEXT("CreateKey", "%1, account %2").with(m_kms.client().region()).with(m_kms.identity().account)},
             {KC_TEXT("CreateKey", "key spec"), std::string{nameOf(wrapping::keySpecNames, key.keySpec)}},
             {KC_TEXT("CreateKey", "usage"), std::string{nameOf(wrapping::keyUsageNames, key.keyUsage)}},
             {KC_TEXT("CreateKey", "multi-Region"),
              key.multiRegion ? KC_TEXT("CreateKey", "yes, this is its primary Region") : KC_TEXT("CreateKey", "no")},
             {KC_TEXT("CreateKey", "key policy"),
              key.policy ? KC_TEXT("CreateKey", "as given, %1 octets").with(std::to_string(key.policy->size()))
                         : KC_TEXT("CreateKey", "KMS's own: IAM policies of the account decide")}}};
        if (m_request.alias) {
            question.details.push_back({KC_TEXT("CreateKey", "alias"), *m_request.alias});
        }
        if (!key.description.empty()) {
            question.details.push_back({KC_TEXT("CreateKey", "description"), key.description});
        }
        for (const kms::Tag& tag : key.tags) {
            question.details.push_back({KC_TEXT("CreateKey", "tag"), tag.key + "=" + tag.value});
        }
        return question;
    }

    void create(Details& details) {
        m_kms.create(m_request.key, m_creation);
        details.push_back({KC_TEXT("CreateKey", "KMS key"), m_creation.key->arn, DetailKind::Identifier});
        details.push_back({KC_TEXT("CreateKey", "state"), m_creation.key->keyStateName});
    }

    /// The key exists whatever comes of this, so what to do about a failure is about the alias alone.
    void giveAlias() {
        try {
            m_kms.client().createAlias(*m_request.alias, m_creation.key->arn);
        } catch (const Error& error) {
            Failure failure = error.failure();
            failure.place = placeOfAlias(*m_request.alias);
            failure.remedy = KC_TEXT("CreateKey", "%1; then: %2")
                                 .with(failure.remedy)
                                 .with(shellCommand("aws kms create-alias --alias-name %1 --target-key-id %2")
                                           .with(*m_request.alias)
                                           .with(m_creation.key->arn));
            throw Error{std::move(failure)};
        }
    }

    CreateKmsKeyRequest m_request;
    KmsAccess m_kms;
    Creation m_creation;
};

}  // namespace

std::unique_ptr<Job> makeCreateKmsKeyJob(CreateKmsKeyRequest request, RunContext context) {
    return std::make_unique<CreationJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
