#include "ui/pages/import/result_part.h"

#include "app/ceremony/import_facts.h"
#include "core/files.h"
#include "core/hex.h"
#include "pkcs11/in_words.h"
#include "ui/desk.h"
#include "ui/jobs/task.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/pages/import/token_part.h"
#include "ui/widgets/columns.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/findings_view.h"
#include "ui/widgets/fingerprint_view.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/parts.h"

#include <nlohmann/json.hpp>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStandardPaths>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int nameWidth = 100;                              // beside 64 digits, in the smallest window
constexpr const char* resultSchema = "keyconvoy.import/1";  // as the command line's --json names it

app::Details whatExists(const app::ImportOutcome& outcome) {
    using app::DetailKind;
    app::Details details{{KC_TEXT("ResultPart", "KMS key"), outcome.kmsKey.arn, DetailKind::Identifier},
                         {KC_TEXT("ResultPart", "state"),
                          outcome.kmsKey.keyStateName + ", " + outcome.kmsKey.keySpec + ", " + outcome.kmsKey.keyUsage}};
    if (outcome.keyMaterialId) {
        details.push_back({KC_TEXT("ResultPart", "key material ID"), *outcome.keyMaterialId, DetailKind::Identifier});
    }
    if (const auto& value = outcome.checkValue.value) {
        details.push_back({KC_TEXT("ResultPart", "check value"), toHex(value->value), DetailKind::Identifier});
        details.push_back({KC_TEXT("ResultPart", "how it is made"), pkcs11::inWords(value->method)});
    } else {
        details.push_back({KC_TEXT("ResultPart", "check value"), outcome.checkValue.whyNot});
    }
    details.push_back({KC_TEXT("ResultPart", "token key"), KC_TEXT("ResultPart", "retained on the token: %1 \"%2\"")
                                                               .with(pkcs11::typeInWords(outcome.tokenKey.typeName))
                                                               .with(outcome.tokenKey.label)});
    details.push_back({KC_TEXT("ResultPart", "token"),
                       KC_TEXT("ResultPart", "%1, serial number %2").with(outcome.token.label).with(outcome.token.serial.str())});
    details.push_back({KC_TEXT("ResultPart", "wrapped by"),
                       std::string{nameOf(wrapping::wrappingAlgorithmNames, outcome.wrapping.algorithm)} + ", " +
                           std::string{nameOf(wrapping::wrappingKeySpecNames, outcome.wrapping.keySpec)}});
    details.push_back({KC_TEXT("ResultPart", "on the token"), outcome.recipe});
    append(details, app::describeExpiry(outcome.validTo, outcome.importedAt));
    if (outcome.sheet) {
        details.push_back({KC_TEXT("ResultPart", "material sheet"), outcome.sheet->string(), DetailKind::Identifier});
    }
    return details;
}

}  // namespace

ResultPart::ResultPart(Desk& desk, QWidget* parent)
    : ImportPart{parent},
      m_desk{desk},
      m_headline{makeHeading({}, this)},
      m_mode{makeBadge(this)},
      m_kind{makeBadge(this)},
      m_save{makeButton(tr("&Save the result …"), this)},
      m_saved{makeFlowingText({}, this)},
      m_saveFailure{new FailurePanel{this}},
      m_shown{new QVBoxLayout},
      m_notShown{makeText({}, this)},
      m_details{new DetailsView{this}},
      m_fingerprint{new FingerprintView{tr("wrapping key, SHA-256"), this}},
      m_findings{new FindingsView{this}},
      m_next{makeText({}, this)} {
    m_headline->setObjectName(QStringLiteral("result.headline"));
    m_mode->setObjectName(QStringLiteral("result.mode"));
    m_kind->setObjectName(QStringLiteral("result.token-kind"));
    m_details->setObjectName(QStringLiteral("result.details"));
    m_notShown->setObjectName(QStringLiteral("result.not-shown"));
    m_save->setObjectName(QStringLiteral("result.save"));
    m_saved->setObjectName(QStringLiteral("result.saved"));
    auto* column = new QVBoxLayout{this};
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacing::wide);
    column->addWidget(makeHeadline());
    column->addWidget(m_saveFailure);
    addCard(makeCheckCard());
    m_details->setNameWidth(nameWidth);
    auto* facts = new Card{tr("What exists now"), this};
    facts->content()->addWidget(m_details);
    addCard(facts);
    auto* wrappingKey = new Card{tr("The wrapping key that was used"), this};
    wrappingKey->content()->addWidget(m_fingerprint);
    addCard(wrappingKey);
    auto* findings = new Card{tr("What should be known"), this};
    findings->content()->addWidget(m_findings);
    m_findingsCard = findings;
    addCard(findings);
    m_next->setObjectName(QStringLiteral("result.next"));
    auto* next = new Card{tr("What to do next"), this};
    next->content()->addWidget(m_next);
    addCard(next);
    connect(m_save, &QPushButton::clicked, this, &ResultPart::chooseFile);
}

