#include "tests/ui/import_page_fixture.h"
#include "ui/language/languages.h"
#include "ui/models/qualification_model.h"
#include "ui/pages/import/review_part.h"
#include "ui/widgets/question_panel.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <QSet>
#include <QTabBar>
#include <QTableView>
#include <QTranslator>

namespace keyconvoy::tests {
namespace {

/// Words that English sentences cannot do without and German ones do not have; names and identifiers are single tokens.
const QSet<QString>& englishWords() {
    static const QSet<QString> words = [] {
        const QString all = QStringLiteral(
            "the and of is with this that by under from to it its are not never known serial yes none then kept first zero bytes "
            "software production rehearsal retained key keys be as for were has have which without only again came back "
            "exactly throw-away destroyed generated token tokens wrapping");
        const QStringList list = all.split(QLatin1Char{' '});
        return QSet<QString>{list.begin(), list.end()};
    }();
    return words;
}

/// Without names that happen to be words: the rehearsal's tokens, SoftHSM's library, commands for a terminal.
QString withoutNames(QString text) {
    for (const char* name : {"Keyconvoy rehearsal", "Implementation of PKCS11", "keyconvoy key backup --help"}) {
        text.replace(QString::fromLatin1(name), QStringLiteral("NAME"));
    }
    return text;
}

QString englishWordIn(const QString& text) {
    static const QRegularExpression around{QStringLiteral("^[\\W_]+|[\\W_]+$")};
    for (QString word : withoutNames(text).split(QRegularExpression{QStringLiteral("\\s+")}, Qt::SkipEmptyParts)) {
        if (englishWords().contains(word.remove(around))) {
            return word;
        }
    }
    return {};
}

struct Shown {
    QString where;
    QString text;
};

void add(std::vector<Shown>& shown, const QWidget& widget, const QString& text) {
    if (!text.isEmpty()) {
        shown.push_back({QString::fromLatin1(widget.metaObject()->className()) + QLatin1Char{' '} + widget.objectName(), text});
    }
}

void addItems(std::vector<Shown>& shown, const QWidget& widget, const QAbstractItemModel& model) {
    for (int column = 0; column < model.columnCount(); ++column) {
        add(shown, widget, model.headerData(column, Qt::Horizontal).toString());
        for (int row = 0; row < model.rowCount(); ++row) {
            add(shown, widget, model.index(row, column).data().toString());
            add(shown, widget, model.index(row, column).data(Qt::AccessibleTextRole).toString());
        }
    }
}

/// Whatever a person can see or have read out now. What was typed in is left out, and so are fingerprints in PGP's words
/// and what KMS said, word for word.
std::vector<Shown> shownIn(QWidget& window) {
    std::vector<Shown> shown;
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->objectName() == QStringLiteral("fingerprint.words") ||
            widget->objectName().endsWith(QStringLiteral("the same in words")) ||
            widget->objectName() == QStringLiteral("failure.service-text")) {  // KMS's own words
            continue;
        }
        add(shown, *widget, widget->toolTip());
        add(shown, *widget, widget->accessibleName());
        add(shown, *widget, widget->accessibleDescription());
        if (const auto* label = qobject_cast<const QLabel*>(widget)) {
            add(shown, *widget, label->text());
        } else if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) {
            add(shown, *widget, button->text());
        } else if (const auto* edit = qobject_cast<const QLineEdit*>(widget)) {
            add(shown, *widget, edit->placeholderText());
        } else if (const auto* box = qobject_cast<const QComboBox*>(widget)) {
            addItems(shown, *widget, *box->model());
        } else if (const auto* bar = qobject_cast<const QTabBar*>(widget)) {
            for (int i = 0; i < bar->count(); ++i) {
                add(shown, *widget, bar->tabText(i));
            }
        } else if (const auto* view = qobject_cast<const QAbstractItemView*>(widget);
                   view != nullptr && view->model() != nullptr) {
            addItems(shown, *widget, *view->model());
        }
    }
    return shown;
}

/// The window in German. The language is taken back afterwards, for tests that run in the same program.
class GermanTest : public ImportPageTest {
protected:
    GermanTest() {
        const QList<QTranslator*> before = translators();
        ui::installLanguage(*qApp, QStringLiteral("de"));
        for (QTranslator* translator : translators()) {
            if (!before.contains(translator)) {
                m_installed << translator;
            }
        }
    }
    ~GermanTest() override {
        closeEverything();
        qDeleteAll(m_installed);  // takes them out of the application, too
        QLocale::setDefault(QLocale::system());
    }

    void seeNoEnglish(const char* where) {
        const std::vector<Shown> shown = shownIn(window());
        EXPECT_GT(shown.size(), 10U) << where;
        for (const Shown& one : shown) {
            const QString word = englishWordIn(one.text);
            if (!word.isEmpty() && !m_said.contains(one.text)) {
                ADD_FAILURE() << where << ", " << one.where.toStdString() << ": \"" << one.text.toStdString() << "\" ("
                              << word.toStdString() << ")";
                m_said << one.text;
            }
        }
    }
    /// As agreeUntilTheEnd(), with a look at each question.
    void agreeWithEyesOpen() {
        auto* yes = run().findChild<QPushButton*>(QStringLiteral("question.yes"));
        const auto asked = [this, yes] { return yes->isVisible() && yes->isEnabled() && openPinField() == nullptr; };
        while (true) {
            ASSERT_TRUE(waitFor([this, asked] { return !page().busy() || asked(); }));
            seeNoEnglish("import, a question or the end");
            if (!page().busy()) {
                return;
            }
            QTest::mouseClick(yes, Qt::LeftButton);
        }
    }
    void importWithEyesOpen() {
        press("import.next");
        ASSERT_TRUE(waitFor([this] { return openPinField() != nullptr; }));
        seeNoEnglish("import, the PIN");
        answerPin(rehearsalPin());
        agreeWithEyesOpen();
    }
    /// All sub pages up to the review.
    void fillInWithEyesOpen(const char* label) {
        seeNoEnglish("import, key");
        type(find<QLineEdit>("import.label"), label);
        press("import.next");
        seeNoEnglish("import, KMS key");
        press("import.next");
        seeNoEnglish("import, wrapping");
        find<QComboBox>("import.wrapping-key-spec").setCurrentIndex(0);
        press("import.next");
        seeNoEnglish("import, expiry");
        choose("import.expiry-period");
        find<QSpinBox>("import.expiry-days").setValue(30);
        press("import.next");
        ASSERT_EQ(page().current(), ImportPage::Review) << said().toStdString();
        seeNoEnglish("import, review");
    }

private:
    static QList<QTranslator*> translators() { return qApp->findChildren<QTranslator*>(Qt::FindDirectChildrenOnly); }

