#include "tests/ui/desktop_test.h"

#include <QAccessible>
#include <set>

namespace keyconvoy::tests {
namespace {

const std::set<QAccessible::Role>& rolesThatNeedAName() {
    static const std::set<QAccessible::Role> roles{QAccessible::Button,      QAccessible::PushButton,   QAccessible::CheckBox,
                                                   QAccessible::RadioButton, QAccessible::EditableText, QAccessible::ComboBox,
                                                   QAccessible::SpinBox,     QAccessible::Table,        QAccessible::List,
                                                   QAccessible::Tree,        QAccessible::PageTabList};
    return roles;
}

struct Nameless {
    QString object;
    int role;
};

void collectNameless(QAccessibleInterface& node, std::vector<Nameless>& found, int depth = 0) {
    if (depth > 60 || node.state().invisible) {
        return;
    }
    QObject* object = node.object();
    const bool ofOurs = object != nullptr && !object->objectName().startsWith(QStringLiteral("qt_"));
    if (ofOurs && rolesThatNeedAName().contains(node.role()) && node.text(QAccessible::Name).isEmpty()) {
        found.push_back(
            {QString::fromLatin1(object->metaObject()->className()) + QLatin1Char{' '} + object->objectName(), node.role()});
    }
    for (int i = 0; i < node.childCount(); ++i) {
        if (QAccessibleInterface* child = node.child(i)) {
            collectNameless(*child, found, depth + 1);
        }
    }
}

class AccessibilityOfEveryPage : public DesktopTest, public testing::WithParamInterface<ui::PageId> {};

TEST_P(AccessibilityOfEveryPage, EveryControlHasAName) {
    QAccessible::setActive(true);
    openWindow(options());
    window().open(GetParam());
    QAccessibleInterface* root = QAccessible::queryAccessibleInterface(&window());
    ASSERT_NE(root, nullptr);
    std::vector<Nameless> nameless;
    collectNameless(*root, nameless);
    for (const Nameless& control : nameless) {
        ADD_FAILURE() << control.object.toStdString() << " (role " << control.role << ") has no accessible name";
    }
}

TEST_P(AccessibilityOfEveryPage, TabReachesControlsAndComesBack) {
    openWindow(options());
    window().open(GetParam());
    window().activateWindow();
    std::set<QWidget*> reached;
    for (int i = 0; i < 200; ++i) {
        QTest::keyClick(&window(), Qt::Key_Tab);
        QWidget* focused = QApplication::focusWidget();
        if (focused == nullptr || !reached.insert(focused).second) {
            break;
        }
    }
    EXPECT_GE(reached.size(), 5U) << "the five navigation buttons at least";
}

INSTANTIATE_TEST_SUITE_P(Pages, AccessibilityOfEveryPage,
                         testing::Values(ui::PageId::Start, ui::PageId::Import, ui::PageId::Tokens, ui::PageId::Station,
                                         ui::PageId::About),
                         [](const auto& row) { return "Page" + std::to_string(static_cast<int>(row.param)); });

}  // namespace
}  // namespace keyconvoy::tests
