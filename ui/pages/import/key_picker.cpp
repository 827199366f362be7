#include "ui/pages/import/key_picker.h"

#include "app/inventory/key_jobs.h"
#include "app/station/to_json.h"
#include "core/hex.h"
#include "pkcs11/in_words.h"
#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/pages/import/words.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/job_panel.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/question_panel.h"
#include "ui/widgets/table.h"

#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

enum Column { Label, Type, FitsAs, MayBeWrapped, Id, ColumnCount };

constexpr int keysSeen = 6;

QString fittingSpec(const pkcs11::KeyDescription& key) {
    const auto spec = key.type ? wrapping::keySpecFor(*key.type) : std::nullopt;
    return spec ? nameOfSpec(*spec) : KeyPicker::tr("none");
}

}  // namespace

KeyPicker::KeyPicker(Desk& desk, QWidget* parent)
    : QWidget{parent},
      m_desk{desk},
      m_list{makeButton(tr("&List the token's keys"), this)},
      m_job{new JobPanel{desk.worker(), this}},
      m_none{makeText(tr("This login sees no secret and no private key on the token. Generate one instead."), this)},
      m_table{new QTableWidget{0, ColumnCount, this}} {
    m_list->setObjectName(QStringLiteral("import.list-keys"));
    m_table->setObjectName(QStringLiteral("import.keys"));
    m_table->setAccessibleName(tr("Keys on the token"));
    m_table->setHorizontalHeaderLabels({tr("Label"), tr("Type"), tr("Fits as"), tr("May be wrapped"), tr("ID")});
    layOut(m_table);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_none->setObjectName(QStringLiteral("import.keys-none"));
    auto* column = new QVBoxLayout{this};
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacing::normal);
    column->addWidget(m_list, 0, Qt::AlignLeft);
    column->addWidget(m_job);
    column->addWidget(m_none);
    column->addWidget(m_table);
    m_none->hide();
    m_table->hide();
    m_job->hide();

    connect(m_list, &QPushButton::clicked, this, &KeyPicker::list);
    connect(m_job, &JobPanel::asked, this, [this](const app::Question& question) {
        m_job->questions()->setHint(rehearsalHint(m_desk, question));
        Q_EMIT revealWanted(m_job->questions());
    });
    connect(m_job, &JobPanel::finished, this, &KeyPicker::showKeys);
    connect(m_job, &JobPanel::failed, this, [this] { Q_EMIT revealWanted(m_job->failures()); });
    connect(m_job, &JobPanel::runningChanged, this, [this](bool running) {
        m_list->setEnabled(!running);
        Q_EMIT busyChanged();
    });
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] { pickRow(m_table->currentRow()); });
}

bool KeyPicker::busy() const {
    return m_job->running();
}

void KeyPicker::cancel() {
    m_job->cancel();
}

void KeyPicker::clear() {
    m_keys.clear();
    m_table->setRowCount(0);
    m_none->hide();
    m_table->hide();
    if (!busy()) {
        m_job->clear();
        m_job->hide();
    }
}

void KeyPicker::list() {
    clear();
    m_found = std::make_shared<std::vector<pkcs11::KeyDescription>>();
    m_job->show();
    app::TokenStation station;
    try {
        station = m_desk.tokenStation();
    } catch (const Error& error) {
        m_job->failures()->show(error.failure());
        return;
    }
    m_job->run([station](app::RunContext context) { return app::makeListKeysJob({.token = station}, std::move(context)); },
               [found = m_found](const app::Job& job) { *found = dynamic_cast<const app::ListKeysJob&>(job).keys(); });
}

void KeyPicker::showKeys() {
    m_job->hide();
    for (const pkcs11::KeyDescription& key : *m_found) {
        if (key.objectClass == pkcs11::ObjectClass::SecretKey || key.objectClass == pkcs11::ObjectClass::PrivateKey) {
            m_keys.push_back(key);
        }
    }
    const QSignalBlocker quiet{m_table};
    m_table->setRowCount(static_cast<int>(m_keys.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const pkcs11::KeyDescription& key = m_keys.at(static_cast<std::size_t>(row));
        const QStringList texts{toQString(key.label), translated(pkcs11::typeInWords(key.typeName)), fittingSpec(key),
                                translated(app::inWords(key.extractable)), toQString(toHex(key.id))};
        for (int column = 0; column < ColumnCount; ++column) {
            auto* item = new QTableWidgetItem{texts.at(column)};
            item->setToolTip(texts.at(column));
            m_table->setItem(row, column, item);
        }
    }
    m_table->setCurrentItem(nullptr);
    m_table->setHidden(m_keys.empty());
    m_none->setVisible(m_keys.empty());
    fitColumns(m_table);
    fitHeight(m_table, keysSeen);
    m_table->setFocus(Qt::OtherFocusReason);
    Q_EMIT revealWanted(m_keys.empty() ? static_cast<QWidget*>(m_none) : m_table);
}

void KeyPicker::pickRow(int row) {
    if (row >= 0 && row < static_cast<int>(m_keys.size())) {
        Q_EMIT picked(m_keys.at(static_cast<std::size_t>(row)));
    }
}

}  // namespace keyconvoy::ui
