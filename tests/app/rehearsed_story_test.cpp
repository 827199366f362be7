#include "app/rehearsal/rehearsal.h"
#include "core/files.h"
#include "tests/app/inventory_support.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using ::testing::HasSubstr;

class RehearsedStory : public ::testing::Test {
protected:
    void SetUp() override { ::setenv("TMPDIR", m_temporary.c_str(), 1); }
    void TearDown() override { ::unsetenv("TMPDIR"); }

    Json rehearse(app::Scenario scenario) {
        return m_person.run(app::makeRehearsalJob({KEYCONVOY_SIMULATOR, resultFile(), scenario}, m_person.context()));
    }
    [[nodiscard]] std::filesystem::path resultFile() const { return m_folder.path() / "result.json"; }
    /// The story's sentences in their order, each with a part of what it must say.
    static void expectStory(const Json& result, const std::vector<std::string>& parts) {
        ASSERT_EQ(result["story"].size(), parts.size()) << result.dump(2);
        TimePoint before{};
        for (std::size_t i = 0; i < parts.size(); ++i) {
            EXPECT_THAT(result["story"][i]["what"].get<std::string>(), HasSubstr(parts[i]));
            const TimePoint at = parseRfc3339(result["story"][i]["at"].get<std::string>()).value();
            EXPECT_GE(at, before);
            before = at;
        }
    }

    TemporaryFolder m_folder{"keyconvoy-story-test-"};
    std::filesystem::path m_temporary = [this] {
        std::filesystem::create_directory(m_folder.path() / "tmp");
        return m_folder.path() / "tmp";
    }();
    Operator m_person;
};

TEST_F(RehearsedStory, LifeGoesFromCreationToTheCancelledDeletion) {
    const Json result = rehearse(app::Scenario::Life);
    EXPECT_EQ(result["ok"], true);
    EXPECT_TRUE(m_person.asked.empty());
    expectStory(result, {"(PendingImport)", "imported for 30 days", "31 days passed", "imported again for 364 days",
                         "a second material", "rotated it in", "a replica was made in eu-west-1", "(PendingReplicaDeletion)",
                         "(PendingDeletion)", "cancelled in time"});
    const Json file = parseStrictJson(asText(readFile(resultFile(), 10U << 20U)), KC_TEXT("Test", "result"));
    EXPECT_EQ(file["schema"], "keyconvoy.rehearsal.1");
    EXPECT_EQ(file["scenario"], "life");
    std::vector<std::string> jobs;
    for (const Json& job : file["jobs"]) {
        jobs.push_back(job["job"].get<std::string>());
    }
    EXPECT_THAT(jobs, ::testing::ElementsAre("kms create", "import", "reimport", "rotate", "replicate"));
    EXPECT_TRUE(std::filesystem::is_empty(m_temporary));
}

TEST_F(RehearsedStory, RestoreBringsTheSameMaterialBackFromTheBackup) {
    const Json result = rehearse(app::Scenario::Restore);
    expectStory(result, {"generated on the first token", "a copy was made on the backup token", "the first token was destroyed",
                         "31 days passed", "the same material"});
    const Json file = parseStrictJson(asText(readFile(resultFile(), 10U << 20U)), KC_TEXT("Test", "result"));
    const Json& first = file["jobs"][0]["result"];
    const Json& restored = file["jobs"][2]["result"];
    EXPECT_EQ(file["jobs"][2]["job"], "reimport");
    EXPECT_EQ(restored["kms"]["keyMaterialId"], first["kms"]["keyMaterialId"]);
    EXPECT_EQ(restored["kms"]["keyArn"], first["kms"]["keyArn"]);
    EXPECT_NE(restored["tokenDetails"]["serial"], first["tokenDetails"]["serial"]);
    EXPECT_TRUE(std::filesystem::is_empty(m_temporary));
}

TEST_F(RehearsedStory, StoppedMidwayItLeavesNothing) {
    std::stop_source stop;
    app::RunContext context = m_person.context();
    context.stop = stop.get_token();
    context.progress = [&](const Text& text) {
        if (toEnglish(text).find("wrap the key") != std::string::npos) {
            stop.request_stop();
        }
    };
    const Failure failure = failureOf([&] {
        m_person.run(app::makeRehearsalJob({KEYCONVOY_SIMULATOR, resultFile(), app::Scenario::Restore}, context));
    });
    EXPECT_EQ(failure.kind, ErrorKind::Cancelled);
    EXPECT_THAT(toEnglish(failure.remedy), ::testing::Not(HasSubstr("What this run left")));
    EXPECT_FALSE(std::filesystem::exists(resultFile()));
    EXPECT_TRUE(std::filesystem::is_empty(m_temporary));
}

}  // namespace
}  // namespace keyconvoy::tests
