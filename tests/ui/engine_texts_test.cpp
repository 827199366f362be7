#include "core/text.h"
#include "ui/language/command_line_words.h"
#include "ui/language/text.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <QFile>
#include <QLocale>
#include <QTranslator>
#include <QXmlStreamReader>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace keyconvoy::tests {
namespace {

namespace fs = std::filesystem;

const fs::path root = KEYCONVOY_SOURCE_FOLDER;

struct CollectedText {
    QString context;
    QString english;
    QString german;
};

/// Every text that can reach the window: the command line's own and the simulator's are not collected.
std::vector<CollectedText> collectedTexts() {
    QFile file{ui::toQString((root / "ui/resources/translations/keyconvoy_de.ts").string())};
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    QXmlStreamReader xml{&file};
    std::vector<CollectedText> texts;
    QString context;
    while (!xml.atEnd()) {
        if (!xml.readNextStartElement()) {
            continue;
        }
        if (xml.name() == QStringLiteral("name")) {
            context = xml.readElementText();
        } else if (xml.name() == QStringLiteral("source")) {
            texts.push_back({context, xml.readElementText(), {}});
        } else if (xml.name() == QStringLiteral("translation") && !texts.empty()) {
            texts.back().german = xml.readElementText(QXmlStreamReader::IncludeChildElements);
        }
    }
    return texts;
}

/// The window's own texts may name a command for a terminal, or the options that it is started with.
bool isOfTheEngine(const CollectedText& text) {
    return !text.context.startsWith(QStringLiteral("keyconvoy::ui::")) && text.context != QStringLiteral("DesktopOptions") &&
           text.context != QStringLiteral("CommandLineWords");
}

bool namesWhatIsTyped(const QString& text) {
    static const std::regex typed{R"((^|[^-\w])--[a-z]|\bkeyconvoy (account|check|doctor|import|key|rehearse|token|wrap)\b)"};
    return std::regex_search(text.toStdString(), typed);
}

std::string contentOf(const fs::path& file) {
    std::ifstream stream{file};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

/// What the engine marks with typedAs(), its literals put together.
std::set<std::string> spellingsInTheEngine() {
    static const std::regex call{R"re(typedAs\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\))re"};
    static const std::regex literal{R"re("((?:[^"\\]|\\.)*)")re"};
    std::set<std::string> spellings;
    for (const char* folder : {"core", "pkcs11", "wrapping", "kmsclient", "app", "ui"}) {
        for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
            if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") {
                continue;
            }
            const std::string content = contentOf(entry.path());
            for (std::sregex_iterator found{content.begin(), content.end(), call}, end; found != end; ++found) {
                const std::string literals = (*found)[1];
                std::string spelling;
                for (std::sregex_iterator part{literals.begin(), literals.end(), literal}; part != end; ++part) {
                    spelling += (*part)[1];
                }
                spellings.insert(spelling);
            }
        }
    }
    return spellings;
}

TEST(TextsOfTheEngine, NameWhatIsTypedThroughTypedAsOnly) {
    const std::vector<CollectedText> texts = collectedTexts();
    ASSERT_GT(texts.size(), 1000U);
    for (const CollectedText& text : texts) {
        if (isOfTheEngine(text)) {
            EXPECT_FALSE(namesWhatIsTyped(text.english)) << text.context.toStdString() << ": " << text.english.toStdString()
                                                         << "\n(say it with typedAs() or shellCommand(), core/text.h, and give "
                                                            "it words in ui/language/command_line_words)";
            EXPECT_FALSE(namesWhatIsTyped(text.german)) << text.context.toStdString() << ": " << text.german.toStdString();
        }
    }
    EXPECT_TRUE(namesWhatIsTyped(QStringLiteral("give --key")));
    EXPECT_TRUE(namesWhatIsTyped(QStringLiteral("run keyconvoy key list")));
    EXPECT_FALSE(namesWhatIsTyped(QStringLiteral("this program, keyconvoy, is one -- of two")));
}

TEST(TextsOfTheEngine, HaveWordsOfTheWindowForAllThatIsTyped) {
    const std::set<std::string> spellings = spellingsInTheEngine();
    EXPECT_GT(spellings.size(), 30U);
    EXPECT_TRUE(spellings.contains("--allow-sha1 REASON"));
    for (const std::string& spelling : spellings) {
        EXPECT_TRUE(ui::windowWordsFor(spelling)) << spelling << " has no row in ui/language/command_line_words.cpp";
    }
    for (const std::string_view spelling : ui::spellingsWithWords()) {
        EXPECT_TRUE(spellings.contains(std::string{spelling})) << "nothing says " << spelling << " any more";
    }
}

TEST(TextsOfTheEngine, NameFieldsAndPagesAsThesePagesDo) {
    QTranslator german;
    ASSERT_TRUE(german.load(QLocale{QStringLiteral("de")}, QStringLiteral("keyconvoy"), QStringLiteral("_"),
                            QStringLiteral(":/translations")));
    EXPECT_TRUE(german.translate("keyconvoy::ui::KeyPart", "no such label").isEmpty());
    for (const ui::PageText& text : ui::pageTextsReliedOn()) {
        EXPECT_FALSE(german.translate(text.context, text.english).isEmpty())
            << text.context << " has no text " << text.english << " any more";
    }
}

TEST(TextsOfTheEngine, AreSpelledAsTypedInEnglishAndByTheWindowInItsOwnWords) {
    const Text remedy = KC_TEXT("Test", "take %1, or run %2; %3")
                            .with(typedAs("--key '%1'").with("pkcs11:object=a"))
                            .with(typedAs("keyconvoy token trust"))
                            .with(shellCommand("aws kms enable-key --key-id %1").with("1234"));
    EXPECT_EQ(toEnglish(remedy), "take --key 'pkcs11:object=a', or run keyconvoy token trust; aws kms enable-key --key-id 1234");
    EXPECT_EQ(
        ui::translated(remedy).toStdString(),
        "take “Label or URI of the key”: pkcs11:object=a (page “Import a key”, step “Key”), or run keyconvoy token trust (in "
        "a terminal); aws kms enable-key --key-id 1234");
    EXPECT_EQ(ui::translated(typedAs("--check works")).toStdString(),
              "“Check after the import”: “Only that the KMS key works” (page “Import a key”, step “Wrapping”)");
    EXPECT_EQ(ui::translated(typedAs("--region")).toStdString(), "“Region” (page “Station”)");
    EXPECT_EQ(ui::translated(typedAs("keyconvoy token list")).toStdString(), "the page “Tokens”");
}

}  // namespace
}  // namespace keyconvoy::tests
