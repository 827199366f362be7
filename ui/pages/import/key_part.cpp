#include "ui/pages/import/key_part.h"

#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/pages/import/key_picker.h"
#include "ui/pages/import/token_part.h"
#include "ui/pages/import/words.h"
#include "ui/widgets/columns.h"
#include "ui/widgets/form.h"
#include "ui/widgets/parts.h"
#include "wrapping/compatibility.h"

#include <QComboBox>
#include <QLineEdit>
#include <QRadioButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int keyShare = 3;
constexpr int tokenShare = 2;

pkcs11::KeyUri keyFrom(const QString& text) {
    const std::string key = toUtf8(text.trimmed());
    if (key.empty()) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("KeyPart", "the key on the token"), KC_TEXT("KeyPart", "none is named"),
                    KC_TEXT("KeyPart", "type its label or its URI, or choose one from the token's list")};
    }
    if (key.starts_with("pkcs11:")) {
        return pkcs11::KeyUri::parse(key);
    }
    pkcs11::KeyUri byLabel;
    byLabel.key.label = pkcs11::ObjectLabel{key};
    return byLabel;
}

}  // namespace

KeyPart::KeyPart(Desk& desk, QWidget* parent)
    : ImportPart{parent},
      m_desk{desk},
      m_spec{makeChoice("import.key-spec", this)},
      m_strength{makeCaption({}, this)},
      m_usageField{new QWidget{this}},
      m_usage{makeChoice("import.key-usage", m_usageField)},
      m_generate{makeRadio(tr("&Generate a new key on the token"), "import.generate", this)},
      m_label{makeEdit("import.label", this)},
      m_existing{makeRadio(tr("Take a key that is on the token &already"), "import.existing", this)},
      m_key{makeEdit("import.key", this)},
      m_picker{new KeyPicker{desk, this}},
      m_token{new TokenPart{desk, this}} {
    auto* outer = new QVBoxLayout{this};
    outer->setContentsMargins(0, 0, 0, 0);
    auto* columns = new Columns{this};
    columns->add(makeKeyCard(), keyShare);
    columns->add(makeTokenCard(), tokenShare);
    outer->addWidget(columns);
    for (const auto& [spec, name] : wrapping::keySpecNames) {
        m_spec->addItem(tr("%1 — %2").arg(toQString(name), meaningOfSpec(spec)), static_cast<int>(spec));
    }
    connect(m_spec, &QComboBox::currentIndexChanged, this, &KeyPart::showSpec);
    connect(m_picker, &KeyPicker::picked, this, &KeyPart::pick);
    connect(m_picker, &KeyPicker::busyChanged, this, &KeyPart::busyChanged);
    connect(m_picker, &KeyPicker::revealWanted, this, &KeyPart::revealWanted);
    connect(m_token, &TokenPart::stationWanted, this, &KeyPart::stationWanted);
    connect(&desk, &Desk::rehearsalChanged, m_picker, &KeyPicker::clear);
    connect(&desk, &Desk::profileChanged, m_picker, &KeyPicker::clear);
    showSpec();
}

QWidget* KeyPart::makeKeyCard() {
    auto* card = new Card{tr("The key"), this};
    QVBoxLayout* column = card->content();
    addField(column, tr("Key &spec"), m_spec);
    m_strength->setObjectName(QStringLiteral("import.strength"));
    column->addWidget(m_strength);
    auto* usage = new QVBoxLayout{m_usageField};
    usage->setContentsMargins(0, 0, 0, 0);
    addField(usage, tr("Key &usage"), m_usage, tr("For a KMS key that is created; one that exists has its usage already."));
    column->addWidget(m_usageField);
    m_generate->setChecked(true);
    column->addWidget(m_generate);
    QVBoxLayout* label = addBelowChoice(column, m_generate, card);
    addField(label, tr("Lab&el"), m_label, tr("The name by which people will find this key on the token, for years."));
    column->addWidget(m_existing);
    QVBoxLayout* existing = addBelowChoice(column, m_existing, card);
    addField(existing, tr("Label or &URI of the key"), m_key);
    existing->addWidget(m_picker);
    return card;
}

QWidget* KeyPart::makeTokenCard() {
    auto* card = new Card{tr("The token"), this};
    card->content()->addWidget(m_token);
    return card;
}

wrapping::KeySpec KeyPart::keySpec() const {
    return static_cast<wrapping::KeySpec>(m_spec->currentData().toInt());
}

void KeyPart::showSpec() {
    const wrapping::KeySpec spec = keySpec();
    m_strength->setText(tr("Strength: %1 bits").arg(wrapping::strengthBits(spec)));
    m_usage->clear();
    for (const wrapping::KeyUsage usage : usagesOf(spec)) {
        m_usage->addItem(tr("%1 — %2").arg(nameOfUsage(usage), meaningOfUsage(usage)), static_cast<int>(usage));
    }
    m_usageField->setVisible(m_usage->count() > 1);
}

void KeyPart::enter(const ImportDraft& /*soFar*/) {
    m_token->look();
    m_spec->setFocus(Qt::OtherFocusReason);
}

void KeyPart::contribute(ImportDraft& draft) const {
    draft.request.keySpec = keySpec();
    draft.request.kmsKey.usageForNew = static_cast<wrapping::KeyUsage>(m_usage->currentData().toInt());
    draft.token = m_token->token();
    draft.request.key = {};
    if (m_existing->isChecked()) {
        const pkcs11::KeyUri key = keyFrom(m_key->text());
        draft.request.key.existing = key.key;
        draft.request.token.token = app::narrowed(draft.request.token.token, key.token);
        return;
    }
    const std::string label = toUtf8(m_label->text().trimmed());
    if (label.empty()) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("KeyPart", "the new key"), KC_TEXT("KeyPart", "it has no label"),
                    KC_TEXT("KeyPart", "give it a name that people can recognise")};
    }
    draft.request.key.generateWithLabel = pkcs11::ObjectLabel{label};
}

bool KeyPart::busy() const {
    return m_picker->busy();
}

void KeyPart::cancel() {
    m_picker->cancel();
}

void KeyPart::pick(const pkcs11::KeyDescription& key) {
    m_key->setText(toQString(key.uri));
    m_key->setCursorPosition(0);
    const auto fitting = key.type ? wrapping::keySpecFor(*key.type) : std::nullopt;
    if (fitting && !wrapping::takes(keySpec(), *key.type)) {
        m_spec->setCurrentIndex(m_spec->findData(static_cast<int>(*fitting)));
    }
}

void KeyPart::takeUp(const std::string& uri) {
    m_existing->setChecked(true);
    m_key->setText(toQString(uri));
    m_key->setCursorPosition(0);
}

void KeyPart::goToMissing() {
    for (QLineEdit* edit : {m_label, m_key}) {
        if (edit->isVisible() && edit->text().trimmed().isEmpty()) {
            edit->setFocus(Qt::OtherFocusReason);
        }
    }
}

void KeyPart::startAnother() {
    m_generate->setChecked(true);
    m_label->clear();
    m_key->clear();
    m_picker->clear();
}

}  // namespace keyconvoy::ui
