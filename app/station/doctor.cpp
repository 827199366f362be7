#include "app/ceremony/log_in.h"
#include "app/station/doctor_checks.h"
#include "app/station/to_json.h"
#include "app/station/token_jobs.h"
#include "core/text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

/// No key of anybody has this ID, so KMS says NotFoundException, or AccessDeniedException where the policy names keys; either
/// shows that KMS answers.
constexpr const char* nobodysKey = "00000000-0000-0000-0000-000000000000";

bool isAnswerOfKms(const Error& error) {
    return error.failure().code == "NotFoundException" || error.failure().code == "AccessDeniedException";
}

class ExaminingJob final : public DoctorJob {
public:
    ExaminingJob(DoctorRequest request, RunContext context) : DoctorJob{std::move(context)}, m_request{std::move(request)} {
        std::vector<Step> steps;
        if (m_request.token) {
            addTokenSteps(steps);
        }
        if (m_request.kms) {
            addKmsSteps(steps);
        }
        setSteps(std::move(steps));
    }

    [[nodiscard]] Json result() const override {
        const bool ok =
            std::ranges::none_of(m_findings, [](const Finding& finding) { return finding.level == FindingLevel::Problem; });
        Json result = m_facts;
        result["ok"] = ok;
        result["findings"] = toJson(m_findings);
        return result;
    }

    [[nodiscard]] const Findings& findings() const override { return m_findings; }
    [[nodiscard]] std::optional<pkcs11::TokenDescription> token() const override {
        return m_token ? std::optional{m_token->description()} : std::nullopt;
    }

private:
    void addTokenSteps(std::vector<Step>& steps) {
        steps.push_back(check("doctor.module", KC_TEXT("Doctor", "load the module"), [this] { loadModule(); }));
        steps.push_back(check("doctor.token", KC_TEXT("Doctor", "look at the token"), [this] { lookAtToken(); }));
        steps.push_back(
            check("doctor.mechanisms", KC_TEXT("Doctor", "read the list of mechanisms"), [this] { lookAtMechanisms(); }));
        if (m_request.logIn) {
            steps.push_back(guardedLogIn(makeLogInStep("token", [this]() -> pkcs11::Token& { return m_token.value(); })));
        }
    }

    void addKmsSteps(std::vector<Step>& steps) {
        steps.push_back(check("doctor.kms-settings", KC_TEXT("Doctor", "read the AWS settings"), [this] { readSettings(); }));
        steps.push_back(check("doctor.caller", KC_TEXT("Doctor", "ask who is calling"), [this] { askWhoIsCalling(); }));
        steps.push_back(check("doctor.kms", KC_TEXT("Doctor", "ask KMS"), [this] { askKms(); }));
        steps.push_back(check("doctor.clock", KC_TEXT("Doctor", "compare the clocks"), [this] { compareClocks(); }));
    }

    /// One check; that it fails is a finding, and the others go on.
    [[nodiscard]] Step check(std::string id, Text title, std::function<void()> run) {
        return makeStep(std::move(id), std::move(title), [this, run = std::move(run)](Details& details) {
            const std::size_t before = m_findings.size();
            guarded(run);
            for (std::size_t i = before; i < m_findings.size(); ++i) {
                details.push_back({inWords(m_findings[i].level), m_findings[i].what});
            }
        });
    }

    [[nodiscard]] Step guardedLogIn(Step logIn) {
        return {std::move(logIn.id), std::move(logIn.title),
                [this, run = std::move(logIn.run)](const Answer* answer, Details& details) {
                    std::optional<Question> question;
                    guarded([&] { question = m_token ? run(answer, details) : std::nullopt; });
                    if (question && question->kind == QuestionKind::Consent) {
                        m_findings.push_back(
                            {FindingLevel::Problem, KC_TEXT("Doctor", "one try is left for the PIN, which no check is worth"),
                             KC_TEXT("Doctor", "make sure of the PIN; the security officer of this token can set a new one")});
                        return std::optional<Question>{};
                    }
                    if (!question && m_token) {
                        m_facts.update(resultAbout(*m_token));
                    }
                    return question;
                }};
    }

