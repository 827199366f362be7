#include "app/record/journal.h"
#include "core/files.h"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace keyconvoy::tests {

namespace {

using namespace app;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string contentOf(const std::filesystem::path& file) {
    std::ostringstream content;
    content << std::ifstream{file, std::ios::binary}.rdbuf();
    return content.str();
}

std::vector<std::string> linesOf(const std::string& content) {
    std::vector<std::string> lines;
    std::istringstream stream{content};
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line + "\n");
    }
    return lines;
}

std::optional<Failure> failureOfChain(const std::vector<std::string>& lines) {
    ChainReader chain;
    try {
        for (const std::string& line : lines) {
            static_cast<void>(chain.take(line));
        }
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Integrity);
        return error.failure();
    }
    return std::nullopt;
}

TEST(RecordChain, LinesAreTheOctetsOfTheDesign) {
    RecordLine line{.n = 1,
                    .time = *parseRfc3339("2027-06-17T12:00:00.250Z"),
                    .zone = "+02:00",
                    .monotonic = 1234ms,
                    .mode = Mode::Production,
                    .station = "Site \"A\"",
                    .kind = "ceremony.begins",
                    .body = R"({"b":1,"a":"ü"})",
                    .previous = rootOfRecord(Mode::Production)};
    // printf 'keyconvoy record 1 production\n' | sha256sum
    EXPECT_EQ(rootOfRecord(Mode::Production).hex(), Fingerprint::of(asBytes("keyconvoy record 1 production\n")).hex());
    EXPECT_NE(rootOfRecord(Mode::Production), rootOfRecord(Mode::Rehearsal));
    EXPECT_EQ(toLine(line), R"({"n":1,"time":"2027-06-17T12:00:00.250Z","zone":"+02:00","monotonic":1234,"mode":"production",)"
                            R"("station":"Site \"A\"","kind":"ceremony.begins","body":{"b":1,"a":"ü"},"previous":")" +
                                rootOfRecord(Mode::Production).hex() + "\"}\n");
    ChainReader chain;
    const RecordLine read = chain.take(toLine(line));
    EXPECT_EQ(read.time, line.time);
    EXPECT_EQ(read.station, line.station);
    EXPECT_EQ(read.body, line.body);
    EXPECT_EQ(chain.head(), Fingerprint::of(asBytes(toLine(line))));
}

class JournalTest : public testing::Test {
protected:
    [[nodiscard]] std::filesystem::path file() const { return m_folder.path() / "ceremony.kcrecord.jsonl"; }
    [[nodiscard]] Journal::Place place() const { return {file(), Mode::Rehearsal, "Site A"}; }
    [[nodiscard]] Journal begin() const { return Journal::begin(place(), systemNow); }
    [[nodiscard]] Journal resume() const { return Journal::resume(place(), systemNow); }
    void writeLines(int count) const {
        Journal journal = begin();
        for (int i = 1; i <= count; ++i) {
            journal.append("test", {{"i", i}});
        }
    }
    [[nodiscard]] std::optional<Failure> failureOfResume() const {
        try {
            static_cast<void>(resume());
        } catch (const Error& error) {
            return error.failure();
        }
        return std::nullopt;
    }

private:
    TemporaryFolder m_folder{"keyconvoy-record"};
};

TEST_F(JournalTest, EntriesAreChainedAndOnTheDisk) {
    Journal journal = begin();
    EXPECT_EQ(journal.head(), rootOfRecord(Mode::Rehearsal));
    journal.append("first", {{"i", 1}});
    const Fingerprint head = journal.append("second", Json::object());
    EXPECT_EQ(journal.head(), head);
    const std::vector<std::string> lines = linesOf(contentOf(file()));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(Json::parse(lines[1]).at("previous"), Fingerprint::of(asBytes(lines[0])).hex()) << "as sha256sum has it";
    EXPECT_EQ(head, Fingerprint::of(asBytes(lines[1])));
    EXPECT_FALSE(failureOfChain(lines));
}

