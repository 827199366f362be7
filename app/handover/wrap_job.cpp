#include "app/handover/wrap_job.h"

#include "app/ceremony/import_facts.h"
#include "app/ceremony/key_on_token.h"
#include "app/ceremony/token_access.h"
#include "app/ceremony/wrapping_route.h"
#include "app/handover/aws_command.h"
#include "app/handover/import_parameters.h"
#include "app/station/to_json.h"
#include "core/files.h"
#include "core/text.h"
#include "kmsclient/key_arn.h"

#include <nlohmann/json.hpp>
#include <system_error>

namespace keyconvoy::app {

namespace fs = std::filesystem;

namespace {

HandedParameters readParameters(const WrapRequest& request, const std::stop_token& stop) {
    const int ways = (request.parametersJson ? 1 : 0) + (request.consoleFolder ? 1 : 0) +
                     (request.wrappingPublicKeyFile || request.importTokenFile ? 1 : 0);
    if (ways != 1 || request.wrappingPublicKeyFile.has_value() != request.importTokenFile.has_value()) {
        throw Error{
            ErrorKind::InvalidInput, KC_TEXT("WrapJob", "the parameters for import"),
            KC_TEXT("WrapJob", "exactly one source is needed"),
            KC_TEXT("WrapJob", "name the JSON of the AWS CLI, or the console's folder, or both console files one by one")};
    }
    if (request.parametersJson) {
        return readParametersJson(*request.parametersJson, stop);
    }
    return request.consoleFolder ? readConsoleFolder(*request.consoleFolder, stop)
                                 : readConsoleFiles(*request.wrappingPublicKeyFile, *request.importTokenFile, stop);
}

/// When they expire: JSON says it, console files do not.
TimePoint parametersValidTo(const HandedParameters& parameters, const WrapRequest& request) {
    if (parameters.validTo) {
        return *parameters.validTo;
    }
    if (!request.parametersValidTo) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("WrapJob", "the parameters for import"),
                    KC_TEXT("WrapJob", "console files do not say until when they are good"),
                    KC_TEXT("WrapJob", "give %1; the console's README file names the time, 24 hours after the download")
                        .with(typedAs("--parameters-valid-to"))};
    }
    return *request.parametersValidTo;
}

constexpr std::chrono::hours parametersLive{24};  ///< KMS Developer Guide, importing key material, step 2
constexpr std::chrono::minutes clocksDiffer{15};  ///< that a clock may be behind without being remarkable

/// Nothing that KMS gave a moment ago is good for longer, so either this time or this machine's clock is wrong.
bool isTooFarAhead(TimePoint validTo, TimePoint now) {
    return validTo > now + parametersLive + clocksDiffer;
}

/// Throws InvalidInput for a time that a person gave; what KMS's own reply says is a finding instead (see finish()).
void checkGivenValidTo(const HandedParameters& parameters, TimePoint validTo, TimePoint now) {
    if (!parameters.validTo && isTooFarAhead(validTo, now)) {
        throw Error{
            ErrorKind::InvalidInput, typedAs("--parameters-valid-to %1").with(toRfc3339(validTo)),
            KC_TEXT("WrapJob", "it is more than 24 hours ahead of now, %1; no import token is good for longer")
                .with(toRfc3339(now)),
            KC_TEXT("WrapJob",
                    "give the time of the download plus 24 hours, and check this machine's clock if that is what was given")};
    }
}

/// Throws Refused when the hand-over and the command line name different keys; an ARN and its key ID are the same key.
std::optional<std::string> kmsKeyId(const HandedParameters& parameters, const WrapRequest& request) {
    if (!request.kmsKeyId) {
        return parameters.keyId;
    }
    const std::string named = kms::KeyIdentifier::parse(*request.kmsKeyId).str();
    const auto bare = [](const std::string& id) {
        const auto arn = kms::KeyArn::parse(id);
        return arn ? std::string{arn->keyId()} : id;
    };
    if (parameters.keyId && bare(*parameters.keyId) != bare(named)) {
        throw Error{ErrorKind::Refused, KC_TEXT("WrapJob", "KMS key %1").with(named),
                    KC_TEXT("WrapJob", "the parameters for import were given for another key, %1").with(*parameters.keyId),
                    KC_TEXT("WrapJob", "use the parameters of this key, or leave %1 out").with(typedAs("--key-id"))};
    }
    return named;
}

/// For people who look for the files; the command names them without a folder, since they are carried elsewhere.
fs::path inFull(const fs::path& path) {
    return fs::absolute(path.empty() ? fs::path{"."} : path).lexically_normal();
}

