#include "ui/pages/station/station_form.h"

#include "app/station/token_jobs.h"
#include "kmsclient/endpoint.h"
#include "ui/desk.h"
#include "ui/jobs/task.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/pages/station/choice_panel.h"
#include "ui/pages/station/variables_table.h"
#include "ui/widgets/form.h"
#include "ui/widgets/form_field.h"
#include "ui/widgets/parts.h"

#include <algorithm>
#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

namespace keyconvoy::ui {

namespace {

constexpr int pathWidth = 680;

ChoicePanel::Choice choiceOf(const pkcs11::TokenDescription& token) {
    return {toQString(token.label),
            StationForm::tr("serial %1  ·  %2  ·  %3")
                .arg(toQString(token.serial.str()), toQString(token.model), toQString(token.manufacturer))};
}

}  // namespace

StationForm::StationForm(Desk& desk, QWidget* parent) : QWidget{parent}, m_desk{desk} {
    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::wide);
    layout->addWidget(makeTokenCard());
    layout->addWidget(makeAwsCard());
    // After the checks of each field: who hears of a change asks whether it can be taken.
    for (QLineEdit* edit : {m_module, m_moduleInit, m_token, m_awsProfile, m_region, m_endpointUrl, m_caBundle}) {
        connect(edit, &QLineEdit::textChanged, this, &StationForm::edited);
    }
    for (QLineEdit* edit : {m_module, m_moduleInit}) {  // the tokens that are offered, or why not, are of another module then
        connect(edit, &QLineEdit::textChanged, m_tokens, &QWidget::hide);
    }
}

QWidget* StationForm::makeTokenCard() {
    auto* card = new Card{tr("Module and token"), this};
    card->content()->setSpacing(spacing::wide);
    FormField* module = addLine(card->content(), m_module, "station.module", tr("&Module"),
                                tr("The PKCS#11 library that the token's vendor ships, by its full path."));
    auto* find = makeButton(tr("&Find on this machine"), card);
    find->setObjectName(QStringLiteral("station.module.find"));
    module->addBeside(find);
    addFileChooser(module, m_module, "station.module.choose", tr("Choose the PKCS#11 module"),
                   tr("Shared libraries (*.so *.so.*);;All files (*)"));
    m_modules = new ChoicePanel{QStringLiteral("station.modules"), card};
    module->addBelow(m_modules);

    addLine(card->content(), m_moduleInit, "station.module-init", tr("Initia&lisation"),
            tr("What the module is told at its start. NSS softokn needs it to find its database; leave it empty for others."));
    m_moduleInit->setPlaceholderText(
        tr("for NSS: configdir='sql:/folder' certPrefix='' keyPrefix='' secmod='secmod.db' flags= "));
    m_environment = new VariablesTable{card};
    m_environment->setObjectName(QStringLiteral("station.environment"));
    m_environment->setMaximumWidth(pathWidth);
    m_environmentField =
        addField(card->content(), tr("&Environment"), m_environment,
                 tr("Variables that the module reads, such as SOFTHSM2_CONF. Set in this program before the module is loaded."));
    m_fields.push_back(m_environmentField);

    FormField* token = addLine(card->content(), m_token, "station.token", tr("T&oken"),
                               tr("Its label, or a PKCS#11 URI that names the serial number too. A PIN does not belong here."));
    auto* choose = makeButton(tr("Choose from its to&kens"), card);
    choose->setObjectName(QStringLiteral("station.token.find"));
    token->addBeside(choose);
    m_tokens = new ChoicePanel{QStringLiteral("station.tokens"), card};
    token->addBelow(m_tokens);
    checkAtField(m_token, token, [](const QString& text) { static_cast<void>(pkcs11::TokenSelector::parse(toUtf8(text))); });

    for (ChoicePanel* panel : {m_modules, m_tokens}) {
        connect(panel, &ChoicePanel::opened, this, [this, panel] { Q_EMIT revealWanted(panel); });
    }
    connect(find, &QPushButton::clicked, this, &StationForm::offerModules);
    connect(choose, &QPushButton::clicked, this, &StationForm::offerTokens);
    connect(m_environment, &VariablesTable::changed, this, &StationForm::checkVariables);
    connect(m_environment, &VariablesTable::changed, this, &StationForm::edited);
    connect(m_modules, &ChoicePanel::closed, m_module, [this] { m_module->setFocus(Qt::OtherFocusReason); });
    connect(m_tokens, &ChoicePanel::closed, m_token, [this] { m_token->setFocus(Qt::OtherFocusReason); });
    connect(m_modules, &ChoicePanel::chosen, this, [this](int index) {
        const app::FoundModule& found = m_foundModules.at(static_cast<std::size_t>(index));
        m_module->setText(toQString(found.library.string()));
        m_moduleInit->setText(toQString(found.initString));
    });
    connect(m_tokens, &ChoicePanel::chosen, this, [this](int index) { m_token->setText(m_foundTokens.at(index)); });
    return card;
}

