#pragma once

#include "tests/ui/import_page_fixture.h"

#include <memory>
#include <ostream>
#include <QLocale>
#include <QTranslator>
#include <vector>

namespace keyconvoy::tests {

/// How the window is looked at.
struct Look {
    QString language;  ///< "en", "de"; "pseudo": every text longer and accented
    ui::ShadeChoice shade = ui::ShadeChoice::Light;
    QSize size{1280, 720};

    [[nodiscard]] bool pseudo() const { return language == QStringLiteral("pseudo"); }
    [[nodiscard]] QString name() const;  ///< "de_dark_1280x720"
    friend std::ostream& operator<<(std::ostream& stream, const Look& look);
};

/// What the tours are looked at in: KEYCONVOY_LOOK where it is set; else what finds most: the pseudo language in a usual window,
/// and German where 200 % leave 960x540 of a screen.
[[nodiscard]] std::vector<Look> looks();

/// Goes through the window as an officer does, and stops at every page and state that somebody may stand before. At each stop
/// every text is looked at; where KEYCONVOY_SCREENSHOTS names a folder, a picture of it is kept there for people.
class Tour : public ImportPageTest, public testing::WithParamInterface<Look> {
protected:
    Tour();
    ~Tour() override;

    void openTour(const ui::DesktopOptions& options);
    void openRehearsalTour(const QString& token);
    void stop(const char* name);

    [[nodiscard]] QWidget& page(ui::PageId id) { return *window().page(id); }
    /// A part of the open page that is waited for.
    template <class Widget>
    Widget& waitForPart(QWidget& within, const char* name) {
        Widget* part = nullptr;
        EXPECT_TRUE(waitFor([&] {
            part = within.findChild<Widget*>(QString::fromLatin1(name));
            return part != nullptr && part->isVisible() && part->isEnabled();
        })) << name;
        return *part;
    }
    void waitForFailure(QWidget& within);
    /// Types a PIN into the field that is open within, and gives it.
    void enterPin(QWidget& within, std::string_view pin);
    /// What is no text: labels typed in, names of tokens.
    void addName(const QString& name) { m_names << name; }

private:
    void settle();
    void checkTextsOf(QWidget& shown, const QByteArray& at);
    void keepPicture(const char* name);

    QStringList m_names;
    int m_stops = 0;
    QLocale m_localeBefore;
};

/// Each tour, in every look.
#define KEYCONVOY_TOUR(suite)                                          \
    INSTANTIATE_TEST_SUITE_P(Looks, suite, testing::ValuesIn(looks()), \
                             [](const auto& row) { return row.param.name().toStdString(); })

}  // namespace keyconvoy::tests