WrapRequest withFolderInFull(WrapRequest request) {
    request.outputFolder = inFull(request.outputFolder);
    return request;
}

WrappingWish wishFor(const WrapRequest& request, wrapping::WrappingKeySpec keySpec) {
    return {.algorithm = request.algorithm,
            .keySpec = keySpec,
            .allowSha1 = request.allowSha1,
            .pinnedWrappingKey = request.pinnedWrappingKey,
            .wrappingKeyOnToken = request.wrappingKeyOnToken};
}

/// Throws Refused when KMS would not take such a key wrapped in this way: the parameters were fetched for something else.
wrapping::WrappingPublicKey wrappingKeyFor(const WrapRequest& request, const HandedParameters& parameters) {
    auto key = wrapping::WrappingPublicKey::fromDer(
        parameters.publicKey, KC_TEXT("WrapJob", "file %1, public key").with(parameters.publicKeyFile.string()));
    if (auto rule = whyRefused(request.keySpec, {request.algorithm, key.spec()})) {
        const wrapping::WrappingChoice best = wrapping::strongestChoice(request.keySpec);
        throw Error{ErrorKind::Refused,
                    KC_TEXT("WrapJob", "wrapping for %1").with(nameOf(wrapping::keySpecNames, request.keySpec)), *std::move(rule),
                    KC_TEXT("WrapJob",
                            "have the parameters fetched for a pair that KMS takes, such as %1 and %2, and name that "
                            "algorithm here")
                        .with(nameOf(wrapping::wrappingAlgorithmNames, best.algorithm))
                        .with(nameOf(wrapping::wrappingKeySpecNames, best.keySpec))};
    }
    return key;
}

/// Wraps one key for somebody else to import: no network, everything by hand-over.
class WrapJob final : public Job {
public:
    WrapJob(WrapRequest request, RunContext context);

    [[nodiscard]] Json result() const override;
    [[nodiscard]] std::optional<LeftBehind> leftBehind() const override { return whatExistsNow(ImportFacts{}, m_key, m_written); }
    [[nodiscard]] std::vector<FailureDetail> accountOfFailure() const override { return m_route.throwAwayKeys(); }

private:
    void checkBeforeAnything() const;
    [[nodiscard]] std::vector<Step> steps();
    void describeParameters(Details& details) const;
    [[nodiscard]] std::optional<Question> review(const Answer* answer) const;
    void checkWrappingKeyOnToken(Details& details);
    void wrap(Details& details);
    void write(Details& details);
    void finish(Details& details);

    [[nodiscard]] fs::path blobFile() const { return m_request.outputFolder / "EncryptedKeyMaterial.bin"; }
    /// In JSON the token is Base64; the AWS CLI wants it as a file of its own.
    [[nodiscard]] fs::path tokenFile() const {
        return m_parameters.fromOneReply ? m_request.outputFolder / "ImportToken.bin" : inFull(m_parameters.importTokenFile);
    }
    [[nodiscard]] std::string command() const;

    WrapRequest m_request;
    HandedParameters m_parameters;
    wrapping::WrappingPublicKey m_wrappingKey;
    TimePoint m_parametersValidTo;
    std::optional<std::string> m_kmsKeyId;
    TokenAccess m_token;
    KeyOnToken m_key;
    WrappingRoute m_route;
    TimePoint m_wrappedAt;
    std::optional<TimePoint> m_validTo;
    std::optional<wrapping::EncryptedKeyMaterial> m_material;
    std::optional<WrittenForImport> m_written;
    Findings m_findings;
};

WrapJob::WrapJob(WrapRequest request, RunContext runContext)
    : Job{std::move(runContext)},
      m_request{withFolderInFull(std::move(request))},
      m_parameters{readParameters(m_request, context().stop)},
      m_wrappingKey{wrappingKeyFor(m_request, m_parameters)},
      m_parametersValidTo{parametersValidTo(m_parameters, m_request)},
      m_kmsKeyId{kmsKeyId(m_parameters, m_request)},
      m_token{m_request.token},
      m_key{m_token, m_request.key, m_request.keySpec, needFor(wishFor(m_request, m_wrappingKey.spec()))},
      m_route{m_request.keySpec,
              wishFor(m_request, m_wrappingKey.spec()),
              {.token = [this]() -> pkcs11::Token& { return m_token.token(); },
               .bareOaepOnly = [this] { return m_key.exists() && m_key.description().wrapWithTrusted == true; },
               .qualificationFolder = m_request.qualificationFolder},
              context()} {
    checkBeforeAnything();
    setSteps(steps());
}