QWidget* StationForm::makeAwsCard() {
    auto* card = new Card{tr("AWS account"), this};
    card->content()->setSpacing(spacing::wide);
    addLine(card->content(), m_awsProfile, "station.aws-profile", tr("AWS &profile"),
            tr("Its name in the AWS configuration of this user. Empty: the environment's, or the default profile."));
    FormField* region = addLine(card->content(), m_region, "station.region", tr("Re&gion"),
                                tr("Where the KMS key is, like eu-central-1. Empty: as the environment or the profile says."));
    checkAtField(m_region, region, [](const QString& text) { kms::checkRegionName(toUtf8(text)); });
    FormField* endpoint =
        addLine(card->content(), m_endpointUrl, "station.endpoint", tr("En&dpoint"),
                tr("Only where KMS is not at AWS's own address: a VPC endpoint, FIPS, or a simulator. Empty: AWS's own."));
    checkAtField(m_endpointUrl, endpoint, [](const QString& text) {
        static_cast<void>(kms::Endpoint::parse(toUtf8(text), KC_TEXT("StationForm", "this field")));
    });
    FormField* bundle = addLine(card->content(), m_caBundle, "station.ca-bundle", tr("&CA bundle"),
                                tr("The roots that the TLS connection may end in, PEM. Empty: those of this machine."));
    addFileChooser(bundle, m_caBundle, "station.ca-bundle.choose", tr("Choose the CA bundle"),
                   tr("Certificates (*.pem *.crt);;All files (*)"));
    return card;
}

FormField* StationForm::addLine(QVBoxLayout* card, QLineEdit*& edit, const char* objectName, const QString& name,
                                const QString& help) {
    edit = makeEdit(objectName, this);
    edit->setMaximumWidth(pathWidth);
    FormField* field = addField(card, name, edit, help);
    m_fields.push_back(field);
    return field;
}

void StationForm::addFileChooser(FormField* field, QLineEdit* edit, const char* objectName, const QString& title,
                                 const QString& filter) {
    auto* button = makeButton(tr("Choose a file …"), this);
    button->setObjectName(QString::fromLatin1(objectName));
    button->setAccessibleName(title);
    field->addBeside(button);
    connect(button, &QPushButton::clicked, this, [this, edit, title, filter] {
        auto* dialog = new QFileDialog{this, title, {}, filter};
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setObjectName(edit->objectName() + QStringLiteral(".dialog"));
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, edit, &QLineEdit::setText);
        dialog->open();
    });
}

void StationForm::show(const StationProfile& profile) {
    m_name = profile.name;
    {
        const QSignalBlocker quiet{this};
        m_module->setText(profile.module);
        m_moduleInit->setText(profile.moduleInit);
        m_environment->show(profile.moduleEnvironment);
        m_token->setText(profile.token);
        m_awsProfile->setText(profile.awsProfile);
        m_region->setText(profile.region);
        m_endpointUrl->setText(profile.endpointUrl);
        m_caBundle->setText(profile.caBundle);
        for (QLineEdit* edit : findChildren<QLineEdit*>()) {
            edit->setCursorPosition(0);  // of what is longer than the field its beginning is seen
        }
    }
    checkVariables();
    m_modules->hide();
    m_tokens->hide();
    Q_EMIT changed();
}

StationProfile StationForm::profile() const {
    StationProfile profile;
    profile.name = m_name;
    profile.module = m_module->text().trimmed();
    profile.moduleInit = m_moduleInit->text();
    profile.moduleEnvironment = m_environment->assignments();
    profile.token = m_token->text();
    profile.awsProfile = m_awsProfile->text().trimmed();
    profile.region = m_region->text().trimmed();
    profile.endpointUrl = m_endpointUrl->text().trimmed();
    profile.caBundle = m_caBundle->text().trimmed();
    return profile;
}

bool StationForm::isSound() const {
    return std::ranges::all_of(m_fields, [](const FormField* field) { return field->problem().isEmpty(); });
}

void StationForm::edited() {
    Q_EMIT changed();
}

void StationForm::checkVariables() {
    m_environmentField->setProblem(problemWith([this] {
        for (const QString& assignment : m_environment->assignments()) {
            static_cast<void>(pkcs11::ModuleVariable::parse(toUtf8(assignment)));
        }
    }));
}

void StationForm::offerModules() {
    m_modules->wait(tr("Looking for PKCS#11 modules on this machine …"));
    using Found = std::vector<app::FoundModule>;
    runTask<Found>(
        m_desk.worker(), this, &app::findModules,
        [this](Found found) {
            m_foundModules = std::move(found);
            std::vector<ChoicePanel::Choice> choices;
            for (const app::FoundModule& module : m_foundModules) {
                choices.push_back({toQString(module.name), toQString(module.library.string())});
            }
            m_modules->offer(tr("Found on this machine, through p11-kit and in the usual places. Choose one:"), choices,
                             tr("No PKCS#11 module was found. Install the token vendor's library, then choose its file."));
        },
        [this](const Failure& failure) { m_modules->fail(failure); });
}

void StationForm::offerTokens() {
    pkcs11::ModuleProfile module;
    try {
        module = profile().moduleProfile();
    } catch (const Error& error) {
        m_tokens->fail(error.failure());
        return;
    }
    m_tokens->wait(tr("Asking the module for its tokens …"));
    runTask<app::TokenList>(
        m_desk.worker(), this, [module] { return app::listTokens(module); },
        [this](const app::TokenList& list) {
            m_foundTokens.clear();
            std::vector<ChoicePanel::Choice> choices;
            for (const pkcs11::TokenDescription& token : list.tokens) {
                if (token.initialised) {
                    m_foundTokens << toQString(token.uri);
                    choices.push_back(choiceOf(token));
                }
            }
            m_tokens->offer(tr("Tokens of %1. Choose one:").arg(toQString(list.module.description)), choices,
                            tr("The module works, but no slot holds an initialised token. Plug the token in, or initialise it "
                               "with the vendor's tool, then try again."));
        },
        [this](const Failure& failure) { m_tokens->fail(failure); });
}

}  // namespace keyconvoy::ui
