#include "ui/pages/tokens/token_list.h"

#include "app/station/to_json.h"
#include "ui/desk.h"
#include "ui/jobs/task.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/parts.h"

#include <algorithm>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

struct Badge {
    QString text;
    const char* kind;
};

bool needsAttention(pkcs11::PinState state) {
    return state != pkcs11::PinState::Fine;
}

std::vector<Badge> badgesOf(const pkcs11::TokenDescription& token) {
    std::vector<Badge> badges;
    badges.push_back(token.software ? Badge{TokenList::tr("Software token"), "badge-warning"}
                                    : Badge{TokenList::tr("Not known to be software"), "badge"});
    if (!token.initialised) {
        badges.push_back({TokenList::tr("Not initialised"), "badge-problem"});
    }
    if (token.writeProtected) {
        badges.push_back({TokenList::tr("Write-protected"), "badge-problem"});
    }
    if (token.pinPad) {
        badges.push_back({TokenList::tr("PIN pad"), "badge"});
    }
    return badges;
}

QString nameOfToken(const pkcs11::TokenDescription& token) {
    return token.initialised ? toQString(token.label) : TokenList::tr("Token without a name");
}

QString originOf(const pkcs11::TokenDescription& token) {
    QStringList parts;
    if (!token.serial.str().empty()) {
        parts << TokenList::tr("serial %1").arg(toQString(token.serial.str()));
    }
    for (const std::string& part : {token.model, token.manufacturer}) {
        if (!part.empty()) {
            parts << toQString(part);
        }
    }
    parts << TokenList::tr("firmware %1").arg(toQString(token.firmwareVersion));
    return parts.join(QStringLiteral("  ·  "));
}

QString stateOf(const pkcs11::TokenDescription& token) {
    return token.loginRequired || !token.initialised ? TokenList::tr("PIN: %1").arg(translated(app::inWords(token.userPin)))
                                                     : TokenList::tr("asks for no PIN: whoever reaches it can use its keys");
}

/// What the station names of a token, against one that is there.
bool isMeant(const pkcs11::TokenSelector& selector, const pkcs11::TokenDescription& token) {
    return (!selector.label || *selector.label == token.label) && (!selector.serial || *selector.serial == token.serial.str()) &&
           (selector.label || selector.serial);
}

}  // namespace

TokenList::TokenList(Desk& desk, QWidget* parent)
    : QWidget{parent},
      m_desk{desk},
      m_module{makeFlowingText({}, this)},
      m_refresh{makeButton(tr("Re&fresh"), this)},
      m_empty{new Card{{}, this}},
      m_emptyHeading{makeHeading({}, m_empty)},
      m_emptyText{makeText({}, m_empty)},
      m_toStation{makePrimaryButton(tr("Open the page Station"), m_empty)},
      m_failure{new FailurePanel{this}},
      m_cards{new QVBoxLayout},
      m_group{new QButtonGroup{this}} {
    setKind(m_module, "caption");
    m_module->setObjectName(QStringLiteral("tokens.module"));
    m_refresh->setObjectName(QStringLiteral("tokens.refresh"));
    m_emptyHeading->setObjectName(QStringLiteral("tokens.empty.heading"));
    m_emptyText->setObjectName(QStringLiteral("tokens.empty.text"));
    m_toStation->setObjectName(QStringLiteral("tokens.empty.station"));
    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::normal);
    auto* head = new QHBoxLayout;
    head->addWidget(m_module, 1);
    head->addWidget(m_refresh);
    layout->addLayout(head);
    auto* empty = static_cast<Card*>(m_empty)->content();
    empty->addWidget(m_emptyHeading);
    empty->addWidget(m_emptyText);
    empty->addWidget(m_toStation, 0, Qt::AlignLeft);
    layout->addWidget(m_empty);
    layout->addWidget(m_failure);
    m_cards->setSpacing(spacing::small);
    layout->addLayout(m_cards);
    clear();
    connect(m_refresh, &QPushButton::clicked, this, &TokenList::refresh);
    connect(m_toStation, &QPushButton::clicked, this, &TokenList::stationWanted);
    connect(m_group, &QButtonGroup::idClicked, this,
            [this](int id) { Q_EMIT chosen(m_tokens.at(static_cast<std::size_t>(id))); });
}

