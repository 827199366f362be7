#pragma once

#include "app/ceremony/import_job.h"
#include "app/rehearsal/fresh_tokens.h"
#include "app/rehearsal/rehearsal_room.h"

#include <filesystem>
#include <functional>
#include <memory>

/// What the rehearsals share: the very jobs of the commands, run to their end as steps of a rehearsal.
namespace keyconvoy::app {

/// Says where it takes place, for who must clear up after a rehearsal that was killed; adds what else is known of the room.
void introduce(const RehearsalRoom& room, const RunContext& context, Details& details);
/// An import's request with what all of a rehearsal have in common.
[[nodiscard]] ImportRequest importRequestIn(const RehearsalRoom& room, const FreshToken& token);
/// What a rehearsal answers to a job's questions: the PIN made for the token, and yes.
[[nodiscard]] Answer answerOfRehearsal(const Question& question, const FreshToken& token);
/// The context of a job within a job: its steps become progress of the outer one's step.
[[nodiscard]] RunContext contextWithin(const RunContext& outer);
/// Runs it to its end, answering everything; `backup` for what asks for a second token.
Json runToEnd(Job& job, const FreshToken& token, const FreshToken* backup = nullptr);
/// keyconvoy-rehearsal-20270617T120000Z.json in the current folder.
[[nodiscard]] std::filesystem::path usualResultFile(TimePoint now);

}  // namespace keyconvoy::app
