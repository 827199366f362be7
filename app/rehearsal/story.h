#pragma once

#include "app/ceremony/import_job.h"
#include "app/rehearsal/rehearsal.h"
#include "app/rehearsal/rehearsal_room.h"
#include "app/rehearsal/simulated_time.h"
#include "core/strict_json.h"
#include "kmsclient/kms_client.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// A rehearsal that tells a story: scene by scene on the simulator's clock, by the very jobs of the commands, each scene followed
/// by a look at what it did. The first thing that is not as it must be ends it. Gives {"ok", "mode", "scenario", "story": [{"at",
/// "what"}], …}; the result file has the results of the jobs besides.
class Story : public Job {
public:
    [[nodiscard]] Json result() const override;

protected:
    /// Throws Refused when the result file is there already.
    Story(const char* scenario, RehearsalRequest request, RunContext context);
    /// The scenes with the setting up before and the result file behind them.
    void setScenes(std::vector<Step> scenes);
    /// Software tokens and whatever else this story needs; right after the room is there.
    virtual void setUp(Details& details) = 0;

    [[nodiscard]] RehearsalRoom& room() { return *m_room; }
    [[nodiscard]] KmsStation kms() const;
    /// A client of the story's own, to look and to use the key; empty for the simulator's usual Region.
    [[nodiscard]] kms::KmsClient client(const std::string& region = {}) const;
    [[nodiscard]] TimePoint now() const { return m_time->now(); }
    void advance(std::chrono::days days) { m_time->advance(days); }

    /// Runs a command's job to its end and keeps its result under this name.
    using MakeJob = std::function<std::unique_ptr<Job>(RunContext)>;
    Json play(const char* name, const FreshToken& token, const MakeJob& make, const FreshToken* backup = nullptr);
    /// One sentence of the story, with the simulator's time.
    void tell(const Text& sentence, Details& details);
    /// Throws Integrity when it is not as the story has it.
    static void mustBe(const Text& what, const std::string& expected, const std::string& seen);

    /// RSA_3072, and SHA-1 where the token knows no other.
    [[nodiscard]] static WrappingWish wrappingFor(FreshTokenKind kind);
    /// With the wrapping for its token besides.
    [[nodiscard]] ImportRequest importRequestOn(FreshTokenKind kind) const;

private:
    void prepareRoom(Details& details);
    void writeResult(Details& details);

    std::string m_scenario;
    RehearsalRequest m_request;
    TimePoint m_begun;
    std::filesystem::path m_resultFile;
    std::optional<RehearsalRoom> m_room;
    std::optional<SimulatedTime> m_time;
    double m_seconds = 0;
    std::vector<std::pair<TimePoint, Text>> m_told;
    std::vector<std::pair<std::string, std::string>> m_jobs;  ///< name and result, as JSON
};

/// `rehearse --scenario life`: create, import, expire, import again, second material, rotate, replicate, delete, cancel.
[[nodiscard]] std::unique_ptr<Job> makeLifeStory(RehearsalRequest request, RunContext context);
/// `rehearse --scenario restore`: backup on a second token, the first one destroyed, the same material imported again from the
/// backup under the same KeyMaterialId.
[[nodiscard]] std::unique_ptr<Job> makeRestoreStory(RehearsalRequest request, RunContext context);

}  // namespace keyconvoy::app