void TokenList::refresh() {
    clear();
    if (m_desk.mode() == app::Mode::Production && !m_desk.profile().namesModule()) {
        say(tr("No module is chosen yet"),
            tr("A token is reached through the PKCS#11 module of its vendor. Name it on the page Station, or begin a rehearsal "
               "on "
               "the page Start: that brings tokens of its own."),
            true);
        return;
    }
    try {
        ask(m_desk.mode() == app::Mode::Rehearsal ? m_desk.tokenStation().module : m_desk.profile().moduleProfile());
    } catch (const Error& error) {
        m_failure->show(error.failure());
    }
}

void TokenList::ask(const pkcs11::ModuleProfile& module) {
    m_module->show(tr("Asking %1 for its tokens …").arg(toQString(module.library.string())));
    m_refresh->setEnabled(false);
    const int question = ++m_asked;
    runTask<app::TokenList>(
        m_desk.worker(), this, [module] { return app::listTokens(module); },
        [this, question](const app::TokenList& list) {
            if (question == m_asked) {
                show(list);
            }
        },
        [this, question](const Failure& failure) {
            if (question == m_asked) {
                clear();
                m_failure->show(failure);
            }
        });
}

void TokenList::show(const app::TokenList& list) {
    clear();
    m_module->show(
        tr("%1 %2  ·  %3")
            .arg(toQString(list.module.description), toQString(list.module.libraryVersion), toQString(list.module.path)));
    m_tokens = list.tokens;
    if (m_tokens.empty()) {
        say(tr("No slot holds a token"),
            tr("The module works, but there is nothing in its slots. Plug the token in, or start the vendor's service, then "
               "press "
               "Refresh."),
            false);
        return;
    }
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        addCard(m_tokens[i], static_cast<int>(i));
    }
    chooseFirst();
}

void TokenList::addCard(const pkcs11::TokenDescription& token, int id) {
    auto* card = new ChoiceButton{
        nameOfToken(token) + QStringLiteral(", ") + originOf(token) + QStringLiteral(", ") + stateOf(token), this};
    card->setObjectName(QStringLiteral("tokens.card.%1").arg(id));
    card->setCheckable(true);
    card->addWords(makeHeading(nameOfToken(token), card));
    card->addWords(makeCaption(originOf(token), card));
    QLabel* state = makeCaption(stateOf(token), card);
    if (needsAttention(token.userPin) && token.initialised) {
        setKind(state, "warning");
    }
    card->addWords(state);
    QString badges;
    for (const Badge& badge : badgesOf(token)) {
        QLabel* label = makeBadge(card);
        label->setText(badge.text);
        setKind(label, badge.kind);
        card->addBeside(label);
        badges += badge.text + QStringLiteral(". ");
    }
    card->setAccessibleDescription(badges);
    m_group->addButton(card, id);
    m_cards->addWidget(card);
}

/// The station's own token, else the first that is initialised, else the first.
void TokenList::chooseFirst() {
    pkcs11::TokenSelector meant;
    try {
        meant = m_desk.tokenStation().token;
    } catch (const Error&) {  // no token is named yet
    }
    const auto meantIs = [&meant](const pkcs11::TokenDescription& token) { return isMeant(meant, token); };
    auto choice = std::ranges::find_if(m_tokens, meantIs);
    if (std::ranges::count_if(m_tokens, meantIs) == 1) {
        m_desk.noteToken(*choice);
    }
    choice = choice == m_tokens.end() ? std::ranges::find_if(m_tokens, &pkcs11::TokenDescription::initialised) : choice;
    choice = choice == m_tokens.end() ? m_tokens.begin() : choice;
    m_group->button(static_cast<int>(choice - m_tokens.begin()))->setChecked(true);
    Q_EMIT chosen(*choice);
}

void TokenList::say(const QString& heading, const QString& text, bool stationHelps) {
    m_emptyHeading->setText(heading);
    m_emptyText->setText(text);
    m_toStation->setVisible(stationHelps);
    m_empty->show();
}

void TokenList::clear() {
    m_module->show(QString{});
    m_refresh->setEnabled(true);
    m_empty->hide();
    m_failure->clear();
    m_tokens.clear();
    for (QAbstractButton* card : m_group->buttons()) {
        m_group->removeButton(card);
        m_cards->removeWidget(card);
        card->hide();
        card->deleteLater();
    }
    Q_EMIT noneChosen();
}

}  // namespace keyconvoy::ui
