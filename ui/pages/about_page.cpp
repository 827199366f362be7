#include "ui/pages/about_page.h"

#include "ui/desk.h"
#include "ui/look/theme.h"
#include "ui/widgets/form.h"
#include "ui/widgets/parts.h"

#include <array>
#include <QCoreApplication>
#include <QRadioButton>
#include <QVBoxLayout>
#include <utility>

namespace keyconvoy::ui {

AboutPage::AboutPage(Desk& desk, QWidget* parent)
    : Page{desk, tr("About Keyconvoy"), tr("Version %1").arg(QCoreApplication::applicationVersion()), parent} {
    content()->addWidget(promises());
    content()->addWidget(look());
    content()->addWidget(licences());
}

QWidget* AboutPage::promises() {
    auto* card = new Card{tr("What it promises"), this};
    const std::array<QString, 3> sentences{
        tr("The key never leaves the token in the clear. Nothing in this program asks for, receives or holds its bytes. A "
           "software "
           "token is memory of this computer, and every result says so."),
        tr("It works on the token you have. What a token can do is found out by trying it with throw-away keys, never assumed."),
        tr("It says what a result rests on, and claims nothing more.")};
    for (const QString& sentence : sentences) {
        card->content()->addWidget(makeText(sentence, card));
    }
    card->content()->addWidget(makeCaption(tr("It cannot protect you from the computer it runs on: the screen can lie. Compare "
                                              "fingerprints on paper, across stations."),
                                           card));
    return card;
}

QWidget* AboutPage::look() {
    auto* card = new Card{tr("How it looks"), this};
    const ShadeChoice kept = keptShade(desk().profiles().settings());
    const std::array<std::pair<QString, ShadeChoice>, 3> choices{{{tr("As the desktop has it"), ShadeChoice::FollowDesktop},
                                                                  {tr("Light"), ShadeChoice::Light},
                                                                  {tr("Dark"), ShadeChoice::Dark}}};
    for (const auto& row : choices) {
        const ShadeChoice choice = row.second;
        QRadioButton* button = makeRadio(row.first, "", card);
        button->setObjectName(QStringLiteral("about.palette.%1").arg(static_cast<int>(choice)));
        button->setChecked(choice == kept);
        connect(button, &QRadioButton::toggled, this, [this, choice](bool on) {
            if (on) {
                keepShade(desk().profiles().settings(), choice);
                Theme::current().choose(choice);
            }
        });
        card->content()->addWidget(button);
    }
    return card;
}

QWidget* AboutPage::licences() {
    auto* card = new Card{tr("Licence and origins"), this};
    card->content()->addWidget(makeText(tr("Keyconvoy is free software under the Apache License 2.0."), card));
    card->content()->addWidget(
        makeText(tr("It stands on OpenSSL, libp11, p11-kit, libcurl, nlohmann-json, toml++, pugixml and Qt %1 (LGPL 3).")
                     .arg(QLatin1String{qVersion()}),
                 card));
    return card;
}

}  // namespace keyconvoy::ui
