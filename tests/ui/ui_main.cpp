#include "tests/support/token_fixture.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QStandardPaths>
#include <string_view>

// One program, one QApplication; ctest starts it once for each test.
int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (GTEST_FLAG_GET(list_tests)) {  // asked for while building, where there may be no display
        return RUN_ALL_TESTS();
    }
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    keyconvoy::tests::prepareProcess();
    QCoreApplication::setApplicationName(QStringLiteral("keyconvoy-desktop"));
    QCoreApplication::setApplicationVersion(QStringLiteral("0.0.0"));
    const QApplication application{argc, argv};
    return RUN_ALL_TESTS();
}
