#include "ui/pages/import/wrapping_part.h"

#include "app/ceremony/checks.h"
#include "app/ceremony/wrapping_route.h"
#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/pages/import/words.h"
#include "ui/widgets/columns.h"
#include "ui/widgets/form.h"
#include "ui/widgets/parts.h"

#include <QComboBox>
#include <QLineEdit>
#include <QRadioButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

using namespace wrapping;

namespace {

constexpr int noteIndent = 28;

QString meaningOf(WrappingAlgorithm algorithm) {
    switch (algorithm) {
        case WrappingAlgorithm::RsaesOaepSha256: return WrappingPart::tr("the key itself, by RSA-OAEP with SHA-256");
        case WrappingAlgorithm::RsaesOaepSha1: return WrappingPart::tr("the key itself, by RSA-OAEP with SHA-1");
        case WrappingAlgorithm::RsaAesKeyWrapSha256:
            return WrappingPart::tr("under a fresh AES-256 key, and that key by RSA-OAEP with SHA-256");
        case WrappingAlgorithm::RsaAesKeyWrapSha1:
            return WrappingPart::tr("under a fresh AES-256 key, and that key by RSA-OAEP with SHA-1");
    }
    return {};
}

QWidget* inColumn(std::initializer_list<QWidget*> cards) {
    auto* column = new QWidget;
    auto* layout = new QVBoxLayout{column};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::wide);
    for (QWidget* card : cards) {
        layout->addWidget(card);
    }
    return column;
}

void addWithNote(QVBoxLayout* column, QRadioButton* choice, QLabel* note) {
    auto* both = new QVBoxLayout;
    both->setSpacing(0);
    note->setIndent(noteIndent);
    both->addWidget(choice);
    both->addWidget(note);
    column->addLayout(both);
}

}  // namespace

WrappingPart::WrappingPart(Desk& desk, QWidget* parent)
    : ImportPart{parent},
      m_desk{desk},
      m_strongest{makeRadio(tr("The &strongest that this token qualifies for"), "import.strongest", this)},
      m_keySpec{makeChoice("import.wrapping-key-spec", this)},
      m_strength{makeText({}, this)},
      m_sha1Hint{makeText({}, this)},
      m_sha1Reason{makeEdit("import.sha1-reason", this)},
      m_check{makeChoice("import.check", this)} {
    auto* outer = new QVBoxLayout{this};
    outer->setContentsMargins(0, 0, 0, 0);
    auto* columns = new Columns{this};
    outer->addWidget(columns);
    columns->add(inColumn({makeAlgorithmCard(), makeCheckCard()}), 1);
    columns->add(inColumn({makeStrengthCard(), makeSha1Card()}), 1);
    m_strongest->setChecked(true);
    connect(m_keySpec, &QComboBox::currentIndexChanged, this, &WrappingPart::showRules);
    showRules();
}

QWidget* WrappingPart::makeAlgorithmCard() {
    auto* card = new Card{tr("Wrapping algorithm"), this};
    QVBoxLayout* column = card->content();
    column->setSpacing(spacing::small);
    QLabel* note =
        makeCaption(tr("Found out by trying it with throw-away keys on the token, where nothing is known yet. SHA-256 "
                       "before SHA-1, and SHA-1 only with a reason."));
    addWithNote(column, m_strongest, note);
    for (const auto& [algorithm, name] : wrappingAlgorithmNames) {
        addNamed(algorithm, column);
    }
    return card;
}

void WrappingPart::addNamed(WrappingAlgorithm algorithm, QVBoxLayout* column) {
    const QString name = toQString(nameOf(wrappingAlgorithmNames, algorithm));
    auto* radio = makeRadio(name, "", this);
    radio->setObjectName(QStringLiteral("import.algorithm.") + name);
    QLabel* note = makeCaption({}, this);
    note->setObjectName(QStringLiteral("import.algorithm-note.") + name);
    addWithNote(column, radio, note);
    m_named.push_back({algorithm, radio, note});
}

QWidget* WrappingPart::makeStrengthCard() {
    auto* card = new Card{tr("Wrapping key"), this};
    for (const auto& [spec, name] : wrappingKeySpecNames) {
        m_keySpec->addItem(tr("%1 — %2 bits of strength").arg(toQString(name)).arg(strengthBits(spec)), static_cast<int>(spec));
    }
    m_keySpec->setCurrentIndex(m_keySpec->findData(static_cast<int>(WrappingKeySpec::Rsa4096)));
    addField(card->content(), tr("&Wrapping key spec"), m_keySpec);
    m_strength->setObjectName(QStringLiteral("import.wrapping-strength"));
    card->content()->addWidget(m_strength);
    return card;
}

