#include "app/inventory/expiry_calendar.h"

#include "app/handover/aws_command.h"
#include "app/station/to_json.h"
#include "core/fingerprint.h"
#include "kmsclient/key_arn.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace keyconvoy::app {

namespace {

using namespace std::chrono;

constexpr std::size_t longestLine = 75;  // octets without the line break (RFC 5545, 3.1)

std::string stamp(TimePoint time) {
    std::string text = toRfc3339(floor<seconds>(time));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

/// Backslash, semicolon, comma and line feed are escaped (RFC 5545, 3.3.11).
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\' || c == ';' || c == ',') {
            result += '\\';
        }
        result += c == '\n' ? std::string{"\\n"} : std::string{c};
    }
    return result;
}

/// A content line, folded where it is too long, between characters of UTF-8.
void addLine(std::string& calendar, std::string_view line) {
    const auto isContinuation = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    std::size_t room = longestLine;
    while (line.size() > room) {
        std::size_t cut = room;
        while (cut > 0 && isContinuation(line[cut])) {
            --cut;
        }
        calendar += std::string{line.substr(0, cut)} + "\r\n ";
        line.remove_prefix(cut);
        room = longestLine - 1;
    }
    calendar += std::string{line} + "\r\n";
}

std::string nameOf(const MaterialEnd& end) {
    return end.aliases.empty() ? end.keyArn : end.aliases.front() + " (" + end.keyArn + ")";
}

void addEvent(std::string& calendar, const MaterialEnd& end, const char* what, TimePoint at, const std::string& summary,
              TimePoint now) {
    const std::string about = end.keyArn + end.keyMaterialId.value_or("") + what;
    addLine(calendar, "BEGIN:VEVENT");
    addLine(calendar, "UID:" + Fingerprint::of(asBytes(about)).hex().substr(0, 40) + "@keyconvoy");
    addLine(calendar, "DTSTAMP:" + stamp(now));
    addLine(calendar, "DTSTART:" + stamp(at));
    addLine(calendar, "SUMMARY:" + escaped(summary));
    addLine(calendar,
            "DESCRIPTION:" + escaped("KMS key " + nameOf(end) + ", key material " + end.keyMaterialId.value_or("(one for life)") +
                                     ", ends at " + toRfc3339(end.end) +
                                     ". Import the same material again before: keyconvoy reimport --key-id " + end.keyArn));
    addLine(calendar, "BEGIN:VALARM");
    addLine(calendar, "ACTION:DISPLAY");
    addLine(calendar, "DESCRIPTION:" + escaped(summary));
    addLine(calendar, "TRIGGER:-P1D");
    addLine(calendar, "END:VALARM");
    addLine(calendar, "END:VEVENT");
}

std::string keyIdOf(const std::string& arn) {
    const auto parsed = kms::KeyArn::parse(arn);
    return parsed ? std::string{parsed->keyId()} : arn;
}

std::string regionOf(const std::string& arn) {
    const auto parsed = kms::KeyArn::parse(arn);
    return parsed ? std::string{parsed->region()} : "";
}

std::int64_t secondsOf(days lead) {
    return duration_cast<seconds>(lead).count();
}

}  // namespace

std::vector<MaterialEnd> endsOf(const std::vector<KmsKeyEntry>& keys, days lead) {
    std::vector<MaterialEnd> ends;
    for (const KmsKeyEntry& entry : keys) {
        for (const KmsMaterial& material : entry.materials) {
            if (material.held && material.validTo) {
                ends.push_back({entry.key.arn, entry.aliases, material.id, *material.validTo, *material.validTo - lead});
            }
        }
    }
    std::ranges::sort(ends, {}, [](const MaterialEnd& end) { return std::pair{end.end, end.keyArn}; });
    return ends;
}

std::string iCalendar(const std::vector<MaterialEnd>& ends, TimePoint now) {
    std::string calendar;
    addLine(calendar, "BEGIN:VCALENDAR");
    addLine(calendar, "VERSION:2.0");
    addLine(calendar, "PRODID:-//Keyconvoy//Expiry of imported key material//EN");
    for (const MaterialEnd& end : ends) {
        const std::string name = end.aliases.empty() ? keyIdOf(end.keyArn) : end.aliases.front();
        const bool overdue = end.ceremonyBy < now;  // an event in the past reminds nobody
        addEvent(calendar, end, "ceremony", overdue ? now : end.ceremonyBy,
                 (overdue ? "OVERDUE: call the ceremony to import key material again: "
                          : "Call the ceremony to import key material again: ") +
                     name,
                 now);
        addEvent(calendar, end, "end", end.end, "Key material ends, the KMS key stops working: " + name, now);
    }
    addLine(calendar, "END:VCALENDAR");
    return calendar;
}

std::string alarmCommand(const MaterialEnd& end, days lead) {
    const std::string keyId = keyIdOf(end.keyArn);
    return "aws cloudwatch put-metric-alarm --alarm-name " + shellQuoted("key material of " + keyId + " ends") +
           " --namespace AWS/KMS --metric-name SecondsUntilKeyMaterialExpiration --dimensions Name=KeyId,Value=" + keyId +
           " --statistic Minimum --unit Seconds --period 3600 --evaluation-periods 1 --comparison-operator LessThanThreshold "
           "--threshold " +
           std::to_string(secondsOf(lead)) + " --treat-missing-data breaching --region " + regionOf(end.keyArn);
}

Json alarmTemplate(const std::vector<MaterialEnd>& ends, days lead) {
    Json resources = Json::object();
    std::set<std::string> done;  // the metric is of a key, not of each of its materials
    for (const MaterialEnd& end : ends) {
        const std::string keyId = keyIdOf(end.keyArn);
        if (!done.insert(keyId).second) {
            continue;
        }
        std::string name = "KeyMaterial" + keyId;
        std::erase_if(name, [](char c) { return c == '-'; });
        resources[name] = {{"Type", "AWS::CloudWatch::Alarm"},
                           {"Properties",
                            {{"AlarmName", "key material of " + keyId + " ends"},
                             {"AlarmDescription", "Import the same material again before " + toRfc3339(end.end)},
                             {"Namespace", "AWS/KMS"},
                             {"MetricName", "SecondsUntilKeyMaterialExpiration"},
                             {"Dimensions", Json::array({{{"Name", "KeyId"}, {"Value", keyId}}})},
                             {"Statistic", "Minimum"},
                             {"Unit", "Seconds"},
                             {"Period", 3600},
                             {"EvaluationPeriods", 1},
                             {"ComparisonOperator", "LessThanThreshold"},
                             {"Threshold", secondsOf(lead)},
                             {"TreatMissingData", "breaching"}}}};
    }
    return {{"AWSTemplateFormatVersion", "2010-09-09"},
            {"Description", "Alarms before imported key material ends"},
            {"Resources", std::move(resources)}};
}

Json toJson(const MaterialEnd& end, days lead, TimePoint now) {
    return {{"keyArn", end.keyArn},
            {"aliases", end.aliases},
            {"keyMaterialId", orNull(end.keyMaterialId)},
            {"end", toRfc3339(end.end)},
            {"ceremonyBy", toRfc3339(end.ceremonyBy)},
            {"ceremonyOverdue", end.ceremonyBy < now},
            {"daysLeft", floor<days>(end.end - now).count()},
            {"alarmCommand", alarmCommand(end, lead)}};
}

}  // namespace keyconvoy::app