    QList<QTranslator*> m_installed;
    QSet<QString> m_said;
};

TEST_F(GermanTest, EnglishWouldBeNoticed) {
    EXPECT_EQ(englishWordIn(QStringLiteral("MyToken, serial number 1234")), QStringLiteral("serial"));
    EXPECT_EQ(englishWordIn(QStringLiteral("(the token refused)")), QStringLiteral("the"));
    EXPECT_TRUE(englishWordIn(QStringLiteral("arn:aws:kms:eu-central-1:000000000001:key/1, 2027-01-01T00:00:00Z")).isEmpty());
    EXPECT_TRUE(englishWordIn(QStringLiteral("Der Schlüssel bleibt auf dem Token.")).isEmpty());
}

TEST_F(GermanTest, TheWholeRehearsalImportShowsNoEnglish) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillInWithEyesOpen("bestellungen");
    importWithEyesOpen();
    ASSERT_EQ(page().current(), ImportPage::Result) << said().toStdString();
    seeNoEnglish("import, result");
}

TEST_F(GermanTest, ARefusalWithItsParticularsShowsNoEnglishAlsoWhenItRestsOnAKeptResult) {
    openImportOn(QStringLiteral("SoftHSM"));
    chooseSpec("RSA_2048");
    fillInWithEyesOpen("abgelehnt");
    importWithEyesOpen();
    ASSERT_EQ(page().current(), ImportPage::Run);
    const QString fresh = said();
    EXPECT_TRUE(fresh.contains(QStringLiteral("Im Einzelnen:"))) << fresh.toStdString();
    press("import.next");  // back to the review
    importWithEyesOpen();
    ASSERT_EQ(page().current(), ImportPage::Run);
    EXPECT_TRUE(said().contains(QStringLiteral("Im Einzelnen:"))) << said().toStdString();
}

TEST_F(GermanTest, TheOtherPagesOfARehearsalShowNoEnglish) {
    openRehearsal();
    for (const ui::PageId id :
         {ui::PageId::Start, ui::PageId::About, ui::PageId::Station, ui::PageId::Tokens, ui::PageId::Import}) {
        window().open(id);
        seeNoEnglish("a page");
    }
    window().open(ui::PageId::Station);
    find<QCheckBox>("station.check.kms").setChecked(true);
    click("station.check");
    ASSERT_TRUE(waitFor([this] { return find<QLabel>("station.verdict").isVisible(); }));
    seeNoEnglish("the station's check");
    window().open(ui::PageId::Tokens);
    auto& sections = find<QTabBar>("tokens.sections");
    ASSERT_TRUE(waitFor([&sections] { return sections.isVisible(); }));
    for (int i = 0; i < sections.count(); ++i) {
        sections.setCurrentIndex(i);
        seeNoEnglish("a section of the tokens");
    }
}

/// The reasons of a qualification that was made when the window was English, or by the command line.
TEST_F(GermanTest, KeptReasonsAreReadInGerman) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillIn("bestellungen");
    importAsFilledIn();
    ASSERT_EQ(page().current(), ImportPage::Result) << said().toStdString();
    window().open(ui::PageId::Tokens);
    auto& sections = find<QTabBar>("tokens.sections");
    ASSERT_TRUE(waitFor([&sections] { return sections.isVisible(); }));
    sections.setCurrentIndex(2);
    auto& box = find<QComboBox>("tokens.wrapping-key");
    box.setCurrentIndex(box.findData(static_cast<int>(wrapping::WrappingKeySpec::Rsa2048)));
    auto& table = find<QTableView>("tokens.matrix");
    const auto& matrix = dynamic_cast<ui::QualificationModel&>(*table.model());
    QModelIndex tried;
    ASSERT_TRUE(waitFor([&] {
        for (int row = 0; row < matrix.rowCount(); ++row) {
            for (int column = 0; column < matrix.columnCount(); ++column) {
                if (matrix.result(matrix.index(row, column)) != nullptr) {
                    tried = matrix.index(row, column);
                }
            }
        }
        return tried.isValid();
    }));
    table.setCurrentIndex(tried);
    table.selectionModel()->select(tried, QItemSelectionModel::ClearAndSelect);
    auto* reason = find<QWidget>("tokens.cell").findChild<QLabel*>(QStringLiteral("detail.reason"));
    ASSERT_NE(reason, nullptr);
    EXPECT_TRUE(reason->text().startsWith(QStringLiteral("dieses Token kann")) ||
                reason->text().startsWith(QStringLiteral("Dieses Token kann")))
        << reason->text().toStdString();
    seeNoEnglish("a kept result");
}

}  // namespace
}  // namespace keyconvoy::tests