QWidget* WrappingPart::makeSha1Card() {
    auto* card = new Card{tr("SHA-1 in OAEP"), this};
    m_sha1Hint->setObjectName(QStringLiteral("import.sha1-hint"));
    card->content()->addWidget(m_sha1Hint);
    addField(card->content(), tr("&Reason to allow SHA-1"), m_sha1Reason,
             tr("Empty: SHA-1 is not used. The reason is kept in the result."));
    return card;
}

QWidget* WrappingPart::makeCheckCard() {
    auto* card = new Card{tr("Check"), this};
    m_check->addItem(tr("The strongest that KMS allows"), static_cast<int>(app::CheckWish::Strongest));
    m_check->addItem(tr("Only that the KMS key works"), static_cast<int>(app::CheckWish::WorksOnly));
    addField(card->content(), tr("C&heck after the import"), m_check, tr("What it shows, and what not, stands in the result."));
    return card;
}

WrappingKeySpec WrappingPart::wrappingKeySpec() const {
    return static_cast<WrappingKeySpec>(m_keySpec->currentData().toInt());
}

void WrappingPart::showRules() {
    for (const NamedChoice& named : m_named) {
        const auto refusal = whyRefused(m_for, {named.algorithm, wrappingKeySpec()});
        named.radio->setEnabled(!refusal);
        named.note->setText(refusal ? tr("Not possible: %1.").arg(translated(*refusal)) : meaningOf(named.algorithm));
        named.radio->setAccessibleDescription(named.note->text());
        if (refusal && named.radio->isChecked()) {
            m_strongest->setChecked(true);
        }
    }
    const int wrap = strengthBits(wrappingKeySpec());
    const int key = strengthBits(m_for);
    const QString bits = tr("Wrap %1 bits, key %2 bits.").arg(wrap).arg(key);
    m_strength->setText(wrap < key
                            ? bits + QLatin1Char{' '} +
                                  tr("The wrap is weaker than the key, as every RSA wrap of such a key is; the result says so.")
                            : bits + QLatin1Char{' '} + tr("The wrap is at least as strong as the key."));
}

void WrappingPart::enter(const ImportDraft& soFar) {
    m_for = soFar.request.keySpec;
    showRules();
    const bool softHsm = m_desk.mode() == app::Mode::Rehearsal && soFar.token && soFar.token->manufacturer == "SoftHSM project";
    m_sha1Hint->setText(softHsm
                            ? tr("SoftHSM 2.6 knows OAEP with SHA-1 only: without a reason this rehearsal ends with a refusal.")
                            : tr("It is taken only knowingly. OAEP does not rest on its collision resistance, yet standards "
                                 "phase it out."));
    m_sha1Reason->setPlaceholderText(softHsm ? tr("for example: a rehearsal on SoftHSM 2.6") : QString{});
    m_strongest->setFocus(Qt::OtherFocusReason);
    for (const NamedChoice& named : m_named) {
        if (named.radio->isChecked()) {
            named.radio->setFocus(Qt::OtherFocusReason);
        }
    }
}

void WrappingPart::startAnother() {
    m_strongest->setChecked(true);
    m_keySpec->setCurrentIndex(m_keySpec->findData(static_cast<int>(WrappingKeySpec::Rsa4096)));
    m_sha1Reason->clear();
    m_check->setCurrentIndex(0);
}

void WrappingPart::contribute(ImportDraft& draft) const {
    app::WrappingWish wish;
    for (const NamedChoice& named : m_named) {
        if (named.radio->isChecked()) {
            wish.algorithm = named.algorithm;
        }
    }
    wish.keySpec = wrappingKeySpec();
    if (const QString reason = m_sha1Reason->text().trimmed(); !reason.isEmpty()) {
        wish.allowSha1 = app::Sha1Permission{toUtf8(reason)};
    }
    draft.request.wrapping = std::move(wish);
    draft.request.check = static_cast<app::CheckWish>(m_check->currentData().toInt());
    app::checkWrappingWish(draft.request.keySpec, draft.request.wrapping);
    app::checkThatWishesFit(draft.request.keySpec, draft.request.wrapping, draft.request.check);
}

}  // namespace keyconvoy::ui
