#include "ui/pages/import/review_part.h"

#include "app/ceremony/checks.h"
#include "core/hex.h"
#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/pages/import/token_part.h"
#include "ui/pages/import/words.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/parts.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

Text said(const QString& text) {
    return verbatim(toUtf8(text));
}

Text labelOrId(const pkcs11::KeySelector& key) {
    if (key.label && key.id) {
        return KC_TEXT("ReviewPart", "label \"%1\", ID %2").with(key.label->str()).with(toHex(*key.id));
    }
    return key.label ? KC_TEXT("ReviewPart", "label \"%1\"").with(key.label->str())
                     : KC_TEXT("ReviewPart", "ID %1").with(toHex(key.id.value_or(Bytes{})));
}

app::Details aboutKey(const ImportDraft& draft) {
    const app::ImportRequest& request = draft.request;
    app::Details details{{KC_TEXT("ReviewPart", "key spec"),
                          said(nameOfSpec(request.keySpec) + QStringLiteral(" — ") + meaningOfSpec(request.keySpec))}};
    if (request.key.generateWithLabel) {
        details.push_back(
            {KC_TEXT("ReviewPart", "token key"),
             KC_TEXT("ReviewPart", "generated on the token, label \"%1\"").with(request.key.generateWithLabel->str())});
    } else {
        details.push_back({KC_TEXT("ReviewPart", "token key"),
                           KC_TEXT("ReviewPart", "on the token already, %1").with(labelOrId(*request.key.existing))});
    }
    details.push_back(
        {KC_TEXT("ReviewPart", "token"),
         draft.token ? KC_TEXT("ReviewPart", "%1, serial number %2").with(draft.token->label).with(draft.token->serial.str())
                     : KC_TEXT("ReviewPart", "not looked at yet")});
    return details;
}

app::Details aboutKmsKey(const ImportDraft& draft, const app::KmsStation& station) {
    const app::KmsKeyTarget& target = draft.request.kmsKey;
    app::Details details;
    if (target.existing) {
        details.push_back({KC_TEXT("ReviewPart", "KMS key"), target.existing->str(), app::DetailKind::Identifier});
        details.push_back({KC_TEXT("ReviewPart", "state"),
                           draft.kmsKey
                               ? KC_TEXT("ReviewPart", "%1, %2").with(draft.kmsKey->keyStateName).with(draft.kmsKey->keyUsage)
                               : KC_TEXT("ReviewPart", "looked at when the import begins")});
    } else {
        const wrapping::KeyUsage usage = target.usageForNew.value_or(wrapping::usualUsage(draft.request.keySpec));
        details.push_back({KC_TEXT("ReviewPart", "KMS key"), KC_TEXT("ReviewPart", "created in this run")});
        details.push_back(
            {KC_TEXT("ReviewPart", "usage"), said(nameOfUsage(usage) + QStringLiteral(" — ") + meaningOfUsage(usage))});
        if (!target.descriptionForNew.empty()) {
            details.push_back({KC_TEXT("ReviewPart", "description"), target.descriptionForNew});
        }
    }
    details.push_back({KC_TEXT("ReviewPart", "Region"), station.client.region
                                                            ? verbatim(*station.client.region)
                                                            : KC_TEXT("ReviewPart", "as the AWS configuration has it")});
    if (station.client.endpointUrl) {
        details.push_back({KC_TEXT("ReviewPart", "endpoint"), *station.client.endpointUrl, app::DetailKind::Plain});
    }
    return details;
}

app::Details aboutWrapping(const app::ImportRequest& request) {
    const app::WrappingWish& wish = request.wrapping;
    app::Details details{
        {KC_TEXT("ReviewPart", "algorithm"),
         wish.algorithm ? verbatim(std::string{nameOf(wrapping::wrappingAlgorithmNames, *wish.algorithm)})
                        : KC_TEXT("ReviewPart", "the strongest that this token qualifies for")},
        {KC_TEXT("ReviewPart", "wrapping key"), std::string{nameOf(wrapping::wrappingKeySpecNames, wish.keySpec)}}};
    details.push_back({KC_TEXT("ReviewPart", "strength, bits"), KC_TEXT("ReviewPart", "wrap %1, key %2")
                                                                    .with(std::to_string(strengthBits(wish.keySpec)))
                                                                    .with(std::to_string(strengthBits(request.keySpec)))});
    details.push_back({KC_TEXT("ReviewPart", "SHA-1"),
                       wish.allowSha1 ? KC_TEXT("ReviewPart", "allowed, because: %1").with(wish.allowSha1->reason)
                                      : KC_TEXT("ReviewPart", "not used")});
    details.push_back({KC_TEXT("ReviewPart", "check after import"), app::inWords(app::checkFor(request.keySpec, request.check))});
    return details;
}

}  // namespace

