#include "tests/app/inventory_support.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

app::Answer answerTo(const app::Question& question, const Operator& person) {
    app::Answer answer{question.id, question.id != person.sayNoTo, {}};
    if (question.kind == app::QuestionKind::UserPin) {
        answer.secret = pinOf(person.pin);
    } else if (question.kind == app::QuestionKind::SecurityOfficerPin) {
        answer.secret = pinOf(person.officer);
    }
    return answer;
}

}  // namespace

app::RunContext Operator::context() {
    prepareProcess();
    app::RunContext context;
    context.observe = [this](const app::StepEvent& event) { seen.push_back(event); };
    context.progress = [this](const Text& text) { progress.push_back(toEnglish(text)); };
    return context;
}

Json Operator::run(app::Job& job) {
    std::optional<app::Question> question = job.advance();
    while (question) {
        asked.push_back(*question);
        const app::Answer answer = answerTo(*question, *this);
        question = job.advance(&answer);
    }
    return job.result();
}

Json Operator::run(const std::unique_ptr<app::Job>& job) {
    return run(*job);
}

bool Operator::wasAsked(const std::string& id) const {
    return std::ranges::find(asked, id, &app::Question::id) != asked.end();
}

std::string Operator::textOf(const std::string& id) const {
    const auto question = std::ranges::find(asked, id, &app::Question::id);
    if (question == asked.end()) {
        return {};
    }
    std::string text = toEnglish(question->text);
    for (const app::Detail& detail : question->details) {
        text += "\n" + toEnglish(detail.name) + ": " + toEnglish(detail.value);
    }
    return text;
}

Failure failureOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.failure();
    }
    ADD_FAILURE() << "no error was thrown";
    return {};
}

app::TokenStation stationOf(const TestToken& token) {
    return {token.profile(), token.selector()};
}

std::string findingsOf(const Json& result) {
    std::string text;
    for (const Json& finding : result.at("findings")) {
        text += finding.at("level").get<std::string>() + ": " + finding.at("what").get<std::string>() + "\n";
    }
    return text;
}

}  // namespace keyconvoy::tests
