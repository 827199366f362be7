#include "ui/widgets/pin_field.h"

#include "core/error.h"
#include "ui/look/spacing.h"
#include "ui/look/theme.h"

#include <algorithm>
#include <array>
#include <openssl/crypto.h>
#include <QAccessible>
#include <QAccessibleWidget>
#include <QKeyEvent>
#include <QPainter>
#include <QStyle>
#include <span>
#include <sys/mman.h>
#include <unistd.h>

namespace keyconvoy::ui {

namespace {

constexpr int fieldWidth = 320;
constexpr int fieldHeight = 36;
constexpr int bulletSize = 8;
constexpr char32_t firstPrintable = 0x20;
constexpr char32_t deleteCharacter = 0x7f;

class PinFieldAccessible final : public QAccessibleWidget {
public:
    explicit PinFieldAccessible(QWidget* widget) : QAccessibleWidget{widget, QAccessible::EditableText} {}

    [[nodiscard]] QAccessible::State state() const override {
        QAccessible::State state = QAccessibleWidget::state();
        state.passwordEdit = true;
        state.focusable = true;
        return state;
    }
};

QAccessibleInterface* makeAccessible(const QString& className, QObject* object) {
    auto* widget = qobject_cast<PinField*>(object);
    return widget != nullptr && className == QLatin1String{"keyconvoy::ui::PinField"} ? new PinFieldAccessible{widget} : nullptr;
}

bool isModified(const QKeyEvent& event) {
    const Qt::KeyboardModifiers commands = Qt::AltModifier | Qt::MetaModifier | Qt::ControlModifier;
    return (event.modifiers() & commands) != Qt::NoModifier &&
           (event.modifiers() & commands) != (Qt::AltModifier | Qt::ControlModifier);
}

/// UTF-8 of one character, to the end of `to`; gives the number of octets.
std::size_t encode(char32_t character, std::span<unsigned char, 4> to) {
    const auto low = [character](unsigned shift) { return static_cast<unsigned char>(0x80U | ((character >> shift) & 0x3fU)); };
    if (character < 0x80) {
        to[0] = static_cast<unsigned char>(character);
        return 1;
    }
    if (character < 0x800) {
        to[0] = static_cast<unsigned char>(0xc0U | (character >> 6U));
        to[1] = low(0);
        return 2;
    }
    if (character < 0x10000) {
        to[0] = static_cast<unsigned char>(0xe0U | (character >> 12U));
        to[1] = low(6);
        to[2] = low(0);
        return 3;
    }
    to[0] = static_cast<unsigned char>(0xf0U | (character >> 18U));
    to[1] = low(12);
    to[2] = low(6);
    to[3] = low(0);
    return 4;
}

bool isLetterOfOtherCase(const QKeyEvent& event, char32_t character) {
    const bool shift = (event.modifiers() & Qt::ShiftModifier) != Qt::NoModifier;
    return QChar::isLetter(character) && QChar::isUpper(character) != shift &&
           QChar::toLower(character) != QChar::toUpper(character);
}

}  // namespace

PinField::PinField(QWidget* parent) : QWidget{parent}, m_pageSize{static_cast<std::size_t>(sysconf(_SC_PAGESIZE))} {
    void* page = mmap(nullptr, m_pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr): the system's own constant
        throw Error{ErrorKind::Unavailable, KC_TEXT("PinField", "PIN field"), KC_TEXT("PinField", "there is no memory for it"),
                    KC_TEXT("PinField", "close other programs")};
    }
    m_page = static_cast<unsigned char*>(page);
    static_cast<void>(
        mlock(m_page, m_pageSize));  // where the limit is used up, the secure heap's own warning was shown at the start
    static_cast<void>(madvise(m_page, m_pageSize, MADV_DONTDUMP));
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_InputMethodEnabled, false);
    setAttribute(Qt::WA_StyledBackground, false);
    setCursor(Qt::IBeamCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(tr("PIN"));
}

PinField::~PinField() {
    OPENSSL_cleanse(m_page, m_pageSize);
    munmap(m_page, m_pageSize);
}

SecretBytes PinField::take() {
    SecretBytes pin = SecretBytes::copyOf(ByteView{m_page, m_octets});
    wipe();
    return pin;
}

void PinField::wipe() {
    OPENSSL_cleanse(m_page, m_pageSize);
    m_octets = 0;
    m_characters = 0;
    changed();
}

QSize PinField::sizeHint() const {
    return {fieldWidth, fieldHeight};
}

void PinField::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Backspace: removeLast(); return;
        case Qt::Key_Delete:
        case Qt::Key_Escape:
            if (m_characters == 0) {
                QWidget::keyPressEvent(event);
                return;
            }
            wipe();
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter: Q_EMIT accepted(); return;
        default: break;
    }
    QString typed = event->text();
    if (typed.isEmpty() || isModified(*event)) {
        QWidget::keyPressEvent(event);
        return;
    }
    for (qsizetype i = 0; i < typed.size(); ++i) {
        char32_t character = typed.at(i).unicode();
        if (typed.at(i).isHighSurrogate() && i + 1 < typed.size()) {
            character = QChar::surrogateToUcs4(typed.at(i), typed.at(i + 1));
            ++i;
        }
        if (character >= firstPrintable && character != deleteCharacter) {
            append(character);
            Q_EMIT capsLockNoticed(isLetterOfOtherCase(*event, character));
        }
    }
    typed.detach();
    typed.fill(QChar{0});
    event->accept();
}

void PinField::append(char32_t character) {
    std::array<unsigned char, 4> octets{};
    const std::size_t size = encode(character, octets);
    if (m_octets + size > maximumOctets) {
        Q_EMIT full();
    } else {
        std::copy_n(octets.begin(), size, m_page + m_octets);
        m_octets += size;
        ++m_characters;
        changed();
    }
    OPENSSL_cleanse(octets.data(), octets.size());
}

void PinField::removeLast() {
    if (m_characters == 0) {
        return;
    }
    bool wasContinuation = true;
    while (wasContinuation) {
        --m_octets;
        wasContinuation = (m_page[m_octets] & 0xc0U) == 0x80U;
        m_page[m_octets] = 0;
    }
    --m_characters;
    changed();
}

void PinField::changed() {
    update();
    Q_EMIT lengthChanged(length());
}

void PinField::paintEvent(QPaintEvent* /*event*/) {
    const Colours& colours = Theme::current().colours();
    QPainter painter{this};
    painter.setRenderHint(QPainter::Antialiasing);
    const double width = hasFocus() ? 2.0 : 1.0;
    painter.setPen(QPen{hasFocus() ? colours.accent : colours.outline, width});
    painter.setBrush(isEnabled() ? colours.surface : colours.window);
    painter.drawRoundedRect(QRectF{rect()}.adjusted(width / 2, width / 2, -width / 2, -width / 2), 6, 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.text);
    const int step = bulletSize + spacing::hair;
    const int room = std::max(1, (this->width() - 2 * spacing::normal) / step);
    const int shown = std::min(length(), room);
    for (int i = 0; i < shown; ++i) {
        painter.drawEllipse(spacing::normal + i * step, (height() - bulletSize) / 2, bulletSize, bulletSize);
    }
    if (hasFocus()) {
        painter.setBrush(colours.accent);
        painter.drawRect(spacing::normal + shown * step, spacing::small, 2, height() - 2 * spacing::small);
    }
}

void PinField::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void PinField::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

void installPinFieldAccessibility() {
    QAccessible::installFactory(&makeAccessible);
}

}  // namespace keyconvoy::ui