ReviewPart::ReviewPart(Desk& desk, QWidget* parent)
    : ImportPart{parent},
      m_desk{desk},
      m_mode{makeBadge(this)},
      m_kind{makeBadge(this)},
      m_modeWords{makeText({}, this)},
      m_takenUp{new QFrame{this}},
      m_takenUpText{makeText({}, m_takenUp)} {
    m_mode->setObjectName(QStringLiteral("review.mode"));
    m_kind->setObjectName(QStringLiteral("review.token-kind"));
    auto* column = new QVBoxLayout{this};
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacing::wide);
    auto* top = new QHBoxLayout;
    top->setSpacing(spacing::normal);
    top->addWidget(m_mode);
    top->addWidget(m_kind);
    top->addWidget(m_modeWords, 1);
    column->addLayout(top);
    setKind(m_takenUp, "notice");
    auto* notice = new QVBoxLayout{m_takenUp};
    notice->setContentsMargins(spacing::wide, spacing::normal, spacing::wide, spacing::normal);
    notice->addWidget(m_takenUpText);
    m_takenUp->hide();
    column->addWidget(m_takenUp);
    m_key = addCard(column, tr("Key and token"), 0, "review.key");
    m_kmsKey = addCard(column, tr("KMS key"), 1, "review.kms-key");
    m_wrapping = addCard(column, tr("Wrapping"), 2, "review.wrapping");
    m_expiry = addCard(column, tr("Expiry"), 3, "review.expiry");
}

DetailsView* ReviewPart::addCard(QVBoxLayout* column, const QString& heading, int part, const char* objectName) {
    auto* card = new Card{{}, this};
    auto* head = new QHBoxLayout;
    head->addWidget(makeHeading(heading, card), 1);
    QPushButton* change = makeButton(tr("Change"), card);
    setKind(change, "quiet");
    change->setObjectName(QString::fromLatin1(objectName) + QStringLiteral(".change"));
    change->setAccessibleName(tr("Change: %1").arg(heading));
    connect(change, &QPushButton::clicked, this, [this, part] { Q_EMIT changeWanted(part); });
    head->addWidget(change);
    card->content()->addLayout(head);
    auto* details = new DetailsView{card};
    details->setObjectName(QString::fromLatin1(objectName));
    card->content()->addWidget(details);
    column->addWidget(card);
    return details;
}

void ReviewPart::showMode(const ImportDraft& draft) {
    const bool rehearsal = m_desk.mode() == app::Mode::Rehearsal;
    m_mode->setText(rehearsal ? tr("Rehearsal") : tr("Production"));
    setKind(m_mode, rehearsal ? "badge-rehearsal" : "badge-production");
    m_modeWords->setText(rehearsal ? tr("Nothing reaches AWS; token and KMS key are thrown away with the rehearsal.")
                                   : tr("This is no rehearsal: what is made here stays."));
    m_kind->setVisible(draft.token.has_value());
    if (draft.token) {
        showTokenKind(m_kind, *draft.token);
    }
}

void ReviewPart::enter(const ImportDraft& soFar) {
    showMode(soFar);
    m_key->show(aboutKey(soFar));
    m_kmsKey->show(aboutKmsKey(soFar, soFar.request.kms));
    m_wrapping->show(aboutWrapping(soFar.request));
    const TimePoint now = systemNow();
    m_expiry->show(app::describeExpiry(soFar.request.expiry.validTo(now), now));
}

void ReviewPart::setTakenUp(const QString& note) {
    m_takenUpText->setText(note);
    m_takenUp->setVisible(!note.isEmpty());
}

}  // namespace keyconvoy::ui