QWidget* ResultPart::makeHeadline() {
    auto* frame = new QFrame{this};
    setKind(frame, "success");
    auto* column = new QVBoxLayout{frame};
    column->setContentsMargins(spacing::wide, spacing::wide, spacing::wide, spacing::wide);
    column->setSpacing(spacing::normal);
    auto* row = new QHBoxLayout;
    row->setSpacing(spacing::normal);
    row->addWidget(new IconLabel{QStringLiteral("done"), IconLabel::Meaning::Good, 24, frame});
    row->addWidget(m_headline, 1);
    row->addWidget(m_mode);
    row->addWidget(m_kind);
    column->addLayout(row);
    auto* save = new QHBoxLayout;
    save->setSpacing(spacing::normal);
    save->addWidget(m_save);
    save->addWidget(m_saved, 1);
    column->addLayout(save);
    return frame;
}

QWidget* ResultPart::makeCheckCard() {
    auto* both = new Columns{this};
    auto* shown = new Card{tr("What the check shows"), both};
    m_shown->setSpacing(spacing::small);
    shown->content()->addLayout(m_shown);
    shown->content()->addStretch(1);
    auto* notShown = new Card{tr("What it does not show"), both};
    notShown->content()->addWidget(m_notShown);
    notShown->content()->addStretch(1);
    both->add(shown, 1);
    both->add(notShown, 1);
    return both;
}

void ResultPart::addCard(QWidget* card) {
    layout()->addWidget(card);
    m_cards.push_back(card);
}

bool ResultPart::showNextCard() {
    if (m_cardsShown == m_cards.size()) {
        m_save->setFocus(Qt::OtherFocusReason);
        return false;
    }
    QWidget* card = m_cards.at(m_cardsShown++);
    card->setVisible(card != m_findingsCard || m_hasFindings);
    return true;
}

void ResultPart::showOutcome(const app::ImportOutcome& outcome, const Json& result) {
    m_result = std::make_shared<const Json>(result);
    m_fileName = QStringLiteral("keyconvoy-import-%1.json")
                     .arg(toQString(toRfc3339(outcome.importedAt)).remove(QLatin1Char{':'}).remove(QLatin1Char{'-'}));
    m_keyArn = toQString(outcome.kmsKey.arn);
    m_isSaved = false;
    m_cardsShown = 0;
    for (QWidget* card : m_cards) {
        card->hide();
    }
    m_saved->show(QString{});
    m_saveFailure->clear();
    const bool rehearsal = outcome.mode == app::Mode::Rehearsal;
    m_mode->setText(rehearsal ? tr("Rehearsal") : tr("Production"));
    setKind(m_mode, rehearsal ? "badge-rehearsal" : "badge-production");
    showTokenKind(m_kind, outcome.token);
    showCheck(outcome);
    m_details->show(whatExists(outcome));
    m_fingerprint->show(outcome.wrappingKey);
    m_hasFindings = !outcome.findings.empty();
    m_findings->show(outcome.findings);
    showNext(outcome);
}

void ResultPart::showCheck(const app::ImportOutcome& outcome) {
    const QString words = translated(app::inWords(outcome.check->result));
    m_headline->setText(outcome.check->result == app::CheckResult::Works
                            ? tr("The key was imported, but not compared: %1").arg(words)
                            : tr("The key is in KMS: %1").arg(words));
    removeWidgets(m_shown);
    for (const Text& sentence : outcome.check->shown) {
        QLabel* label = makeFlowingText(translatedSentence(sentence), this);
        label->setObjectName(QStringLiteral("result.shown"));
        m_shown->addWidget(label);
    }
    m_notShown->setText(translatedSentence(app::whatItDoesNotShow(outcome.check->result)));
}

void ResultPart::showNext(const app::ImportOutcome& outcome) {
    QStringList next;
    next << tr("Keep the key on the token: KMS needs the same material again after expiry, deletion or loss.");
    next << tr("Make a copy on a second token while you can, for now from a terminal: keyconvoy key backup --help");
    if (outcome.validTo) {
        next << tr("Note the date: import the same material again before %1. At that moment KMS deletes it and the KMS key "
                   "stops working.")
                    .arg(toQString(toRfc3339(*outcome.validTo)));
    }
    next << tr("Save the result, and keep it with your records.");
    m_next->setText(QStringLiteral("•  ") + next.join(QStringLiteral("\n•  ")));
}

void ResultPart::chooseFile() {
    auto* dialog = new QFileDialog{this, tr("Save the result of the import")};
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("result.file"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite);  // nothing is ever overwritten: a name that is taken is refused
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    dialog->setDirectory(QDir{documents}.exists() ? documents : QDir::homePath());
    dialog->setNameFilter(tr("JSON files (*.json)"));
    dialog->selectFile(m_fileName);
    connect(dialog, &QFileDialog::fileSelected, this, &ResultPart::saveTo);
    dialog->open();
}

void ResultPart::saveTo(const QString& path) {
    m_saveFailure->clear();
    runTask<Fingerprint>(
        m_desk.worker(), this,
        [path = std::filesystem::path{toUtf8(path)}, result = m_result] {
            const Json whole{{"schema", resultSchema}, {"ok", true}, {"result", *result}};
            const std::string text = whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
            return writeNewFile(path, asBytes(text));
        },
        [this, path](const Fingerprint& fingerprint) {
            m_isSaved = true;
            m_saved->show(tr("Saved as %1, SHA-256 %2").arg(QDir::toNativeSeparators(path), toQString(fingerprint.hex())));
            Q_EMIT revealWanted(m_saved);
        },
        [this](const Failure& failure) {
            m_saveFailure->show(failure);
            Q_EMIT revealWanted(m_saveFailure);
        });
}

}  // namespace keyconvoy::ui
