#include "ui/pages/start_page.h"

#include "ui/desk.h"
#include "ui/look/spacing.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/parts.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int pictureSize = 32;
constexpr const char* wordsName = ".words";

QString whatARehearsalIs() {
    return StartPage::tr("Go through it once with software tokens and a simulated KMS, made on this machine and thrown away.");
}

}  // namespace

StartPage::StartPage(Desk& desk, QWidget* parent)
    : Page{desk, tr("Key material, from your token into KMS"),
           tr("Keyconvoy generates a key inside a PKCS#11 token, wraps it there under the wrapping key that KMS gives, imports "
              "it, and "
              "checks the import. The key never leaves the token in the clear."),
           parent},
      m_tiles{new QGridLayout},
      m_failure{new FailurePanel{this}} {
    m_tiles->setSpacing(spacing::wide);
    m_rehearse = addTile(QStringLiteral("rehearse"), tr("Rehearse"), whatARehearsalIs(), "start.rehearse");
    m_import = addTile(QStringLiteral("import"), tr("Import a key"),
                       tr("Generate a key on the token, or take one that is there, and bring it into KMS."), "start.import");
    auto* tokens = addTile(QStringLiteral("token"), tr("Tokens"),
                           tr("See what the token holds, and find out what it can really wrap."), "start.tokens");
    auto* station =
        addTile(QStringLiteral("station"), tr("Station"),
                tr("Choose module, token and AWS account, and check that everything needed is here."), "start.station");
    content()->addLayout(m_tiles);
    content()->addWidget(m_failure);

    connect(m_rehearse, &QPushButton::clicked, this, [this] {
        m_failure->clear();
        if (this->desk().rehearsalState() == Desk::RehearsalState::Open) {
            Q_EMIT pageWanted(PageId::Import);
        } else {
            Q_EMIT rehearsalWanted();
        }
    });
    connect(m_import, &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(PageId::Import); });
    connect(tokens, &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(PageId::Tokens); });
    connect(station, &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(PageId::Station); });
    connect(&desk, &Desk::rehearsalFailed, m_failure, &FailurePanel::show);
    connect(&desk, &Desk::rehearsalChanged, this, &StartPage::showRehearsal);
    connect(&desk, &Desk::busyChanged, this, &StartPage::showBusy);
}

void StartPage::enter() {
    m_rehearse->setFocus(Qt::OtherFocusReason);
}

QPushButton* StartPage::addTile(const QString& icon, const QString& name, const QString& what, const char* objectName) {
    auto* tile = new ChoiceButton{name, this};
    tile->addPicture(new IconLabel{icon, IconLabel::Meaning::Accent, pictureSize, tile});
    tile->addWords(makeHeading(name, tile));
    QLabel* words = makeCaption({}, tile);
    words->setObjectName(QLatin1String{objectName} + QLatin1String{wordsName});
    tile->addWords(words);
    tile->setObjectName(QString::fromLatin1(objectName));
    say(tile, what);
    m_tiles->addWidget(tile, m_count / 2, m_count % 2);
    ++m_count;
    return tile;
}

void StartPage::say(QPushButton* tile, const QString& what) {
    tile->findChild<QLabel*>(tile->objectName() + QLatin1String{wordsName})->setText(what);
    tile->setAccessibleDescription(what);
}

void StartPage::showBusy(bool busy) {
    say(m_rehearse, busy ? tr("A rehearsal can begin when the job that runs on another page has ended.") : whatARehearsalIs());
    m_rehearse->setEnabled(!busy && desk().rehearsalState() != Desk::RehearsalState::Starting);
}

void StartPage::showRehearsal() {
    showBusy(desk().busy());
    if (desk().rehearsalState() == Desk::RehearsalState::Open && isVisible()) {
        Q_EMIT pageWanted(PageId::Import);  // one click: the room is made, and the import begins
    }
}

}  // namespace keyconvoy::ui
