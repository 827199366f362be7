#include "app/inventory/expiry_job.h"

#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

using std::chrono::days;

constexpr days usualLead{60};
constexpr int longestLead = 365;

days leadFrom(const ParsedOptions& options) {
    std::optional<std::string> text = options.value(option::lead);
    if (!text) {
        return usualLead;
    }
    const std::string_view number{text->ends_with('d') ? std::string_view{*text}.substr(0, text->size() - 1)
                                                       : std::string_view{*text}};
    int lead = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), lead);
    if (error != std::errc{} || end != number.data() + number.size() || lead < 1 || lead > longestLead) {
        throwBadOption(option::lead, KC_TEXT("CommandLine", "\"%1\" is no number of days from 1 to 365").with(*text),
                       KC_TEXT("CommandLine", "give days, such as 60d"));
    }
    return days{lead};
}

std::string accountOfEnds(const Json& result) {
    std::string text;
    for (const Json& end : result.at("ends")) {
        const Json& aliases = end.at("aliases");
        text +=
            end.at("end").get<std::string>() + "  in " + std::to_string(end.at("daysLeft").get<std::int64_t>()) +
            " days; call the ceremony by " + end.at("ceremonyBy").get<std::string>() +
            (end.at("ceremonyOverdue") == true ? " (OVERDUE: call it now)" : "") + "\n    " +
            (aliases.empty() ? "" : aliases.front().get<std::string>() + "  ") + end.at("keyArn").get<std::string>() +
            "\n    material " +
            (end.at("keyMaterialId").is_string() ? end.at("keyMaterialId").get<std::string>() : std::string{"(one for life)"}) +
            "\n";
    }
    if (text.empty()) {
        text = "nothing that KMS holds ends\n";
    }
    for (const Json& file : result.at("files")) {
        text += "written: " + file.get<std::string>() + "\n";
    }
    for (const Json& one : result.at("unread")) {
        text += "could not be read: " +
                wrapped(one.at("where").get<std::string>() + ": " + one.at("error").value("cause", ""), 2, accountWidth) + "\n";
    }
    return text;
}

ExitCode runExpiry(const ParsedOptions& options, Console& console) {
    app::ExpiryRequest request{.stations = kmsStationsFrom(options),
                               .lead = leadFrom(options),
                               .calendarFile = pathFrom(options, option::calendarFile),
                               .alarmFile = pathFrom(options, option::alarmFile)};
    return runJob(options, console, &app::makeExpiryJob, std::move(request),
                  {.verdict = &verdictOnUnread, .account = &accountOfEnds});
}

}  // namespace

Command expiryCommand() {
    return {.words = "expiry",
            .summary = "what ends when, and by when a ceremony must be called",
            .description =
                "Lists every end of imported material that KMS holds, the earliest first, over all profiles and Regions that are "
                "named, "
                "with the day by which a ceremony must be called (--lead before). Writes an iCalendar file and CloudWatch alarms "
                "where "
                "asked; with --json each end has its alarm as an AWS CLI command too.",
            .example = "keyconvoy expiry --region eu-central-1 --lead 60d --calendar key-material.ics --alarms alarms.json",
            .options = Options{&option::lead, &option::calendarFile, &option::alarmFile} + severalKmsOptions() + outputOptions(),
            .run = &runExpiry};
}

}  // namespace keyconvoy::cli
