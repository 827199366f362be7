#include "app/rehearsal/rehearsed_job.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

void introduce(const RehearsalRoom& room, const RunContext& context, Details& details) {
    context.progress(KC_TEXT("Rehearsal", "all of it is kept in %1 until it ends").with(room.folder().string()));
    details.push_back({KC_TEXT("Rehearsal", "address"), room.simulator().url()});
    details.push_back({KC_TEXT("Rehearsal", "account"), room.simulator().account()});
}

ImportRequest importRequestIn(const RehearsalRoom& room, const FreshToken& token) {
    ImportRequest request;
    request.token = token.station;
    request.kms = room.kms();
    request.qualificationFolder = room.qualificationFolder();
    request.sheetFolder = room.sheetFolder();
    return request;
}

Answer answerOfRehearsal(const Question& question, const FreshToken& token) {
    Answer answer{question.id, true, {}};
    if (question.kind == QuestionKind::UserPin) {
        answer.secret = SecretBytes::copyOf(asBytes(token.pin));
    }
    return answer;
}

RunContext contextWithin(const RunContext& outer) {
    RunContext inner;
    inner.clock = outer.clock;
    inner.stop = outer.stop;
    inner.progress = outer.progress;
    inner.observe = [progress = outer.progress](const StepEvent& event) {
        if (event.phase == StepPhase::Begins) {
            progress(event.title);
        }
    };
    return inner;
}

Json runToEnd(Job& job, const FreshToken& token, const FreshToken* backup) {
    std::optional<Question> question = job.advance();
    while (question) {
        const bool ofBackup = backup != nullptr && question->id.starts_with("backup-token.");
        const Answer answer = answerOfRehearsal(*question, ofBackup ? *backup : token);
        question = job.advance(&answer);
    }
    return job.result();
}

std::filesystem::path usualResultFile(TimePoint now) {
    std::string time = toRfc3339(now);
    std::erase_if(time, [](char character) { return character == '-' || character == ':'; });
    return std::filesystem::current_path() / ("keyconvoy-rehearsal-" + time + ".json");
}

}  // namespace keyconvoy::app
