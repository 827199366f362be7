#include "app/rehearsal/story.h"

#include "app/rehearsal/rehearsed_job.h"
#include "core/files.h"

#include <iterator>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

constexpr const char* schemaOfStories = "keyconvoy.rehearsal.1";

}  // namespace

Story::Story(const char* scenario, RehearsalRequest request, RunContext runContext)
    : Job{std::move(runContext)},
      m_scenario{scenario},
      m_request{std::move(request)},
      m_begun{context().clock()},
      m_resultFile{std::filesystem::absolute(m_request.resultFile.value_or(usualResultFile(m_begun)))} {
    checkCanBeMade(m_resultFile);
}

void Story::setScenes(std::vector<Step> scenes) {
    std::vector<Step> steps;
    steps.push_back(makeStep("rehearsal.room", KC_TEXT("Story", "start the KMS simulator and make fresh tokens"),
                             [this](Details& details) { prepareRoom(details); }));
    steps.insert(steps.end(), std::make_move_iterator(scenes.begin()), std::make_move_iterator(scenes.end()));
    steps.push_back(
        makeStep("rehearsal.result", KC_TEXT("Story", "write the result"), [this](Details& details) { writeResult(details); }));
    setSteps(std::move(steps));
}

void Story::prepareRoom(Details& details) {
    m_room.emplace(m_request.simulator, context().stop, ControlInterface::Open);
    m_time.emplace(m_room->simulator().controlUrl(), context().clock);
    introduce(*m_room, context(), details);
    setUp(details);
}

KmsStation Story::kms() const {
    return m_room->kms();
}

kms::KmsClient Story::client(const std::string& region) const {
    kms::ClientOptions options = m_room->kms().client;
    if (!region.empty()) {
        options.region = region;
    }
    return kms::KmsClient{options, m_time->clock()};
}

/// What a stopped job left is gone with the rehearsal's tokens and simulator.
Json Story::play(const char* name, const FreshToken& token, const MakeJob& make, const FreshToken* backup) {
    RunContext inner = contextWithin(context());
    inner.clock = m_time->clock();
    try {
        const std::unique_ptr<Job> job = make(std::move(inner));
        Json result = runToEnd(*job, token, backup);
        m_jobs.emplace_back(name, result.dump());
        return result;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::Cancelled) {
            throw;
        }
        throw Error{ErrorKind::Cancelled, KC_TEXT("Rehearsal", "the rehearsal"), error.failure().cause, {}};
    }
}

void Story::tell(const Text& sentence, Details& details) {
    m_told.emplace_back(now(), sentence);
    details.push_back({verbatim(toRfc3339(now())), sentence});
}

void Story::mustBe(const Text& what, const std::string& expected, const std::string& seen) {
    if (expected != seen) {
        throw Error{ErrorKind::Integrity, what, KC_TEXT("Story", "it must be %1, but is %2").with(expected).with(seen),
                    KC_TEXT("Story", "report this as a defect")};
    }
}

WrappingWish Story::wrappingFor(FreshTokenKind kind) {
    WrappingWish wish;
    wish.keySpec = wrapping::WrappingKeySpec::Rsa3072;
    if (kind == FreshTokenKind::SoftHsm) {
        wish.allowSha1 = Sha1Permission{"rehearsal on a token that knows SHA-1 only"};
    }
    return wish;
}

ImportRequest Story::importRequestOn(FreshTokenKind kind) const {
    ImportRequest request = importRequestIn(*m_room, m_room->tokens().at(kind));
    request.wrapping = wrappingFor(kind);
    return request;
}

Json Story::result() const {
    Json story = Json::array();
    for (const auto& [at, sentence] : m_told) {
        story.push_back({{"at", toRfc3339(at)}, {"what", toEnglish(sentence)}});
    }
    return {{"ok", true},
            {"mode", toString(Mode::Rehearsal)},
            {"scenario", m_scenario},
            {"tokens", "software, made for this rehearsal and gone with it"},
            {"seconds", m_seconds},
            {"story", std::move(story)},
            {"resultFile", m_resultFile.string()}};
}

void Story::writeResult(Details& details) {
    m_seconds = std::chrono::duration<double>(context().clock() - m_begun).count();
    Json complete = {{"schema", schemaOfStories}, {"startedAt", toRfc3339Milliseconds(m_begun)}};
    complete.update(result());
    Json jobs = Json::array();
    for (const auto& [name, text] : m_jobs) {
        jobs.push_back({{"job", name}, {"result", Json::parse(text)}});
    }
    complete["jobs"] = std::move(jobs);
    const std::string text = complete.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    writeNewFile(m_resultFile, asBytes(text));
    details.push_back({KC_TEXT("Story", "result"), m_resultFile.string()});
}

}  // namespace keyconvoy::app
