#include "ui/pages/import/kms_key_part.h"

#include "app/ceremony/import_plan.h"
#include "app/ceremony/kms_key_job.h"
#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/pages/import/words.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/findings_view.h"
#include "ui/widgets/form.h"
#include "ui/widgets/form_field.h"
#include "ui/widgets/job_panel.h"
#include "ui/widgets/parts.h"

#include <algorithm>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int arnWidth = 680;

}  // namespace

KmsKeyPart::KmsKeyPart(Desk& desk, QWidget* parent)
    : ImportPart{parent},
      m_desk{desk},
      m_create{makeRadio(tr("&Create a new KMS key"), "import.kms-create", this)},
      m_description{makeEdit("import.kms-description", this)},
      m_existing{makeRadio(tr("Import into a KMS key that e&xists"), "import.kms-existing", this)},
      m_keyId{makeEdit("import.kms-key-id", this)},
      m_look{makeButton(tr("&Look at it"), this)},
      m_job{new JobPanel{desk.worker(), this}},
      m_lookFirst{
          makeText(tr("The run before this one asked KMS for a new key and got no answer, so that one may exist. Look first: "
                      "in the KMS console, or with aws kms list-keys, by description and creation date. If it is there, name "
                      "it here; if not, create a new one."),
                   this)},
      m_verdict{makeBadge(this)},
      m_details{new DetailsView{this}},
      m_findings{new FindingsView{this}} {
    m_look->setObjectName(QStringLiteral("import.kms-look"));
    m_verdict->setObjectName(QStringLiteral("import.kms-verdict"));
    m_create->setChecked(true);
    m_keyId->setMaximumWidth(arnWidth);
    layOut();
    connect(m_look, &QPushButton::clicked, this, &KmsKeyPart::lookAtIt);
    connect(m_keyId, &QLineEdit::textChanged, this, &KmsKeyPart::judge);
    connect(m_job, &JobPanel::finished, this, &KmsKeyPart::showSeen);
    connect(m_job, &JobPanel::failed, this, [this] { Q_EMIT revealWanted(m_job->failures()); });
    connect(m_job, &JobPanel::runningChanged, this, [this] {
        judge();
        Q_EMIT busyChanged();
    });
    judge();
}

void KmsKeyPart::layOut() {
    auto* outer = new QVBoxLayout{this};
    outer->setContentsMargins(0, 0, 0, 0);
    auto* card = new Card{tr("The KMS key that takes the material"), this};
    outer->addWidget(card);
    QVBoxLayout* column = card->content();
    m_lookFirst->setObjectName(QStringLiteral("import.kms-look-first"));
    setKind(m_lookFirst, "warning");
    m_lookFirst->hide();
    column->addWidget(m_lookFirst);
    column->addWidget(m_create);
    QVBoxLayout* create = addBelowChoice(column, m_create, card);
    addField(create, tr("&Description"), m_description,
             tr("May stay empty. KMS shows it beside the key; it can be changed later."));
    create->addWidget(makeCaption(
        tr("It is created with origin EXTERNAL and without material, after the review and after the key exists on the token.")));
    column->addWidget(m_existing);
    QVBoxLayout* existing = addBelowChoice(column, m_existing, card);
    m_keyIdField = addField(existing, tr("&ARN or key ID"), m_keyId,
                            tr("Aliases are not taken: an alias can be pointed elsewhere between two calls."));
    checkAtField(m_keyId, m_keyIdField,
                 [](const QString& text) { static_cast<void>(kms::KeyIdentifier::parse(toUtf8(text.trimmed()))); });
    existing->addWidget(m_look, 0, Qt::AlignLeft);
    existing->addWidget(m_job);
    existing->addWidget(m_verdict, 0, Qt::AlignLeft);
    existing->addWidget(m_details);
    existing->addWidget(m_findings);
}

void KmsKeyPart::enter(const ImportDraft& soFar) {
    m_soFar = soFar;
    judge();
    (m_existing->isChecked() ? static_cast<QWidget*>(m_keyId) : m_create)->setFocus(Qt::OtherFocusReason);
}

void KmsKeyPart::lookAtIt() {
    m_seen.reset();
    m_seenFor = m_keyId->text().trimmed();
    judge();
    m_found = std::make_shared<std::optional<kms::KeyMetadata>>();
    try {
        const app::LookAtKmsKeyRequest request{m_desk.kmsStation(), kms::KeyIdentifier::parse(toUtf8(m_seenFor))};
        m_job->run([request](app::RunContext context) { return app::makeLookAtKmsKeyJob(request, std::move(context)); },
                   [found = m_found](const app::Job& job) { *found = dynamic_cast<const app::LookAtKmsKeyJob&>(job).key(); });
    } catch (const Error& error) {
        m_job->clear();
        m_job->failures()->show(error.failure());
    }
}

void KmsKeyPart::showSeen() {
    m_job->clear();
    m_seen = std::move(*m_found);
    judge();
    Q_EMIT revealWanted(m_findings);
}

/// What was seen stands beside what was chosen before, whichever of the two changed last.
void KmsKeyPart::judge() {
    m_look->setEnabled(!m_job->running() && !m_keyId->text().trimmed().isEmpty() && m_keyIdField->problem().isEmpty());
    const kms::KeyMetadata* key = seen();
    for (QWidget* part : std::initializer_list<QWidget*>{m_verdict, m_details, m_findings}) {
        part->setVisible(key != nullptr);
    }
    if (key == nullptr) {
        return;
    }
    const Findings findings = app::importTargetFindings(*key, m_soFar.request);
    const bool refused = std::ranges::any_of(findings, [](const Finding& f) { return f.level == FindingLevel::Problem; });
    m_verdict->setText(refused ? tr("Cannot take this import") : tr("Can take this import"));
    setKind(m_verdict, refused ? "badge-problem" : "badge-good");
    m_details->show(app::describeInFull(*key));
    m_findings->show(findings);
}

const kms::KeyMetadata* KmsKeyPart::seen() const {
    return m_seen && m_seenFor == m_keyId->text().trimmed() ? &*m_seen : nullptr;
}

void KmsKeyPart::contribute(ImportDraft& draft) const {
    draft.kmsKey.reset();
    draft.request.kmsKey.existing.reset();
    draft.request.kmsKey.descriptionForNew.clear();
    if (m_create->isChecked()) {
        draft.request.kmsKey.descriptionForNew = toUtf8(m_description->text().trimmed());
        return;
    }
    draft.request.kmsKey.existing = kms::KeyIdentifier::parse(toUtf8(m_keyId->text().trimmed()));
    if (const kms::KeyMetadata* key = seen()) {
        static_cast<void>(app::checkImportTarget(*key, draft.request));
        draft.kmsKey = *key;
    }
}

bool KmsKeyPart::busy() const {
    return m_job->running();
}

void KmsKeyPart::cancel() {
    m_job->cancel();
}

void KmsKeyPart::takeUp(const std::string& arn) {
    m_lookFirst->hide();
    m_existing->setChecked(true);
    m_keyId->setText(toQString(arn));
}

void KmsKeyPart::lookFirst() {
    m_existing->setChecked(true);
    m_keyId->clear();
    m_lookFirst->show();
}

void KmsKeyPart::startAnother() {
    m_lookFirst->hide();
    m_create->setChecked(true);
    m_description->clear();
    m_keyId->clear();
    m_seen.reset();
    m_job->clear();
    judge();
}

}  // namespace keyconvoy::ui
