#include "app/inventory/key_jobs.h"

#include "app/ceremony/token_access.h"
#include "app/inventory/backup_store.h"
#include "app/inventory/key_facts.h"
#include "app/station/to_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

namespace keyconvoy::app {
namespace {

class GenerateKeyJob final : public Job {
public:
    GenerateKeyJob(GenerateKeyRequest request, RunContext context)
        : Job{std::move(context)}, m_request{std::move(request)}, m_access{m_request.token} {
        setSteps({m_access.openStep(), m_access.logInStep(),
                  makeStep("token.generate", KC_TEXT("KeyJobs", "generate the key on the token"),
                           [this](Details& details) { generate(details); })});
    }

    [[nodiscard]] Json result() const override { return m_result; }

private:
    void generate(Details& details) {
        pkcs11::Token& token = m_access.token();
        const wrapping::KeyUsage usage = m_request.keyUsage.value_or(wrapping::usualUsage(m_request.keySpec));
        const TimePoint begun = context().clock();
        const pkcs11::GeneratedKey generated = token.generate({.type = wrapping::tokenKeyType(m_request.keySpec),
                                                               .label = m_request.label,
                                                               .lifetime = pkcs11::KeyLifetime::TokenObject,
                                                               .purpose = wrapping::tokenKeyPurpose(m_request.keySpec, usage)});
        m_result = resultAbout(token);
        m_result["key"] = keyFacts(token, generated.key);
        m_result["keyUsage"] = nameOf(wrapping::keyUsageNames, usage);
        m_result["generatedAt"] = toRfc3339Milliseconds(begun);
        Findings findings = generated.findings;
        addTwins(token, generated.description, findings);
        m_result["findings"] = toJson(findings);
        details.push_back({KC_TEXT("KeyJobs", "key"), generated.description.uri});
        details.push_back({KC_TEXT("KeyJobs", "check value"), m_result["key"]["checkValue"]["value"].dump()});
    }

    /// The label was free when this began; another program may have taken it since.
    static void addTwins(const pkcs11::Token& token, const pkcs11::KeyDescription& made, Findings& findings) {
        const auto objects = token.objects();
        const bool twin = std::ranges::any_of(
            objects, [&made](const pkcs11::ObjectSummary& object) { return object.label == made.label && object.id != made.id; });
        if (twin) {
            findings.push_back(
                {FindingLevel::Warning,
                 KC_TEXT("KeyJobs", "another object with the label \"%1\" came onto the token meanwhile").with(made.label),
                 KC_TEXT("KeyJobs", "name this key by its ID from now on: %1").with(made.uri)});
        }
    }

    GenerateKeyRequest m_request;
    TokenAccess m_access;
    Json m_result;
};

class ReadingJob final : public ListKeysJob {
public:
    ReadingJob(ListKeysRequest request, RunContext context)
        : ListKeysJob{std::move(context)}, m_access{std::move(request.token)} {
        setSteps({m_access.openStep(), m_access.logInStep(),
                  makeStep("token.list-keys", KC_TEXT("KeyJobs", "list the keys"), [this](Details& details) {
                      m_keys = m_access.token().keys();
                      std::ranges::sort(m_keys, {},
                                        [](const pkcs11::KeyDescription& key) { return std::tie(key.label, key.id); });
                      details.push_back({KC_TEXT("KeyJobs", "keys"), std::to_string(m_keys.size())});
                      m_result = resultAbout(m_access.token());
                      m_result["keys"] = Json::array();
                      for (const pkcs11::KeyDescription& key : m_keys) {
                          m_result["keys"].push_back(toJson(key));
                      }
                  })});
    }

    [[nodiscard]] Json result() const override { return m_result; }
    [[nodiscard]] const std::vector<pkcs11::KeyDescription>& keys() const override { return m_keys; }

private:
    TokenAccess m_access;
    std::vector<pkcs11::KeyDescription> m_keys;
    Json m_result;
};

class ShowKeyJob final : public Job {
public:
    ShowKeyJob(ShowKeyRequest request, RunContext context)
        : Job{std::move(context)}, m_request{std::move(request)}, m_access{m_request.token} {
        setSteps({m_access.openStep(), m_access.logInStep(),
                  makeStep("key.show", KC_TEXT("KeyJobs", "read the key's attributes"), [this](Details& details) {
                      pkcs11::Token& token = m_access.token();
                      const pkcs11::KeyReference key = token.find(m_request.key);
                      details = attributeDetails(describeByRecord(token, key));
                      m_result = resultAbout(token);
                      m_result["key"] = keyFacts(token, key);
                  })});
    }

    [[nodiscard]] Json result() const override { return m_result; }

private:
    ShowKeyRequest m_request;
    TokenAccess m_access;
    Json m_result;
};

}  // namespace

std::unique_ptr<Job> makeGenerateKeyJob(GenerateKeyRequest request, RunContext context) {
    if (request.keyUsage && !wrapping::allows(request.keySpec, *request.keyUsage)) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("KeyJobs", "key usage"),
                    KC_TEXT("KeyJobs", "KMS has no %1 key for %2")
                        .with(nameOf(wrapping::keySpecNames, request.keySpec))
                        .with(nameOf(wrapping::keyUsageNames, *request.keyUsage)),
                    KC_TEXT("KeyJobs", "name a usage that this key spec allows, or leave it out")};
    }
    if (request.label.empty()) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("KeyJobs", "label"), KC_TEXT("KeyJobs", "it is empty"),
                    KC_TEXT("KeyJobs", "give the key a label by which people will find it again")};
    }
    return std::make_unique<GenerateKeyJob>(std::move(request), std::move(context));
}

std::unique_ptr<ListKeysJob> makeListKeysJob(ListKeysRequest request, RunContext context) {
    return std::make_unique<ReadingJob>(std::move(request), std::move(context));
}

std::unique_ptr<Job> makeShowKeyJob(ShowKeyRequest request, RunContext context) {
    return std::make_unique<ShowKeyJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
