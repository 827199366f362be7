#include "kmsclient/simulator/journal_file.h"

#include "core/error.h"
#include "core/files.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using kms::simulator::JournalFile;

using Lines = std::vector<std::string>;

class JournalFileTest : public testing::Test {
protected:
    Lines read(std::uint64_t* dropped = nullptr) const {
        Lines lines;
        const JournalFile file{m_path, [&lines](std::string_view line) { lines.emplace_back(line); }};
        if (dropped != nullptr) {
            *dropped = file.droppedBytes();
        }
        return lines;
    }
    std::string content() const { return std::string{asText(readFile(m_path, 1U << 20U))}; }
    void overwrite(const std::string& text) const { std::ofstream{m_path, std::ios::binary | std::ios::trunc} << text; }
    /// A file of three lines.
    void fill() const {
        JournalFile::replace(m_path, {"head"});
        JournalFile file{m_path, [](std::string_view) {}};
        ASSERT_TRUE(file.append("one"));
        ASSERT_TRUE(file.append("two"));
    }
    bool isDamaged() const {
        try {
            static_cast<void>(read());
            return false;
        } catch (const Error& error) {
            return error.kind() == ErrorKind::Integrity;
        }
    }

    TemporaryFolder m_folder{"keyconvoy-journal-"};
    std::filesystem::path m_path = m_folder.path() / "journal";
};

TEST_F(JournalFileTest, GivesBackItsLinesInOrder) {
    fill();
    EXPECT_EQ(read(), (Lines{"head", "one", "two"}));
}

TEST_F(JournalFileTest, GoesOnWhereItEnded) {
    fill();
    JournalFile file{m_path, [](std::string_view) {}};
    EXPECT_TRUE(file.append("three"));
    EXPECT_EQ(read(), (Lines{"head", "one", "two", "three"}));
    EXPECT_EQ(file.sizeBytes(), std::filesystem::file_size(m_path));
}

TEST_F(JournalFileTest, DropsWhatASuddenEndLeftOfTheLastLine) {
    fill();
    const std::string whole = content();
    const std::size_t lastLine = whole.rfind('\n', whole.size() - 2) + 1;
    for (std::size_t size = lastLine + 1; size < whole.size(); ++size) {
        overwrite(whole.substr(0, size));
        std::uint64_t dropped = 0;
        EXPECT_EQ(read(&dropped), (Lines{"head", "one"})) << size;
        EXPECT_EQ(dropped, size - lastLine);
        EXPECT_EQ(content(), whole.substr(0, lastLine));
    }
}

TEST_F(JournalFileTest, DropsALastLineWhoseMiddleNeverReachedTheDisk) {
    fill();
    std::string spoilt = content();
    spoilt[spoilt.size() - 3] = '\0';
    overwrite(spoilt);
    EXPECT_EQ(read(), (Lines{"head", "one"}));
}

TEST_F(JournalFileTest, GoesOnAfterWhatWasDropped) {
    fill();
    overwrite(content().substr(0, content().size() - 2));
    JournalFile file{m_path, [](std::string_view) {}};
    EXPECT_TRUE(file.append("other"));
    EXPECT_EQ(read(), (Lines{"head", "one", "other"}));
}

TEST_F(JournalFileTest, SaysWhenALineWasChanged) {
    fill();
    const std::string whole = content();
    const std::size_t lastLine = whole.rfind('\n', whole.size() - 2) + 1;
    for (std::size_t i = 0; i + 1 < lastLine; ++i) {
        std::string spoilt = whole;
        spoilt[i] = spoilt[i] == 'x' ? 'y' : 'x';
        overwrite(spoilt);
        EXPECT_TRUE(isDamaged()) << i;
    }
}

TEST_F(JournalFileTest, SaysWhenALineIsMissingOrInAnotherPlace) {
    fill();
    std::istringstream stream{content()};
    Lines lines;
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line + "\n");
    }
    for (const std::string& text : {lines[0] + lines[2] + lines[1], lines[1] + lines[2], lines[1] + lines[0] + lines[2],
                                    lines[0] + lines[2] + lines[2], std::string{}, std::string{"head"}, std::string{"\n"}}) {
        overwrite(text);
        EXPECT_TRUE(isDamaged()) << text;
    }
}

TEST_F(JournalFileTest, LeavesTheOldFileWhenItCannotBeReplaced) {
    fill();
    const std::string before = content();
    std::filesystem::create_directory(m_path.string() + ".new");
    EXPECT_THROW(JournalFile::replace(m_path, {"other"}), Error);
    EXPECT_EQ(content(), before);
}

}  // namespace

}  // namespace keyconvoy::tests
