#include "ui/widgets/pin_field.h"
#include "tests/pkcs11/memory_scan.h"
#include "tests/ui/desktop_test.h"

#include <QAccessible>
#include <QClipboard>
#include <QSignalSpy>

namespace keyconvoy::tests {
namespace {

using ui::PinField;

std::string textOf(const SecretBytes& secret) {
    return {secret.view().begin(), secret.view().end()};
}

class PinFieldTest : public DesktopTest {
protected:
    PinFieldTest() {
        m_field.show();
        m_field.setFocus();
    }
    PinField m_field;
};

TEST_F(PinFieldTest, GivesWhatWasTypedAsUtf8AndIsEmptyThen) {
    type(m_field, "12ab");
    QTest::keyEvent(QTest::Click, &m_field, QChar{u'ß'}.toLatin1());
    EXPECT_GE(m_field.length(), 4);
    m_field.wipe();
    QKeyEvent umlaut{QEvent::KeyPress, 0, Qt::NoModifier, QStringLiteral("é")};
    type(m_field, "1");
    QCoreApplication::sendEvent(&m_field, &umlaut);
    EXPECT_EQ(m_field.length(), 2);
    EXPECT_EQ(textOf(m_field.take()), "1\xc3\xa9");
    EXPECT_EQ(m_field.length(), 0);
    EXPECT_TRUE(m_field.take().empty());
}

TEST_F(PinFieldTest, BackspaceTakesAWholeCharacterAndEscapeAll) {
    QKeyEvent euro{QEvent::KeyPress, 0, Qt::NoModifier, QStringLiteral("€")};
    type(m_field, "9");
    QCoreApplication::sendEvent(&m_field, &euro);
    QTest::keyClick(&m_field, Qt::Key_Backspace);
    EXPECT_EQ(m_field.length(), 1);
    QTest::keyClick(&m_field, Qt::Key_Escape);
    EXPECT_EQ(m_field.length(), 0);
    QTest::keyClick(&m_field, Qt::Key_Backspace);  // nothing to take
    EXPECT_EQ(m_field.length(), 0);
}

TEST_F(PinFieldTest, TakesNothingFromTheClipboardAndGivesItNothing) {
    QGuiApplication::clipboard()->setText(QStringLiteral("1234"));
    QTest::keySequence(&m_field, QKeySequence::Paste);
    EXPECT_EQ(m_field.length(), 0);
    type(m_field, "5678");
    QTest::keySequence(&m_field, QKeySequence::SelectAll);
    QTest::keySequence(&m_field, QKeySequence::Copy);
    EXPECT_EQ(QGuiApplication::clipboard()->text(), QStringLiteral("1234"));
    EXPECT_EQ(textOf(m_field.take()), "5678");
}

TEST_F(PinFieldTest, SaysWhenItIsFullAndTakesNoMore) {
    const QSignalSpy full{&m_field, &PinField::full};
    type(m_field, std::string(PinField::maximumOctets + 3, '7'));
    EXPECT_EQ(full.size(), 3);
    EXPECT_EQ(m_field.take().size(), PinField::maximumOctets);
}

TEST_F(PinFieldTest, NoticesCapsLock) {
    QSignalSpy noticed{&m_field, &PinField::capsLockNoticed};
    QKeyEvent capital{QEvent::KeyPress, Qt::Key_A, Qt::NoModifier, QStringLiteral("A")};
    QCoreApplication::sendEvent(&m_field, &capital);
    ASSERT_EQ(noticed.size(), 1);
    EXPECT_TRUE(noticed.takeFirst().at(0).toBool());
    type(m_field, "a");
    EXPECT_FALSE(noticed.takeFirst().at(0).toBool());
}

TEST_F(PinFieldTest, IsAPasswordFieldToScreenReadersWithoutContents) {
    type(m_field, "24680135");
    QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(&m_field);
    ASSERT_NE(accessible, nullptr);
    EXPECT_EQ(accessible->role(), QAccessible::EditableText);
    EXPECT_TRUE(accessible->state().passwordEdit);
    EXPECT_EQ(accessible->text(QAccessible::Name), QStringLiteral("PIN"));
    EXPECT_TRUE(accessible->text(QAccessible::Value).isEmpty());
    EXPECT_EQ(accessible->textInterface(), nullptr);
}

/// Types a PIN that stands nowhere in this program: digits made on the fly, then masked.
MaskedPattern typeFreshPin(PinField& field) {
    Bytes masked;
    unsigned state = static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(&field)) | 1U;
    for (int i = 0; i < 16; ++i) {
        state = state * 1664525U + 1013904223U;
        const char digit = static_cast<char>('0' + (state >> 16U) % 10);
        QTest::keyClick(&field, digit);
        masked.push_back(static_cast<std::uint8_t>(digit ^ MaskedPattern::mask));
    }
    return MaskedPattern::fromMasked(std::move(masked));
}

TEST_F(PinFieldTest, NoCopyIsLeftInMemoryAfterUse) {
    const MaskedPattern pattern = typeFreshPin(m_field);
    EXPECT_GE(countInOwnMemory(pattern), 1U) << "the scan must find the PIN while it stands in the field";
    {
        const SecretBytes pin = m_field.take();
        EXPECT_GE(countInOwnMemory(pattern), 1U) << "now in the secure heap";
    }
    QCoreApplication::processEvents();
    EXPECT_EQ(countInOwnMemory(pattern), 0U);
}

}  // namespace
}  // namespace keyconvoy::tests
