#include "tests/ui/text_check.h"

#include "ui/look/theme.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/table.h"

#include <gmock/gmock.h>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>
#include <QVBoxLayout>

namespace keyconvoy::tests {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// The checks are checked first: each kind of text once with room and once without.
class TextCheck : public testing::Test {
protected:
    void show(QWidget* widget) {
        m_layout->addWidget(widget, 0, Qt::AlignLeft);
        showAll();
    }
    void showAll() {
        m_window.resize(600, 400);
        m_window.show();
        EXPECT_TRUE(QTest::qWaitForWindowExposed(&m_window));
        QCoreApplication::processEvents();
    }
    [[nodiscard]] std::vector<TextFault> clipped() { return clippedTexts(m_window); }
    [[nodiscard]] std::vector<TextFault> untranslated(const QStringList& names = {}) {
        return untranslatedTexts(m_window, names);
    }

    ui::Theme m_theme{*qApp};
    QWidget m_window;
    QVBoxLayout* m_layout = new QVBoxLayout{&m_window};
};

const QString words = QStringLiteral("a text with a number of words that are not short");

TEST_F(TextCheck, PassesWhatHasRoom) {
    show(ui::makeTitle(words));
    show(ui::makeButton(words));
    m_layout->addWidget(ui::makeText(words.repeated(4)));
    showAll();
    EXPECT_THAT(clipped(), IsEmpty());
}

TEST_F(TextCheck, FindsALabelThatIsTooNarrow) {
    QLabel* label = ui::makeTitle(words);
    label->setFixedWidth(100);
    show(label);
    ASSERT_THAT(clipped(), SizeIs(1));
    EXPECT_EQ(clipped().front().text, words);
}

TEST_F(TextCheck, FindsAWrappedLabelThatIsTooLow) {
    QLabel* label = ui::makeText(words.repeated(4));
    label->setFixedSize(200, 30);
    show(label);
    EXPECT_THAT(clipped(), SizeIs(1));
}

TEST_F(TextCheck, FindsAWordThatIsWiderThanItsLabel) {
    QLabel* label = ui::makeText(QStringLiteral("one ") + QString{40, QLatin1Char{'m'}});
    label->setFixedSize(150, 300);
    show(label);
    EXPECT_THAT(clipped(), SizeIs(1));
}

TEST_F(TextCheck, FindsWhatAParentCutsOff) {
    auto* parent = new QWidget;
    parent->setFixedSize(100, 100);
    auto* label = new QLabel{words, parent};
    show(parent);
    label->resize(label->sizeHint());
    label->move(40, 0);
    EXPECT_THAT(clipped(), SizeIs(1));
}

TEST_F(TextCheck, FindsWhatASideOfAScrollAreaCutsOffAndPassesWhatIsScrolledTo) {
    auto* area = new QScrollArea;
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFixedSize(150, 100);
    auto* column = new QWidget;
    auto* rows = new QVBoxLayout{column};
    for (int i = 0; i < 20; ++i) {
        rows->addWidget(ui::makeTitle(QStringLiteral("short")));
    }
    area->setWidget(column);
    show(area);
    EXPECT_THAT(clipped(), IsEmpty());
    column->resize(500, column->height());
    rows->addWidget(ui::makeTitle(words), 0, Qt::AlignLeft);
    column->setMinimumWidth(500);
    column->adjustSize();
    QCoreApplication::processEvents();
    EXPECT_THAT(clipped(), testing::Not(IsEmpty()));
}

TEST_F(TextCheck, FindsButtonsAndBoxesThatAreTooNarrow) {
    QPushButton* button = ui::makeButton(words);
    button->setMaximumWidth(60);
    show(button);
    auto* box = new QCheckBox{words};
    box->setMaximumWidth(60);
    show(box);
    EXPECT_THAT(clipped(), SizeIs(2));
}

TEST_F(TextCheck, FindsATileWithTooLittleRoomForItsWords) {
    auto* tile = new ui::ChoiceButton{words};
    tile->addWords(ui::makeHeading(words, tile));
    tile->addWords(ui::makeCaption(words.repeated(3), tile));
    tile->setFixedSize(160, 40);
    show(tile);
    EXPECT_THAT(clipped(), testing::Not(IsEmpty()));
}

TEST_F(TextCheck, FindsAChoiceAndAPlaceholderThatAreTooNarrow) {
    auto* choice = new QComboBox;
    choice->addItem(words);
    choice->setFixedWidth(80);
    show(choice);
    auto* edit = new QLineEdit;
    edit->setPlaceholderText(words);
    edit->setFixedWidth(80);
    show(edit);
    EXPECT_THAT(clipped(), SizeIs(2));
}

TEST_F(TextCheck, FindsHeadsAndCellsThatAreTooNarrow) {
    QStandardItemModel model{1, 2};
    model.setHorizontalHeaderLabels({words, QStringLiteral("short")});
    model.setItem(0, 0, new QStandardItem{words});
    model.setItem(0, 1, new QStandardItem{QStringLiteral("one")});
    QTableView* table = ui::makeTable(&model, "table", nullptr);
    table->setFixedSize(500, 100);
    table->setColumnWidth(0, 60);
    show(table);
    EXPECT_THAT(clipped(), SizeIs(2));
    table->setColumnWidth(0, 480);
    EXPECT_THAT(clipped(), IsEmpty());
    delete table;
}

TEST_F(TextCheck, FindsWhatCameNotThroughTheTranslators) {
    show(ui::makeText(QStringLiteral("[Théý· wéré·· tránslátéd····]")));
    show(ui::makeText(QStringLiteral("[Névér···] RSA_AES_KEY_WRAP_SHA_256, arn:aws:kms:eu-central-1:0:key/a, pkcs11:token=a")));
    show(ui::makeText(QStringLiteral("Ceremony")));
    EXPECT_THAT(untranslated({QStringLiteral("Ceremony")}), IsEmpty());
    EXPECT_THAT(untranslated(), SizeIs(1));
    QLabel* half = ui::makeText(QStringLiteral("[Thé· kéý·: %1]").arg(QStringLiteral("not found")));
    show(half);
    EXPECT_THAT(untranslated({QStringLiteral("Ceremony")}), SizeIs(1));
}

TEST_F(TextCheck, FindsWhatIsSaidToScreenReadersOnlyToo) {
    QPushButton* button = ui::makeButton(QStringLiteral("[Cópý··]"));
    button->setAccessibleName(QStringLiteral("Copy it"));
    show(button);
    EXPECT_THAT(untranslated(), SizeIs(1));
}

}  // namespace
}  // namespace keyconvoy::tests
