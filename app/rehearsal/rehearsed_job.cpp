#include "app/rehearsal/rehearsed_job.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

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