TEST_F(JournalTest, EveryChangeIsSeenAtItsLine) {
    writeLines(4);
    const std::vector<std::string> good = linesOf(contentOf(file()));
    ASSERT_FALSE(failureOfChain(good));
    const auto lineOf = [](const std::vector<std::string>& lines) {
        const auto failure = failureOfChain(lines);
        return failure ? toEnglish(failure->place) : std::string{"nothing"};
    };
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::vector<std::string> changed = good;
        changed[at].replace(changed[at].find("\"i\":"), 5, "\"i\":9");
        EXPECT_EQ(lineOf(changed), at + 1 < good.size() ? "record, line " + std::to_string(at + 2) : "nothing")
            << "the head tells the last";
        std::vector<std::string> shorter = good;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(at));
        EXPECT_EQ(lineOf(shorter), at + 1 < good.size() ? "record, line " + std::to_string(at + 1) : "nothing");
        std::vector<std::string> doubled = good;
        doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(at), good[at]);
        EXPECT_EQ(lineOf(doubled), "record, line " + std::to_string(at + 2));
    }
    std::vector<std::string> swapped = good;
    std::swap(swapped[1], swapped[2]);
    EXPECT_EQ(lineOf(swapped), "record, line 2");
}

TEST_F(JournalTest, WhatIsNoLineIsSaid) {
    writeLines(1);
    const std::string good = linesOf(contentOf(file())).front();
    for (const char* line : {"\n", "{}\n", "nonsense\n", "[1]\n", "{\"n\":1}\n", "\xff\n"}) {
        EXPECT_TRUE(failureOfChain({line})) << line;
    }
    EXPECT_TRUE(failureOfChain({good.substr(0, good.size() - 1)})) << "without its line feed";
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"\"n\":1", "\"n\":2"},
                                                          {"\"n\":1", "\"n\":\"1\""},
                                                          {"\"n\":1", "\"n\":1.5"},
                                                          {"\"n\":1", "\"n\":-1"},
                                                          {"\"n\":1", "\"n\":1e99"},
                                                          {"rehearsal", "production"},
                                                          {"rehearsal", "trial"},
                                                          {"\"kind\":\"test\"", "\"kind\":\"test\",\"more\":1"},
                                                          {"\"body\":{", "\"body\":[{"},
                                                          {"\"time\":\"", "\"time\":\"x"}}) {
        std::string changed = good;
        changed.replace(changed.find(from), from.size(), to);
        EXPECT_TRUE(failureOfChain({changed})) << changed;
    }
}

TEST_F(JournalTest, NothingIsEverWrittenOver) {
    writeLines(1);
    const std::string before = contentOf(file());
    EXPECT_THROW(static_cast<void>(begin()), Error);
    EXPECT_EQ(contentOf(file()), before);
}

TEST_F(JournalTest, GoesOnWhereItStopped) {
    writeLines(3);
    std::vector<std::uint64_t> seen;
    Journal journal = Journal::resume(place(), systemNow, [&seen](const RecordLine& line) { seen.push_back(line.n); });
    EXPECT_THAT(seen, ElementsAre(1, 2, 3));
    EXPECT_EQ(journal.lines(), 3U);
    EXPECT_FALSE(journal.tornLine());
    journal.append("later", Json::object());
    EXPECT_FALSE(failureOfChain(linesOf(contentOf(file()))));
}

TEST_F(JournalTest, ATornLineIsTakenAwayAndTold) {
    writeLines(2);
    const std::string whole = contentOf(file());
    for (const std::string& torn : std::vector<std::string>{"{", R"({"n":3,"time":"2027)", std::string(3000, 'x')}) {
        std::ofstream{file(), std::ios::app | std::ios::binary} << torn;
        Journal journal = resume();
        ASSERT_TRUE(journal.tornLine());
        EXPECT_EQ(journal.tornLine()->octets, torn.size());
        EXPECT_EQ(journal.tornLine()->sha256, Fingerprint::of(asBytes(torn)));
        EXPECT_EQ(contentOf(file()), whole);
    }
    Journal journal = resume();
    journal.append("later", Json::object());
    EXPECT_FALSE(failureOfChain(linesOf(contentOf(file()))));
}

