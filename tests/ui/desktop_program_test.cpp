#include "tests/cli/program.h"
#include "tests/ui/held_import.h"
#include "ui/desktop_options.h"
#include "ui/end_signals.h"
#include "ui/single_instance.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <gmock/gmock.h>
#include <QLocalSocket>
#include <QSignalSpy>
#include <sys/stat.h>

namespace keyconvoy::tests {
namespace {

using testing::HasSubstr;
using ui::SingleInstance;
namespace fs = std::filesystem;

class SingleInstanceTest : public DesktopTest {
protected:
    [[nodiscard]] QString place() const { return ui::toQString(folder().string()); }
};

TEST_F(SingleInstanceTest, TheSecondStartCallsTheFirst) {
    const SingleInstance first{place()};
    const QSignalSpy called{&first, &SingleInstance::anotherStarted};
    ASSERT_EQ(first.place(), SingleInstance::Place::First);
    const SingleInstance second{place()};
    EXPECT_EQ(second.place(), SingleInstance::Place::Second);
    EXPECT_TRUE(waitFor([&called] { return called.size() == 1; }));
}

TEST_F(SingleInstanceTest, WhatAKilledOneLeftDoesNotMatter) {
    {
        const FileDescriptor stale{open((folder() / "keyconvoy-desktop").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)};
        const SingleInstance killed{place()};
    }
    const SingleInstance first{place()};
    const QSignalSpy called{&first, &SingleInstance::anotherStarted};
    EXPECT_EQ(first.place(), SingleInstance::Place::First);
    EXPECT_EQ(SingleInstance{place()}.place(), SingleInstance::Place::Second);
    EXPECT_TRUE(waitFor([&called] { return called.size() == 1; }));
}

TEST_F(SingleInstanceTest, AFolderThatOthersCanWriteToIsNotBelieved) {
    ASSERT_EQ(chmod(folder().c_str(), 0777), 0);
    const SingleInstance instance{place()};
    EXPECT_EQ(instance.place(), SingleInstance::Place::Unknown);
    EXPECT_TRUE(instance.whyUnknown().contains(place()));
}

TEST_F(SingleInstanceTest, WithoutAFolderTheWindowOpensAllTheSame) {
    EXPECT_EQ(SingleInstance{place() + QStringLiteral("/none")}.place(), SingleInstance::Place::Unknown);
}

TEST(DesktopOptionsTest, WhatTheStationWouldNotTakeIsRefused) {
    const std::vector<QStringList> refused{
        {QStringLiteral("--token"), QStringLiteral("pkcs11:token=A;pin-value=12345678")},
        {QStringLiteral("--region"), QStringLiteral("Frankfurt")},
        {QStringLiteral("--endpoint-url"), QStringLiteral("nonsense")},
        {QStringLiteral("--module-env"), QStringLiteral("X")},
        {QStringLiteral("--language"), QStringLiteral("fr")},
        {QStringLiteral("--help-all")},
        {QStringLiteral("stray")},
    };
    for (const QStringList& arguments : refused) {
        try {
            static_cast<void>(ui::parseDesktopOptions(QStringList{QStringLiteral("keyconvoy-desktop")} + arguments));
            ADD_FAILURE() << arguments.join(QLatin1Char{' '}).toStdString();
        } catch (const Error& error) {
            EXPECT_EQ(toEnglish(error.failure().cause).find("12345678"), std::string::npos) << "a PIN is not repeated";
        }
    }
    EXPECT_EQ(ui::parseDesktopOptions({QStringLiteral("keyconvoy-desktop"), QStringLiteral("--language"), QStringLiteral("de")})
                  .language,
              QStringLiteral("de"));
}

/// The program itself, offscreen, with a home, a runtime folder and temporary files of its own.
class DesktopProgram : public testing::Test {
protected:
    DesktopProgram() {
        for (const fs::path& made : {runtime(), temporary()}) {
            fs::create_directory(made);
            fs::permissions(made, fs::perms::owner_all);
        }
    }
    [[nodiscard]] fs::path runtime() const { return m_home.folder() / "runtime"; }
    [[nodiscard]] fs::path temporary() const { return m_home.folder() / "tmp"; }
    [[nodiscard]] Running start(const Arguments& arguments, const std::map<std::string, std::string>& more = {},
                                const fs::path& program = KEYCONVOY_DESKTOP_PROGRAM) const {
        Surroundings surroundings;
        surroundings.program = program;
        surroundings.environment = {{"QT_QPA_PLATFORM", "offscreen"},
                                    {"LC_ALL", "C.UTF-8"},
                                    {"XDG_RUNTIME_DIR", runtime().string()},
                                    {"TMPDIR", temporary().string()}};
        for (const auto& [name, value] : more) {
            surroundings.environment[name] = value;
        }
        return Running{m_home, arguments, surroundings};
    }
    [[nodiscard]] bool windowIsOpen() const {
        return waitFor([this] {
            QLocalSocket socket;
            socket.connectToServer(ui::toQString((runtime() / "keyconvoy-desktop").string()));
            return socket.state() == QLocalSocket::ConnectedState;
        });
    }
    /// The tokens are made: the last file of the last one is there.
    [[nodiscard]] bool rehearsalIsOpen() const {
        return waitFor([this] {
            const fs::recursive_directory_iterator all{temporary(), fs::directory_options::skip_permission_denied};
            return std::ranges::any_of(all,
                                       [](const fs::directory_entry& entry) { return entry.path().filename() == "key4.db"; });
        });
    }