    void guarded(const std::function<void()>& run) {
        try {
            run();
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::Cancelled) {
                throw;
            }
            m_findings.push_back(problemFrom(error.failure()));
        }
    }

    void note(Text what) { m_findings.push_back({FindingLevel::Note, std::move(what), {}}); }

    void loadModule() {
        m_module = pkcs11::Module::load(m_request.token->module);
        const pkcs11::ModuleDescription& module = m_module->description();
        m_facts["module"] = toJson(module);
        note(KC_TEXT("Doctor", "module loads: %1 %2, %3").with(module.description).with(module.libraryVersion).with(module.path));
    }

    void lookAtToken() {
        if (!m_module) {
            return;
        }
        m_token = pkcs11::Token::open(m_module, m_request.token->token);
        const pkcs11::TokenDescription token = m_token->description();
        m_facts.update(resultAbout(*m_token));
        note(KC_TEXT("Doctor", "token found: %1, serial %2, %3").with(token.label).with(token.serial.str()).with(token.model));
        std::ranges::move(findingsOn(token, m_token->loginState()), std::back_inserter(m_findings));
    }

    void lookAtMechanisms() {
        if (m_token) {
            std::ranges::move(findingsOn(m_token->mechanisms()), std::back_inserter(m_findings));
        }
    }

    void readSettings() {
        m_kms.emplace(m_request.kms->client, context().clock);
        m_facts["kms"] = {{"region", m_kms->region()},
                          {"endpointUrl", m_kms->endpointUrl()},
                          {"accessKeyId", m_kms->accessKeyId()},
                          {"credentials", toEnglish(m_kms->credentialsSource())}};
        note(KC_TEXT("Doctor", "KMS: Region %1, endpoint %2").with(m_kms->region()).with(m_kms->endpointUrl()));
        note(KC_TEXT("Doctor", "AWS credentials: access key %1; source: %2")
                 .with(m_kms->accessKeyId())
                 .with(m_kms->credentialsSource()));
    }

    void askWhoIsCalling() {
        if (!m_kms) {
            return;
        }
        const kms::CallerIdentity caller = m_kms->getCallerIdentity();
        const kms::ConnectionEvidence& connection = caller.facts.connection;
        m_facts["caller"] = {{"account", caller.account}, {"arn", caller.arn}, {"requestId", caller.facts.requestId}};
        m_facts["mode"] = toString(m_request.kms->mode);
        m_facts["connection"] = toJson(connection);
        note(KC_TEXT("Doctor", "STS answers: the caller is %1").with(caller.arn));
        note(KC_TEXT("Doctor", "connection: %1, tls: %2").with(connection.peerAddress).with(connection.tlsInWords()));
        checkMode(m_request.kms->mode, caller.account, std::nullopt, connection);
        note(KC_TEXT("Doctor", "mode: %1, and the evidence agrees").with(inWords(m_request.kms->mode)));
    }

    void askKms() {
        if (!m_kms) {
            return;
        }
        try {
            static_cast<void>(m_kms->describeKey(nobodysKey));
        } catch (const Error& error) {
            if (!isAnswerOfKms(error)) {
                throw;
            }
        }
        note(KC_TEXT("Doctor", "KMS answers at %1").with(m_kms->endpointUrl()));
    }

    void compareClocks() {
        if (!m_kms) {
            return;
        }
        if (const auto offset = m_kms->clockOffset()) {
            m_facts["clockOffsetSeconds"] = offset->count();
            m_findings.push_back(findingOnClock(*offset));
        }
        std::ranges::copy(m_kms->findings(), std::back_inserter(m_findings));
    }

    DoctorRequest m_request;
    std::shared_ptr<pkcs11::Module> m_module;
    std::optional<pkcs11::Token> m_token;
    std::optional<kms::KmsClient> m_kms;
    Json m_facts = Json::object();
    Findings m_findings;
};

}  // namespace

std::unique_ptr<DoctorJob> makeDoctorJob(DoctorRequest request, RunContext context) {
    if (!request.token && !request.kms) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Doctor", "doctor"),
                    KC_TEXT("Doctor", "neither a token nor KMS was named to look at"),
                    KC_TEXT("Doctor", "give %1 and %2, or a Region, profile or endpoint of KMS")
                        .with(typedAs("--module"))
                        .with(typedAs("--token"))};
    }
    return std::make_unique<ExaminingJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
