#pragma once

#include "core/secret_bytes.h"

#include <cstddef>
#include <QWidget>

namespace keyconvoy::ui {

/// Where an officer types a PIN. Its octets are kept in one locked page and nowhere else: no undo, no clipboard, no input method,
/// no string of the toolkit; only bullets are painted. Escape empties it; Return is the dialog's. A screen reader sees a password
/// field and never its contents.
class PinField final : public QWidget {
    Q_OBJECT
    Q_PROPERTY(int length READ length NOTIFY lengthChanged)

public:
    explicit PinField(QWidget* parent = nullptr);
    PinField(const PinField&) = delete;
    PinField& operator=(const PinField&) = delete;
    ~PinField() override;

    [[nodiscard]] int length() const { return static_cast<int>(m_characters); }  ///< characters typed
    /// The PIN as UTF-8, in the secure heap; the field is wiped by this.
    [[nodiscard]] SecretBytes take();
    void wipe();

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void lengthChanged(int length);
    void accepted();
    /// Caps lock seems to be on: a lower-case key gave a capital.
    void capsLockNoticed(bool on);
    void full();  ///< more than maximumOctets were typed; the last character was not taken

public:
    static constexpr std::size_t maximumOctets = 255;

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void append(char32_t character);
    void removeLast();
    void changed();

    unsigned char* m_page = nullptr;
    std::size_t m_pageSize = 0;
    std::size_t m_octets = 0;
    std::size_t m_characters = 0;
};

/// Makes assistive technology see PIN fields as password fields; once per process.
void installPinFieldAccessibility();

}  // namespace keyconvoy::ui
