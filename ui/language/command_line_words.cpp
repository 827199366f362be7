#include "ui/language/command_line_words.h"

#include "ui/widgets/parts.h"

#include <algorithm>
#include <array>
#include <QCoreApplication>

namespace keyconvoy::ui {

namespace {

constexpr const char* context = "CommandLineWords";

struct Place {
    PageText page{};
    PageText step{};  ///< of the import
};

/// One thing that is typed, and what the window has for it: a field or heading at a place, a whole page, or words of its own.
/// With none of these the window has nothing for it, and says where it is typed.
struct Row {
    const char* spelling;
    PageText field{};
    Place place{};
    PageText choice{};            ///< what is chosen in the field
    const char* arguments = "";   ///< the spelling's own placeholders, said behind the field
    const char* words = nullptr;  ///< in the context of this file
};

constexpr PageText importPage{"keyconvoy::ui::MainWindow", "Import a key"};
constexpr Place keyStep{importPage, {"keyconvoy::ui::ImportPage", "Key"}};
constexpr Place kmsKeyStep{importPage, {"keyconvoy::ui::ImportPage", "KMS key"}};
constexpr Place wrappingStep{importPage, {"keyconvoy::ui::ImportPage", "Wrapping"}};
constexpr Place stationPage{{"keyconvoy::ui::MainWindow", "Station"}, {}};
constexpr Place tokensPage{{"keyconvoy::ui::MainWindow", "Tokens"}, {}};
constexpr Place startPage{{"keyconvoy::ui::MainWindow", "Start"}, {}};

constexpr PageText keyUsage{"keyconvoy::ui::KeyPart", "Key &usage"};
constexpr PageText newLabel{"keyconvoy::ui::KeyPart", "Lab&el"};
constexpr PageText existingKey{"keyconvoy::ui::KeyPart", "Label or &URI of the key"};
constexpr PageText kmsKeyId{"keyconvoy::ui::KmsKeyPart", "&ARN or key ID"};
constexpr PageText wrappingAlgorithm{"keyconvoy::ui::WrappingPart", "Wrapping algorithm"};
constexpr PageText wrappingKeySpec{"keyconvoy::ui::WrappingPart", "&Wrapping key spec"};
constexpr PageText sha1Reason{"keyconvoy::ui::WrappingPart", "&Reason to allow SHA-1"};
constexpr PageText check{"keyconvoy::ui::WrappingPart", "C&heck after the import"};
constexpr PageText onlyWorks{"keyconvoy::ui::WrappingPart", "Only that the KMS key works"};
constexpr PageText module{"keyconvoy::ui::StationForm", "&Module"};
constexpr PageText moduleInit{"keyconvoy::ui::StationForm", "Initia&lisation"};
constexpr PageText token{"keyconvoy::ui::StationForm", "T&oken"};
constexpr PageText awsProfile{"keyconvoy::ui::StationForm", "AWS &profile"};
constexpr PageText region{"keyconvoy::ui::StationForm", "Re&gion"};
constexpr PageText endpoint{"keyconvoy::ui::StationForm", "En&dpoint"};
constexpr PageText caBundle{"keyconvoy::ui::StationForm", "&CA bundle"};
constexpr PageText checkStation{"keyconvoy::ui::CheckCard", "Check this station"};
constexpr PageText keys{"keyconvoy::ui::TokensPage", "Keys"};
constexpr PageText canWrap{"keyconvoy::ui::TokensPage", "What it can wrap"};
constexpr PageText rehearse{"keyconvoy::ui::StartPage", "Rehearse"};

constexpr auto rows = std::to_array<Row>({
    {.spelling = "--key", .field = existingKey, .place = keyStep},
    {.spelling = "--key '%1'", .field = existingKey, .place = keyStep, .arguments = "%1"},
    {.spelling = "--label", .field = newLabel, .place = keyStep},
    {.spelling = "--key-usage", .field = keyUsage, .place = keyStep},
    {.spelling = "--key-id", .field = kmsKeyId, .place = kmsKeyStep},
    {.spelling = "--wrapping-algorithm", .field = wrappingAlgorithm, .place = wrappingStep},
    {.spelling = "--wrapping-key-spec", .field = wrappingKeySpec, .place = wrappingStep},
    {.spelling = "--allow-sha1", .field = sha1Reason, .place = wrappingStep},
    {.spelling = "--allow-sha1 REASON", .field = sha1Reason, .place = wrappingStep},
    {.spelling = "--check works", .field = check, .place = wrappingStep, .choice = onlyWorks},
    {.spelling = "keyconvoy import --key-id KEY", .field = kmsKeyId, .place = kmsKeyStep},
    {.spelling = "keyconvoy import --key-id %1", .field = kmsKeyId, .place = kmsKeyStep, .arguments = "%1"},

    {.spelling = "--module", .field = module, .place = stationPage},
    {.spelling = "--module-init", .field = moduleInit, .place = stationPage},
    {.spelling = "--token", .field = token, .place = stationPage},
    {.spelling = "--profile", .field = awsProfile, .place = stationPage},
    {.spelling = "the name after --profile", .field = awsProfile, .place = stationPage},
    {.spelling = "--region", .field = region, .place = stationPage},
    {.spelling = "--region %1", .field = region, .place = stationPage, .arguments = "%1"},
    {.spelling = "--region eu-central-1", .field = region, .place = stationPage, .arguments = "eu-central-1"},
    {.spelling = "--endpoint-url", .field = endpoint, .place = stationPage},
    {.spelling = "--ca-bundle", .field = caBundle, .place = stationPage},
    {.spelling = "keyconvoy doctor", .field = checkStation, .place = stationPage},

    {.spelling = "keyconvoy key list", .field = keys, .place = tokensPage},
    {.spelling = "keyconvoy token list", .place = tokensPage},
    {.spelling = "'token list'", .place = tokensPage},
    {.spelling = "keyconvoy key show", .field = keys, .place = tokensPage},
    {.spelling = "keyconvoy token qualify", .field = canWrap, .place = tokensPage},
    {.spelling = "keyconvoy token qualify --again", .field = canWrap, .place = tokensPage},
    {.spelling = "keyconvoy token qualify --key-spec %1 --wrapping-algorithm %2 --wrapping-key-spec %3, for the same token",
     .field = canWrap,
     .place = tokensPage,
     .arguments = "%1, %2, %3"},
    {.spelling = "`keyconvoy token qualify`", .field = canWrap, .place = tokensPage},
    {.spelling = "--rehearsal", .field = rehearse, .place = startPage},

    {.spelling = "give a time with its offset from UTC (2027-06-17T12:00:00+02:00), a period of days and hours "
                 "(P364D, PT12H or P364DT12H), or never",
     .words =
         QT_TRANSLATE_NOOP("CommandLineWords", "choose a number of days, a day and time that lie ahead, or that it never ends")},
    {.spelling = "repeat the command", .words = QT_TRANSLATE_NOOP("CommandLineWords", "try again")},
    {.spelling = "The same command again", .words = QT_TRANSLATE_NOOP("CommandLineWords", "An import from the beginning")},

    {.spelling = "only the check is left",
     .words = QT_TRANSLATE_NOOP("CommandLineWords", "only the check is left, which “Check again” makes")},

    {.spelling = "keyconvoy check"},
    {.spelling = "keyconvoy policy"},
    {.spelling = "keyconvoy plan new"},
    {.spelling = "keyconvoy plan check"},
    {.spelling = "keyconvoy token trust"},
    {.spelling = "--wrapping-key"},
    {.spelling = "--wrapping-key in keyconvoy wrap"},
    {.spelling = "options --wrapping-public-key and --import-token"},
    {.spelling = "--parameters-valid-to"},
    {.spelling = "--parameters-valid-to %1"},
    {.spelling = "--require-amazon-roots"},
    {.spelling = "`keyconvoy key backup --to TOKEN-URI`"},
    {.spelling = "--to"},
    {.spelling = "--accept-loss"},
    {.spelling = "--accept-loss REASON"},
    {.spelling = "--confirm"},
    {.spelling = "--key-material-id"},
    {.spelling = "keyconvoy reimport --key-id %1"},
    {.spelling = "keyconvoy replicate --key-id %1"},
    {.spelling = "keyconvoy kms create --multi-region"},
    {.spelling = "keyconvoy kms show"},
    {.spelling = "keyconvoy kms show --key-id %1"},
    {.spelling = "keyconvoy rotate --key-id %1 --key LABEL"},
    {.spelling = "keyconvoy delete-material --key-id %1 --key-material-id %2"},
    {.spelling = "--replica-region"},
    {.spelling = "--sheet"},
});

QString ownWords(const char* english) {
    return QCoreApplication::translate(context, english);
}

QString named(const PageText& text) {
    const QString label = withoutMnemonic(QCoreApplication::translate(text.context, text.english));
    return ownWords(QT_TRANSLATE_NOOP("CommandLineWords", "“%1”")).arg(label);
}

QString inWords(const Place& place) {
    return place.step.english == nullptr
               ? ownWords(QT_TRANSLATE_NOOP("CommandLineWords", "page %1")).arg(named(place.page))
               : ownWords(QT_TRANSLATE_NOOP("CommandLineWords", "page %1, step %2")).arg(named(place.page), named(place.step));
}

QString inWords(const Row& row) {
    if (row.words != nullptr) {
        return ownWords(row.words);
    }
    if (row.place.page.english == nullptr) {
        return ownWords(QT_TRANSLATE_NOOP("CommandLineWords", "%1 (in a terminal)")).arg(QString::fromUtf8(row.spelling));
    }
    if (row.field.english == nullptr) {
        return ownWords(QT_TRANSLATE_NOOP("CommandLineWords", "the page %1")).arg(named(row.place.page));
    }
    const QString value = row.choice.english == nullptr ? QString::fromUtf8(row.arguments) : named(row.choice);
    return value.isEmpty() ? QStringLiteral("%1 (%2)").arg(named(row.field), inWords(row.place))
                           : QStringLiteral("%1: %2 (%3)").arg(named(row.field), value, inWords(row.place));
}

}  // namespace

std::optional<QString> windowWordsFor(std::string_view spelling) {
    const auto row = std::ranges::find(rows, spelling, [](const Row& each) { return std::string_view{each.spelling}; });
    return row == rows.end() ? std::nullopt : std::optional{inWords(*row)};
}

std::vector<std::string_view> spellingsWithWords() {
    std::vector<std::string_view> spellings;
    spellings.reserve(rows.size());
    for (const Row& row : rows) {
        spellings.emplace_back(row.spelling);
    }
    return spellings;
}

std::vector<PageText> pageTextsReliedOn() {
    std::vector<PageText> texts;
    for (const Row& row : rows) {
        for (const PageText& text : {row.field, row.choice, row.place.page, row.place.step}) {
            if (text.english != nullptr) {
                texts.push_back(text);
            }
        }
    }
    return texts;
}

}  // namespace keyconvoy::ui
