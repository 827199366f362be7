#include "app/inventory/expiry_calendar.h"

#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "core/files.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

using std::chrono::days;

constexpr std::size_t width = 100;
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

void write(const ParsedOptions& options, const Option& option, const std::string& content, Json& result) {
    if (const auto file = options.value(option)) {
        writeNewFile(*file, asBytes(content));
        result["files"].push_back(*file);
    }
}

std::string accountOfEnds(const Json& result) {
    std::string text;
    for (const Json& end : result.at("ends")) {
        const Json& aliases = end.at("aliases");
        text +=
            end.at("end").get<std::string>() + "  in " + std::to_string(end.at("daysLeft").get<std::int64_t>()) +
            " days; call the ceremony by " + end.at("ceremonyBy").get<std::string>() + "\n    " +
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
                wrapped(one.at("where").get<std::string>() + ": " + one.at("error").value("cause", ""), 2, width) + "\n";
    }
    return text;
}

/// The listing, with what it means for the calendar.
class ExpiryJob final : public app::Job {
public:
    ExpiryJob(app::ListKmsKeysRequest request, const ParsedOptions& options, app::RunContext runContext)
        : Job{runContext},
          m_options{options},
          m_lead{leadFrom(options)},
          m_list{app::makeListKmsKeysJob(std::move(request), std::move(runContext))} {
        setSteps({app::makeStep("expiry", KC_TEXT("CommandLine", "work out what ends when"),
                                [this](app::Details& details) { gather(details); })});
    }
    [[nodiscard]] Json result() const override { return m_result; }

private:
    void gather(app::Details& details) {
        static_cast<void>(m_list->advance());
        const TimePoint now = context().clock();
        const std::vector<app::MaterialEnd> ends = app::endsOf(m_list->keys(), m_lead);
        Json list = Json::array();
        for (const app::MaterialEnd& end : ends) {
            list.push_back(app::toJson(end, m_lead, now));
        }
        m_result = {{"leadDays", m_lead.count()},
                    {"ends", std::move(list)},
                    {"unread", m_list->result().at("unread")},
                    {"files", Json::array()}};
        write(m_options, option::calendarFile, app::iCalendar(ends, now), m_result);
        write(m_options, option::alarmFile, app::alarmTemplate(ends, m_lead).dump(2) + "\n", m_result);
        details.push_back({KC_TEXT("CommandLine", "ends"), std::to_string(ends.size())});
    }

    const ParsedOptions& m_options;
    days m_lead;
    std::unique_ptr<app::ListKmsKeysJob> m_list;
    Json m_result;
};

ExitCode run(const ParsedOptions& options, Console& console) {
    for (const Option* file : {&option::calendarFile, &option::alarmFile}) {
        if (const auto path = options.value(*file)) {
            checkNotThere(*path);
        }
    }
    const MakeJob make = [&options](app::RunContext context) {
        return std::make_unique<ExpiryJob>(app::ListKmsKeysRequest{kmsStationsFrom(options)}, options, std::move(context));
    };
    return runJob(options, console, make, {.verdict = &verdictOnUnread, .account = &accountOfEnds});
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
            .run = &run};
}

}  // namespace keyconvoy::cli