void WrapJob::checkBeforeAnything() const {
    checkWrappingKey(m_wrappingKey, m_wrappingKey.spec(), m_request.pinnedWrappingKey);
    checkParametersUsable(m_parametersValidTo, context().clock());
    checkGivenValidTo(m_parameters, m_parametersValidTo, context().clock());
    static_cast<void>(m_request.expiry.validTo(context().clock()));
    checkFolderTakesFiles(m_request.outputFolder);
    checkNotThere(blobFile());
    if (m_parameters.fromOneReply) {
        checkNotThere(tokenFile());
    }
}

std::vector<Step> WrapJob::steps() {
    const auto step = [this](const char* id, Text title, void (WrapJob::*run)(Details&)) {
        return makeStep(id, std::move(title), [this, run](Details& details) { (this->*run)(details); });
    };
    std::vector<Step> list;
    list.push_back(makeStep("handover.read", KC_TEXT("WrapJob", "read wrapping key and import token"),
                            [this](Details& details) { describeParameters(details); }));
    list.push_back(m_token.openStep());
    list.push_back(m_token.logInStep());
    list.push_back(m_key.lookStep());
    if (m_request.wrappingKeyOnToken) {
        list.push_back(step("token.wrapping-key", KC_TEXT("WrapJob", "compare the wrapping key on the token with the file"),
                            &WrapJob::checkWrappingKeyOnToken));
    }
    list.push_back(m_route.qualificationStep());
    list.push_back(Step{"review", KC_TEXT("WrapJob", "agree to the whole"),
                        [this](const Answer* answer, Details&) { return review(answer); }});
    if (m_key.generates()) {
        list.push_back(m_key.generateStep([this] { return usualUsage(m_request.keySpec); }));
    }
    list.push_back(step("token.wrap", KC_TEXT("WrapJob", "wrap the key on the token"), &WrapJob::wrap));
    list.push_back(step("handover.write", KC_TEXT("WrapJob", "write the files for the import"), &WrapJob::write));
    list.push_back(m_key.residueStep());
    list.push_back(
        makeClosingStep("done", KC_TEXT("WrapJob", "retain the token key"), [this](Details& details) { finish(details); }));
    return list;
}

void WrapJob::describeParameters(Details& details) const {
    append(details, describeForPerson(m_wrappingKey));
    details.push_back({KC_TEXT("WrapJob", "import token, SHA-256"), Fingerprint::of(m_parameters.importToken).hex()});
    details.push_back({KC_TEXT("WrapJob", "usable until"), toRfc3339(m_parametersValidTo)});
}

std::optional<Question> WrapJob::review(const Answer* answer) const {
    if (answer != nullptr) {
        return std::nullopt;
    }
    const pkcs11::TokenDescription token = m_token.token().description();
    Question question{
        "wrap.review",
        QuestionKind::Confirmation,
        KC_TEXT("WrapJob", "the wrap, as shown for review"),
        KC_TEXT("WrapJob",
                "the key is wrapped on the token as follows; compare the wrapping key with the sheet of the station "
                "that fetched it. Go on?"),
        {{KC_TEXT("WrapJob", "token"), KC_TEXT("WrapJob", "%1, serial number %2").with(token.label).with(token.serial.str())},
         {KC_TEXT("WrapJob", "kind of token"), kindInWords(token)}}};
    append(question.details, m_key.forReview());
    question.details.push_back(
        {KC_TEXT("WrapJob", "KMS key"), m_kmsKeyId ? verbatim(*m_kmsKeyId) : KC_TEXT("WrapJob", "(not named)")});
    describeParameters(question.details);
    append(question.details, m_route.forReview());
    append(question.details, describeExpiry(m_request.expiry.validTo(context().clock()), context().clock()));
    append(question.details, describeCountingFromWrap(m_request.expiry));
    return question;
}

void WrapJob::checkWrappingKeyOnToken(Details& details) {
    m_token.token().checkWrappingKeyOnToken(m_wrappingKey.rsa(), *m_request.wrappingKeyOnToken);
    details.push_back({KC_TEXT("WrapJob", "wrapping key on the token"), KC_TEXT("WrapJob", "the same as in the file")});
}

void WrapJob::wrap(Details& details) {
    m_wrappedAt = context().clock();
    checkParametersUsable(m_parametersValidTo, m_wrappedAt);
    m_validTo = m_request.expiry.validTo(m_wrappedAt);
    m_material = wrapping::wrapOnToken(m_token.token(), m_key.key(), m_route.plan(), m_wrappingKey, m_request.wrappingKeyOnToken);
    details.push_back({KC_TEXT("WrapJob", "wrapped key, bytes"), std::to_string(m_material->blob.size())});
}

