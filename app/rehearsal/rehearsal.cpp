#include "app/rehearsal/rehearsal.h"

#include "app/ceremony/import_job.h"
#include "app/rehearsal/rehearsal_plan.h"
#include "app/rehearsal/rehearsed_job.h"
#include "app/rehearsal/story.h"
#include "app/station/to_json.h"
#include "core/files.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* schema = "keyconvoy.rehearsal.1";
constexpr const char* expiryOfAll = "P30D";

std::string nameOfSpec(const RehearsedKey& key) {
    return std::string{nameOf(wrapping::keySpecNames, key.keySpec)};
}

std::string nameOfAlgorithm(const RehearsedKey& key) {
    return key.wrapping.algorithm ? std::string{nameOf(wrapping::wrappingAlgorithmNames, *key.wrapping.algorithm)} : "strongest";
}

class RehearsalJob final : public Job {
public:
    RehearsalJob(RehearsalRequest request, RunContext context)
        : Job{std::move(context)},
          m_request{std::move(request)},
          m_begun{this->context().clock()},
          m_resultFile{fs::absolute(m_request.resultFile.value_or(usualResultFile(m_begun)))},
          m_keys{rehearsedKeys()} {
        checkCanBeMade(m_resultFile);
        setSteps(steps());
    }

    [[nodiscard]] Json result() const override {
        return {{"ok", m_failed == 0},
                {"mode", toString(Mode::Rehearsal)},
                {"tokens", "software, made for this rehearsal and gone with it"},
                {"seconds", m_seconds},
                {"keys", m_account},
                {"leftOut", m_leftOut},
                {"resultFile", m_resultFile.string()}};
    }

private:
    [[nodiscard]] std::vector<Step> steps() {
        std::vector<Step> list;
        list.push_back(makeStep("rehearsal.room", KC_TEXT("Rehearsal", "start the KMS simulator and make fresh tokens"),
                                [this](Details& details) { prepareRoom(details); }));
        for (const RehearsedKey& key : m_keys) {
            list.push_back(makeStep(
                "rehearsal.key",
                key.expectation == Expectation::Imported
                    ? KC_TEXT("Rehearsal", "%1 on %2").with(nameOfSpec(key)).with(toString(key.token))
                    : KC_TEXT("Rehearsal", "%1 on %2, which must be refused").with(nameOfSpec(key)).with(toString(key.token)),
                [this, &key](Details& details) { rehearse(key, details); }));
        }
        list.push_back(makeStep("rehearsal.result", KC_TEXT("Rehearsal", "write the result"),
                                [this](Details& details) { writeResult(details); }));
        return list;
    }

    void prepareRoom(Details& details) {
        m_room.emplace(m_request.simulator, context().stop);
        introduce(*m_room, context(), details);
        for (const auto& [kind, token] : m_room->tokens()) {
            details.push_back({KC_TEXT("Rehearsal", "token"), std::string{toString(kind)}});
        }
        for (const auto& [kind, missing] : m_room->leftOut()) {
            m_leftOut.push_back({{"token", toString(kind)}, {"reason", toEnglish(missing)}});
            details.push_back({KC_TEXT("Rehearsal", "left out: %1").with(toString(kind)), missing});
        }
    }

