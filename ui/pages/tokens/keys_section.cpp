#include "ui/pages/tokens/keys_section.h"

#include "app/inventory/key_jobs.h"
#include "app/station/to_json.h"
#include "core/hex.h"
#include "pkcs11/in_words.h"
#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/models/keys_model.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/job_panel.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/question_panel.h"
#include "ui/widgets/table.h"

#include <QItemSelectionModel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int keysSeen = 8;

app::Details detailsOf(const pkcs11::KeyDescription& key) {
    app::Details details{{KC_TEXT("KeysSection", "ID"), toHex(key.id), app::DetailKind::Identifier}};
    if (key.generationMechanism) {
        details.push_back({KC_TEXT("KeysSection", "generated with"), *key.generationMechanism});
    }
    app::append(details, app::attributeDetails(key));
    return details;
}

}  // namespace

KeysSection::KeysSection(Desk& desk, QWidget* parent)
    : QWidget{parent},
      m_desk{desk},
      m_start{makePrimaryButton(tr("Show &keys"), this)},
      m_job{new JobPanel{desk.worker(), this}},
      m_empty{new Card{tr("No keys"), this}},
      m_model{new KeysModel{this}},
      m_table{makeTable(m_model, "tokens.keys", this)},
      m_keyCard{new Card{{}, this}},
      m_keyName{makeHeading({}, m_keyCard)},
      m_key{new DetailsView{m_keyCard}} {
    m_start->setObjectName(QStringLiteral("tokens.keys.show"));
    m_job->setObjectName(QStringLiteral("tokens.keys.job"));
    m_table->setAccessibleName(tr("Keys"));
    m_keyName->setObjectName(QStringLiteral("tokens.key.name"));
    m_key->setObjectName(QStringLiteral("tokens.key"));
    m_empty->setObjectName(QStringLiteral("tokens.keys.empty"));

    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::wide);
    auto* head = new QHBoxLayout;
    head->setSpacing(spacing::wide);
    head->addWidget(m_start);
    head->addWidget(makeCaption(tr("Most tokens show their keys only after a login. Nothing is changed."), this), 1);
    layout->addLayout(head);
    layout->addWidget(m_job);
    m_empty->content()->addWidget(
        makeText(tr("This token holds no key that this login sees. The page Import a key generates one here."), m_empty));
    auto* toImport = makeButton(tr("Open the page Import a key"), m_empty);
    toImport->setObjectName(QStringLiteral("tokens.keys.empty.import"));
    m_empty->content()->addWidget(toImport, 0, Qt::AlignLeft);
    layout->addWidget(m_empty);
    layout->addWidget(m_table);
    auto* keyHead = new QHBoxLayout;
    keyHead->addWidget(m_keyName, 1);
    QPushButton* copyUri = makeCopyButton(
        tr("the key's PKCS#11 URI"), [this] { return toQString(m_model->key(m_table->currentIndex().row()).uri); }, m_keyCard);
    copyUri->setText(tr("Copy its URI"));
    copyUri->setObjectName(QStringLiteral("tokens.key.uri"));
    keyHead->addWidget(copyUri);
    m_keyCard->content()->addLayout(keyHead);
    m_keyCard->content()->addWidget(m_key);
    layout->addWidget(m_keyCard);
    setToken({});

    connect(m_start, &QPushButton::clicked, this, &KeysSection::start);
    connect(toImport, &QPushButton::clicked, this, &KeysSection::importWanted);
    connect(m_job, &JobPanel::asked, this, [this] {
        m_job->questions()->setHint(m_desk.rehearsalPinHint());
        Q_EMIT shown(m_job->questions());
    });
    connect(m_job, &JobPanel::failed, this, [this] { Q_EMIT shown(m_job->failures()); });
    connect(m_job, &JobPanel::finished, this, &KeysSection::showKeys);
    connect(m_job, &JobPanel::runningChanged, this, [this](bool running) {
        m_start->setEnabled(!running);
        Q_EMIT runningChanged(running);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) { showKey(current.row()); });
}

void KeysSection::setToken(const app::TokenStation& token) {
    m_token = token;
    m_job->clear();
    m_model->show({});
    m_empty->hide();
    m_table->hide();
    m_keyCard->hide();
}

bool KeysSection::running() const {
    return m_job->running();
}

void KeysSection::cancel() {
    m_job->cancel();
}

void KeysSection::start() {
    setToken(m_token);
    m_collected = std::make_shared<std::vector<pkcs11::KeyDescription>>();
    m_job->run(
        [token = m_token](app::RunContext context) { return app::makeListKeysJob({token}, std::move(context)); },
        [collected = m_collected](const app::Job& job) { *collected = dynamic_cast<const app::ListKeysJob&>(job).keys(); });
}

void KeysSection::showKeys() {
    m_job->clear();
    m_model->show(*m_collected);
    const bool none = m_model->rowCount() == 0;
    m_empty->setVisible(none);
    m_table->setVisible(!none);
    if (!none) {
        fitColumns(m_table);
        fitHeight(m_table, keysSeen);
        m_table->setCurrentIndex(m_model->index(0, 0));
        m_table->setFocus(Qt::OtherFocusReason);
    }
    Q_EMIT shown(none ? static_cast<QWidget*>(m_empty) : m_table);
}

void KeysSection::showKey(int row) {
    m_keyCard->setVisible(row >= 0);
    if (row >= 0) {
        const pkcs11::KeyDescription& key = m_model->key(row);
        m_keyName->setText(tr("%1  ·  %2, %3")
                               .arg(m_model->index(row, KeysModel::Label).data().toString(),
                                    translated(pkcs11::typeInWords(key.typeName)), translated(app::inWords(key.objectClass))));
        m_key->show(detailsOf(key));
    }
}

}  // namespace keyconvoy::ui