/// Both files or none.
void WrapJob::write(Details& details) {
    const Fingerprint blob = writeNewFile(blobFile(), m_material->blob);
    try {
        if (m_parameters.fromOneReply) {
            writeNewFile(tokenFile(), m_parameters.importToken);
        }
    } catch (...) {
        std::error_code ignored;
        fs::remove(blobFile(), ignored);
        throw;
    }
    m_written = WrittenForImport{.files = {blobFile()}, .command = command()};
    if (m_parameters.fromOneReply) {
        m_written->files.push_back(tokenFile());
    }
    details.push_back({KC_TEXT("WrapJob", "written"), blobFile().string()});
    details.push_back({KC_TEXT("WrapJob", "its SHA-256"), blob.hex()});
    details.push_back({KC_TEXT("WrapJob", "import with"), command()});
}

std::string WrapJob::command() const {
    return awsImportCommand({.keyId = m_kmsKeyId.value_or("KEY-ID"),
                             .encryptedKeyMaterial = blobFile().filename(),
                             .importToken = tokenFile().filename(),
                             .validTo = m_validTo});
}

void WrapJob::finish(Details& details) {
    append(m_findings, m_key.findings());
    append(m_findings, m_route.findings());
    append(m_findings, m_material->findings);
    if (!m_parameters.fromOneReply) {
        m_findings.push_back(
            {.level = FindingLevel::Note,
             .what = KC_TEXT("WrapJob",
                             "nothing here shows that wrapping key and import token came from one call; if they did not, KMS "
                             "answers the import with InvalidCiphertextException or InvalidImportTokenException"),
             .remedy = KC_TEXT("WrapJob", "compare both SHA-256 values with the station that fetched the files")});
    }
    if (isTooFarAhead(m_parametersValidTo, m_wrappedAt)) {
        m_findings.push_back(
            {.level = FindingLevel::Warning,
             .what =
                 KC_TEXT("WrapJob",
                         "by this machine's clock the import token is good for more than 24 hours, which none is: the clock is "
                         "behind, or the file was not given by KMS"),
             .remedy = KC_TEXT("WrapJob", "set the clock; with a period, the expiry was counted from it")});
    }
    if (tokenFile().filename().string().find('$') != std::string::npos) {
        m_findings.push_back(
            {.level = FindingLevel::Warning,
             .what = KC_TEXT("WrapJob",
                             "the import token's file has a $ in its name, which the AWS CLI takes for the name of a variable"),
             .remedy = KC_TEXT("WrapJob", "rename the file, and name it so in the command")});
    }
    if (!m_kmsKeyId) {
        m_findings.push_back(
            {.level = FindingLevel::Note,
             .what = KC_TEXT("WrapJob", "the files do not name the KMS key; the command says KEY-ID in its place"),
             .remedy =
                 KC_TEXT("WrapJob", "put the ID of the KMS key that wrapping key and import token were fetched for there")});
    }
    details.push_back({KC_TEXT("WrapJob", "token key"), KC_TEXT("WrapJob", "retained")});
}

Json WrapJob::result() const {
    return {{"wrappedAt", toRfc3339(m_wrappedAt)},
            {"token", kindOf(m_token.token().description())},
            {"tokenDetails", toJson(m_token.token())},
            {"module", toJson(m_token.token().module().description())},
            {"key", m_key.toJson()},
            {"kmsKeyId", orNull(m_kmsKeyId)},
            {"wrapping", wrappingResult(m_route, m_wrappingKey, *m_material)},
            {"qualification", m_route.qualificationJson()},
            {"parameters",
             {{"publicKeySha256", m_wrappingKey.fingerprint().hex()},
              {"importTokenSha256", Fingerprint::of(m_parameters.importToken).hex()},
              {"fromOneReply", m_parameters.fromOneReply},
              {"validTo", toRfc3339Milliseconds(m_parametersValidTo)}}},
            {"expirationModel", m_validTo ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE"},
            {"validTo", orNull(m_validTo)},
            {"periodCountsFrom", m_request.expiry.isPeriod() ? Json("wrappedAt") : Json(nullptr)},
            {"encryptedKeyMaterialFile", blobFile().string()},
            {"importTokenFile", tokenFile().string()},
            {"command", command()},
            {"residue", m_key.residue()},
            {"tokenKey", "retained"},
            {"findings", toJson(m_findings)}};
}

}  // namespace

std::unique_ptr<Job> makeWrapJob(WrapRequest request, RunContext context) {
    return std::make_unique<WrapJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