    void rehearse(const RehearsedKey& key, Details& details) {
        const auto token = m_room->tokens().find(key.token);
        Json row = {{"token", toString(key.token)},
                    {"keySpec", nameOfSpec(key)},
                    {"wrappingAlgorithm", nameOfAlgorithm(key)},
                    {"wrappingKeySpec", nameOf(wrapping::wrappingKeySpecNames, key.wrapping.keySpec)}};
        if (token == m_room->tokens().end()) {
            row["outcome"] = "left-out";
            finish(key, std::move(row), nullptr, details);
            return;
        }
        const TimePoint begun = context().clock();
        Json import;
        try {
            import = runImport(key, token->second);
            row["outcome"] = "imported-and-checked";
            row["check"] = import.at("check").at("result");
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::Cancelled) {  // a stop ends the rehearsal; any other failure is this row's
                // What the import left is gone with the rehearsal's tokens and simulator.
                throw Error{ErrorKind::Cancelled, KC_TEXT("Rehearsal", "the rehearsal"), error.failure().cause, {}};
            }
            noteFailure(key, error, row);
            import = {{ "error", toJson(error.failure()) }};
        }
        row["seconds"] = seconds(begun);
        finish(key, std::move(row), std::move(import), details);
    }

    void noteFailure(const RehearsedKey& key, const Error& error, Json& row) {
        const bool expected = key.expectation == Expectation::RefusedByOldSoftHsm && error.kind() == ErrorKind::Refused;
        m_failed += expected ? 0 : 1;
        row["outcome"] = expected ? "refused-as-expected" : "failed";
        row["reason"] = toEnglish(error.failure().cause);
        row["details"] = toJson(error.failure()).at("details");
        if (!expected) {
            row["whatToDo"] = toEnglish(error.failure().remedy);
        }
    }

    void finish(const RehearsedKey& key, Json row, Json import, Details& details) {
        details.push_back({KC_TEXT("Rehearsal", "%1 on %2").with(nameOfSpec(key)).with(toString(key.token)),
                           row["outcome"].get<std::string>()});
        m_account.push_back(row);
        row["import"] = std::move(import);
        m_complete.push_back(std::move(row));
    }

    /// The very job that `keyconvoy import` runs.
    [[nodiscard]] Json runImport(const RehearsedKey& key, const FreshToken& token) {
        const std::unique_ptr<Job> job = makeImportJob(requestFor(key, token), contextWithin(context()));
        return runToEnd(*job, token);
    }

    [[nodiscard]] ImportRequest requestFor(const RehearsedKey& key, const FreshToken& token) const {
        ImportRequest request = importRequestIn(*m_room, token);
        request.keySpec = key.keySpec;
        request.key.generateWithLabel = pkcs11::ObjectLabel{"rehearsal " + nameOfSpec(key)};
        request.kmsKey.descriptionForNew = "Keyconvoy rehearsal";
        request.wrapping = key.wrapping;
        request.expiry = Expiry::parse(expiryOfAll);
        return request;
    }

    [[nodiscard]] double seconds(TimePoint since) const {
        return std::chrono::duration<double>(context().clock() - since).count();
    }

    void writeResult(Details& details) {
        m_seconds = seconds(m_begun);
        Json file = result();
        file["keys"] = m_complete;
        Json complete = {{"schema", schema}, {"startedAt", toRfc3339Milliseconds(m_begun)}};
        complete.update(file);
        const SimulatorProcess& simulator = m_room->simulator();
        complete["simulator"] = {
            {"program", simulator.program().string()}, {"url", simulator.url()}, {"account", simulator.account()}};
        const std::string text = complete.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
        writeNewFile(m_resultFile, asBytes(text));
        details.push_back({KC_TEXT("Rehearsal", "result"), m_resultFile.string()});
    }

    RehearsalRequest m_request;
    TimePoint m_begun;
    fs::path m_resultFile;
    std::vector<RehearsedKey> m_keys;  // complete before the steps are made, since these refer to its elements
    std::optional<RehearsalRoom> m_room;
    int m_failed = 0;
    double m_seconds = 0;
    Json m_account = Json::array();
    Json m_complete = Json::array();
    Json m_leftOut = Json::array();
};

}  // namespace

std::unique_ptr<Job> makeRehearsalJob(RehearsalRequest request, RunContext context) {
    switch (request.scenario) {
        case Scenario::MainJob: return std::make_unique<RehearsalJob>(std::move(request), std::move(context));
        case Scenario::Life: return makeLifeStory(std::move(request), std::move(context));
        case Scenario::Restore: return makeRestoreStory(std::move(request), std::move(context));
    }
    return nullptr;
}

}  // namespace keyconvoy::app