TEST_F(JournalTest, ABrokenChainIsNotGoneOnWith) {
    writeLines(3);
    std::string content = contentOf(file());
    content.replace(content.find("\"i\":1"), 5, "\"i\":7");
    std::ofstream{file(), std::ios::binary | std::ios::trunc} << content;
    const auto failure = failureOfResume();
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, ErrorKind::Integrity);
    EXPECT_EQ(toEnglish(failure->place), "record, line 2");
}

TEST_F(JournalTest, BelongsToItsStationAndMode) {
    writeLines(1);
    EXPECT_THROW(static_cast<void>(Journal::resume({file(), Mode::Production, "Site A"}, systemNow)), Error);
    EXPECT_THROW(static_cast<void>(Journal::resume({file(), Mode::Rehearsal, "Site B"}, systemNow)), Error);
    EXPECT_FALSE(failureOfResume());
}

TEST_F(JournalTest, OneProcessHasItAtATime) {
    Journal journal = begin();
    journal.append("test", Json::object());
    const auto failure = failureOfResume();
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure->cause), HasSubstr("another process"));
}

/// In a child, since the limit holds for the whole process.
TEST_F(JournalTest, AFullDiskEndsItAndLeavesWholeLines) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{.rlim_cur = 2000, .rlim_max = 2000};
        setrlimit(RLIMIT_FSIZE, &limit);
        Journal journal = begin();
        int refused = 0;
        for (int i = 0; i < 20; ++i) {
            try {
                journal.append("test", {{"i", i}});
            } catch (const Error& error) {
                refused += error.kind() == ErrorKind::Unavailable ? 1 : 100;
            }
        }
        _exit(refused > 1 && refused < 20 ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    const std::string content = contentOf(file());
    EXPECT_TRUE(content.ends_with('\n'));
    EXPECT_FALSE(failureOfChain(linesOf(content)));
    EXPECT_FALSE(failureOfResume());
}

/// Killed at any moment: what append() gave back to its caller stands.
TEST_F(JournalTest, AKillLosesNothingThatWasTold) {
    for (int round = 0; round < 10; ++round) {
        std::filesystem::remove(file());
        std::array<int, 2> told{};
        ASSERT_EQ(pipe(told.data()), 0);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            Journal journal = begin();
            for (int i = 0;; ++i) {
                const std::string head = journal.append("test", {{"i", i}}).hex() + "\n";
                [[maybe_unused]] const auto count = ::write(told[1], head.data(), head.size());
            }
        }
        ::close(told[1]);
        std::string heads;
        std::array<char, 65> head{};
        for (int i = 0; i <= 3 * round; ++i) {  // so far, then the end
            ASSERT_EQ(::read(told[0], head.data(), head.size()), static_cast<ssize_t>(head.size()));
        }
        kill(child, SIGKILL);
        ASSERT_EQ(waitpid(child, nullptr, 0), child);
        while (::read(told[0], head.data(), head.size()) == static_cast<ssize_t>(head.size())) {
        }
        ::close(told[0]);
        bool found = false;
        Fingerprint last = rootOfRecord(Mode::Rehearsal);
        const Journal journal = Journal::resume(place(), systemNow, [&](const RecordLine& line) {
            last = hashOfLine(toLine(line));
            found |= last.hex() == std::string(head.data(), 64);
        });
        EXPECT_TRUE(found) << "round " << round;
        EXPECT_EQ(last, journal.head());
    }
}

}  // namespace

}  // namespace keyconvoy::tests