    Home m_home;
};

TEST_F(DesktopProgram, EndsOnEachSignalAndLeavesNothingOfARehearsal) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        Running program = start({"--rehearsal", "--simulator", KEYCONVOY_SIMULATOR});
        ASSERT_TRUE(rehearsalIsOpen());
        program.signal(signal);
        EXPECT_EQ(program.finish().exitCode, 0);
        EXPECT_TRUE(fs::is_empty(temporary())) << signal;
        EXPECT_FALSE(fs::exists(runtime() / "keyconvoy-desktop")) << "the socket";
    }
}

TEST_F(DesktopProgram, OfManyStartedAtOnceOneStays) {
    // Each tells of its end through a pipe: bash's wait -n misses those that ended before it was called.
    const std::string script =
        "set -m; pipe=$(mktemp -u); mkfifo \"$pipe\"; exec 3<>\"$pipe\"; rm \"$pipe\"; "
        "for i in 1 2 3 4; do { \"$0\"; echo $? >&3; } & jobs+=($!); done; "
        "for i in 1 2 3; do read -r code <&3; [[ $code == 0 ]] || exit 1; done; "
        "for job in \"${jobs[@]}\"; do kill -- -\"$job\" 2>/dev/null; done; wait; exit 0";
    Running programs = start({"-c", script, KEYCONVOY_DESKTOP_PROGRAM}, {}, "/bin/bash");
    const Finished finished = programs.finish();
    EXPECT_EQ(finished.exitCode, 0) << finished;
    const std::string refusal = "is running already";
    int refused = 0;
    for (auto at = finished.err.find(refusal); at != std::string::npos; at = finished.err.find(refusal, at + 1)) {
        ++refused;
    }
    EXPECT_EQ(refused, 3);
}

TEST_F(DesktopProgram, AfterAKilledOneTheNextOpens) {
    Running killed = start({});
    ASSERT_TRUE(windowIsOpen());
    killed.signal(SIGKILL);
    EXPECT_EQ(killed.finish().exitCode, 128 + SIGKILL);
    ASSERT_TRUE(fs::exists(runtime() / "keyconvoy-desktop")) << "it could not tidy up";
    Running next = start({});
    ASSERT_TRUE(windowIsOpen());
    next.signal(SIGTERM);
    const Finished finished = next.finish();
    EXPECT_EQ(finished.exitCode, 0);
    EXPECT_EQ(finished.err.find("running already"), std::string::npos);
}

/// The end of a session asks nobody; what must be known by then goes to standard error.
TEST_F(HeldImport, ASignalEndsTheJobClosesTheWindowAndSaysWhatExists) {
    prepare("SYMMETRIC_DEFAULT");
    proxy().hold("ImportKeyMaterial");
    ASSERT_TRUE(goOnUntil([this] { return proxy().holds(); }));
    const ui::EndSignals signals;
    QObject::connect(&signals, &ui::EndSignals::arrived, &window(), &ui::MainWindow::closeUnasked);
    testing::internal::CaptureStderr();
    std::raise(SIGTERM);
    expectTheEventLoopGoesOn();
    EXPECT_TRUE(proxy().holds());
    proxy().release();
    EXPECT_TRUE(waitFor([this] { return !window().isVisible(); }));
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_THAT(said, HasSubstr(run().leftBehind()->kmsKeyArn.value_or("no KMS key")));
    expectThatWhatExistsIsTold();
    expectThatNothingIsLeft();
}

}  // namespace
}  // namespace keyconvoy::tests
