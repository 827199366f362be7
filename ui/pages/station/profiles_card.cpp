#include "ui/pages/station/profiles_card.h"

#include "ui/desk.h"
#include "ui/pages/station/station_form.h"
#include "ui/widgets/ask_panel.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/form.h"

#include <algorithm>
#include <QComboBox>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStyle>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int namesWidth = 280;

QPushButton* makeQuietButton(const QString& text, const char* objectName, QWidget* parent) {
    QPushButton* button = makeButton(text, parent);
    setKind(button, "quiet");
    button->setObjectName(QLatin1String{objectName});
    return button;
}

}  // namespace

ProfilesCard::ProfilesCard(Desk& desk, StationForm& form, QWidget* parent)
    : Card{{}, parent},
      m_desk{desk},
      m_form{form},
      m_names{makeChoice("station.profile", this)},
      m_state{makeCaption({}, this)},
      m_save{makePrimaryButton(tr("Sa&ve"), this)},
      m_discard{makeButton(tr("Discard changes"), this)},
      m_new{makeQuietButton(tr("&New …"), "station.profile.new", this)},
      m_copy{makeQuietButton(tr("D&uplicate …"), "station.profile.copy", this)},
      m_rename{makeQuietButton(tr("Rename …"), "station.profile.rename", this)},
      m_delete{makeQuietButton(tr("Delete …"), "station.profile.delete", this)},
      m_ask{new AskPanel{QStringLiteral("station.ask"), this}} {
    m_names->setAccessibleName(tr("Station profile"));
    m_names->setMinimumWidth(namesWidth);
    m_names->setPlaceholderText(tr("none yet"));
    m_state->setObjectName(QStringLiteral("station.state"));
    m_save->setObjectName(QStringLiteral("station.save"));
    m_discard->setObjectName(QStringLiteral("station.discard"));

    auto* name = new QLabel{tr("P&rofile"), this};
    name->setBuddy(m_names);
    auto* first = new FlowLayout;
    first->addWidget(name);
    first->addWidget(m_names);
    for (QPushButton* button : {m_new, m_copy, m_rename, m_delete}) {
        first->addWidget(button);
    }
    content()->addLayout(first);
    content()->addWidget(m_ask);
    auto* saving = new QWidget{this};
    auto* below = new QVBoxLayout{saving};
    below->setContentsMargins(0, 0, 0, 0);
    auto* second = new FlowLayout;
    second->addWidget(m_save);
    second->addWidget(m_discard);
    below->addLayout(second);
    below->addWidget(m_state);
    content()->addWidget(saving);

    connect(m_names, &QComboBox::activated, this, [this](int index) { pick(m_names->itemText(index)); });
    connect(m_ask, &AskPanel::openChanged, this, [this](bool open) {
        if (open) {
            Q_EMIT revealWanted(m_ask);
        }
    });
    connect(m_ask, &AskPanel::openChanged, saving, &QWidget::setHidden);  // one thing to decide at a time
    connect(m_save, &QPushButton::clicked, this, &ProfilesCard::save);
    connect(m_discard, &QPushButton::clicked, this, &ProfilesCard::discard);
    connect(m_new, &QPushButton::clicked, this, &ProfilesCard::askForNew);
    connect(m_copy, &QPushButton::clicked, this, &ProfilesCard::askForCopy);
    connect(m_rename, &QPushButton::clicked, this, &ProfilesCard::askForRename);
    connect(m_delete, &QPushButton::clicked, this, &ProfilesCard::askForDelete);
    connect(&m_form, &StationForm::changed, this, &ProfilesCard::showState);

    m_saved = m_desk.profiles().load(m_desk.profiles().current());
    m_form.show(m_desk.profile());  // with the command line's options laid over it: these are unsaved changes
    showNames();
}

bool ProfilesCard::hasUnsavedChanges() const {
    return m_form.profile() != m_saved;
}

void ProfilesCard::pick(const QString& name) {
    showNames();  // the old one stays shown until the new one is in use
    if (name != m_saved.name) {
        unlessUnsaved(tr("\"%1\" has changes that are not saved. Open \"%2\" without them?").arg(m_saved.name, name),
                      [this, name] { use(m_desk.profiles().load(name)); });
    }
}

void ProfilesCard::use(const StationProfile& profile) {
    m_saved = profile;
    m_desk.profiles().setCurrent(profile.name);
    m_desk.setProfile(profile);
    m_form.show(profile);
    const QWidget* focus = window()->focusWidget();
    const bool focusGoes = focus != nullptr && isAncestorOf(focus);
    showNames();
    if (focusGoes) {  // else the toolkit looks for the next one to have it, far below
        m_names->setFocus(Qt::OtherFocusReason);
    }
}

