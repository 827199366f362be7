#include "app/inventory/expiry_job.h"

#include "app/inventory/expiry_calendar.h"
#include "core/files.h"
#include "core/text.h"
#include "kmsclient/key_arn.h"

#include <nlohmann/json.hpp>
#include <set>

namespace keyconvoy::app {

namespace {

class ExpiryJob final : public Job {
public:
    ExpiryJob(ExpiryRequest request, RunContext runContext)
        : Job{std::move(runContext)}, m_request{std::move(request)}, m_reading{m_request.stations, context()} {
        for (const auto& file : {m_request.calendarFile, m_request.alarmFile}) {
            if (file) {
                checkCanBeMade(*file);
            }
        }
        std::vector<Step> steps = m_reading.steps();
        steps.push_back(
            makeStep("expiry", KC_TEXT("ExpiryJob", "work out what ends when"), [this](Details& details) { gather(details); }));
        setSteps(std::move(steps));
    }

    [[nodiscard]] Json result() const override { return m_result; }

private:
    void gather(Details& details) {
        const TimePoint now = context().clock();
        const std::vector<MaterialEnd> ends = endsOf(m_reading.keys(), m_request.lead);
        Json list = Json::array();
        for (const MaterialEnd& end : ends) {
            list.push_back(toJson(end, m_request.lead, now));
        }
        m_result = {{"leadDays", m_request.lead.count()},
                    {"ends", std::move(list)},
                    {"unread", m_reading.unreadToJson()},
                    {"files", Json::array()}};
        if (m_request.alarmFile) {
            checkOfOneStack(ends);
        }
        write(m_request.calendarFile, iCalendar(ends, now));
        write(m_request.alarmFile, alarmTemplate(ends, m_request.lead).dump(2) + "\n");
        details.push_back({KC_TEXT("ExpiryJob", "ends"), std::to_string(ends.size())});
    }

    /// A stack makes its alarms in one account and Region, where alone the metric of a key is.
    void checkOfOneStack(const std::vector<MaterialEnd>& ends) const {
        std::set<std::string> places;
        for (const MaterialEnd& end : ends) {
            if (const auto arn = kms::KeyArn::parse(end.keyArn)) {
                places.insert(std::string{arn->account()} + ", " + std::string{arn->region()});
            }
        }
        if (places.size() > 1) {
            std::vector<Text> names;
            names.reserve(places.size());
            for (const std::string& name : places) {
                names.push_back(verbatim(name));
            }
            throw Error{ErrorKind::InvalidInput, verbatim(m_request.alarmFile->string()),
                        KC_TEXT("ExpiryJob",
                                "the keys are of several accounts or Regions (%1), and a CloudFormation stack makes "
                                "alarms in one of them only")
                            .with(joinedBySemicolons(std::move(names))),
                        KC_TEXT("ExpiryJob", "write one template for each: name one profile and one Region at a time")};
        }
    }

    void write(const std::optional<std::filesystem::path>& file, const std::string& content) {
        if (file) {
            writeNewFile(*file, asBytes(content));
            m_result["files"].push_back(file->string());
        }
    }

    ExpiryRequest m_request;
    KmsKeysReading m_reading;
    Json m_result;
};

}  // namespace

std::unique_ptr<Job> makeExpiryJob(ExpiryRequest request, RunContext context) {
    return std::make_unique<ExpiryJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