void ProfilesCard::save() {
    if (!m_form.isSound()) {
        return;
    }
    if (!m_saved.name.isEmpty()) {
        m_desk.profiles().save(m_form.profile());
        use(m_form.profile());
        return;
    }
    m_ask->askName(tr("What shall this station be called?"), tr("Ceremony room"), tr("Save"),
                   [this](const QString& name) { return takeAs(name, m_form.profile()); });
}

void ProfilesCard::discard() {
    use(m_saved);
}

void ProfilesCard::askForNew() {
    unlessUnsaved(tr("There are changes that are not saved. Begin a new profile without them?"), [this] {
        m_ask->askName(tr("What shall the new station be called?"), {}, tr("Create"),
                       [this](const QString& name) { return takeAs(name, {}); });
    });
}

void ProfilesCard::askForCopy() {
    m_ask->askName(tr("What shall the duplicate be called?"), tr("Copy of %1").arg(m_saved.name), tr("Duplicate"),
                   [this](const QString& name) { return takeAs(name, m_form.profile()); });
}

void ProfilesCard::askForRename() {
    m_ask->askName(tr("What shall \"%1\" be called?").arg(m_saved.name), m_saved.name, tr("Rename"), [this](const QString& name) {
        const QString before = m_saved.name;
        const StationProfile typed = m_form.profile();
        QString problem = name == before ? QString{} : takeAs(name, m_saved);
        if (problem.isEmpty() && name != before) {
            m_desk.profiles().remove(before);
            StationProfile renamed = typed;
            renamed.name = name;
            m_form.show(renamed);  // what was typed and not saved stays typed and not saved
            showNames();
        }
        return problem;
    });
}

void ProfilesCard::askForDelete() {
    const QString name = m_saved.name;
    m_ask->ask(tr("Delete the profile \"%1\"? Only these settings go; token, keys and KMS are not touched.").arg(name),
               {{tr("Delete it"), "delete",
                 [this, name] {
                     m_desk.profiles().remove(name);
                     use(m_desk.profiles().load(m_desk.profiles().names().value(0)));
                 }},
                {tr("Keep it"), "keep", {}}});
}

void ProfilesCard::unlessUnsaved(const QString& question, const std::function<void()>& goOn) {
    if (!hasUnsavedChanges()) {
        goOn();
        return;
    }
    m_ask->ask(question, {{tr("Go on without the changes"), "lose", goOn}, {tr("Stay here"), "stay", {}}});
}

QString ProfilesCard::takeAs(const QString& name, StationProfile profile) {
    if (name.isEmpty()) {
        return tr("Give it a name.");
    }
    if (m_desk.profiles().names().contains(name)) {
        return tr("There is a profile of this name already.");
    }
    profile.name = name;
    m_desk.profiles().save(profile);
    use(profile);
    return {};
}

void ProfilesCard::showNames() {
    const QSignalBlocker quiet{m_names};
    const QStringList names = m_desk.profiles().names();
    m_names->clear();
    m_names->addItems(names);
    m_names->setCurrentIndex(static_cast<int>(names.indexOf(m_saved.name)));
    m_names->setEnabled(!names.isEmpty());
    for (QPushButton* button : {m_copy, m_rename, m_delete}) {
        button->setEnabled(!m_saved.name.isEmpty());
    }
    showState();
}

void ProfilesCard::showState() {
    const bool unsaved = hasUnsavedChanges();
    const bool sound = m_form.isSound();
    m_save->setEnabled(unsaved && sound);
    m_discard->setVisible(unsaved);
    const bool kept = m_desk.profiles().kept();
    m_state->setText(!kept ? tr("The settings file cannot be written: %1. Jobs use this station, but it is not kept.")
                                 .arg(m_desk.profiles().settings().fileName())
                     : !unsaved ? (m_saved.name.isEmpty() ? tr("Fill in module and token, then save them under a name.")
                                                          : tr("Saved. Jobs use this station."))
                     : !sound   ? tr("A field below cannot be taken as it is.")
                     : m_form.profile() == m_desk.profile()
                         ? tr("Jobs use this station, as the command line has it. It is not saved.")
                         : tr("Changes are not saved yet. Jobs use them once they are."));
    setKind(m_state, !kept ? "problem" : !unsaved ? "caption" : sound ? "warning" : "problem");
    m_state->style()->unpolish(m_state);
    m_state->style()->polish(m_state);
}

}  // namespace keyconvoy::ui
