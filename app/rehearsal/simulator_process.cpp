#include "app/rehearsal/simulator_process.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace keyconvoy::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* programName = "keyconvoy-kms-simulator";
constexpr const char* regionWhenNotSaid = "us-east-1";

Text place() {
    return KC_TEXT("SimulatorProcess", "KMS simulator");
}

std::vector<std::string> simulatorArguments(ControlInterface control, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"--listen", "127.0.0.1:0", "--exit-with-parent=" + std::to_string(::getpid())};
    if (control == ControlInterface::Open) {
        arguments.insert(arguments.end(), {"--control", "127.0.0.1:0"});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

fs::path locate(const fs::path& program) {
    if (!program.empty()) {
        std::error_code error;
        if (fs::exists(program, error)) {
            return program;
        }
        throw Error{ErrorKind::NotFound, place(), KC_TEXT("SimulatorProcess", "there is no %1").with(program.string()),
                    KC_TEXT("SimulatorProcess",
                            "name the program keyconvoy-kms-simulator, or install the package keyconvoy-kms-simulator and leave "
                            "the option out")};
    }
    if (auto found = findProgram(programName)) {
        return *std::move(found);
    }
    throw Error{ErrorKind::Unavailable, place(),
                KC_TEXT("SimulatorProcess", "the program %1 is neither beside this one nor on PATH").with(programName),
                KC_TEXT("SimulatorProcess",
                        "install the Debian package keyconvoy-kms-simulator; it is a package of its own so that a production "
                        "workstation does not have it")};
}

}  // namespace

SimulatorProcess::SimulatorProcess(const fs::path& program, const std::stop_token& stop, ControlInterface control,
                                   const std::vector<std::string>& moreOptions)
    : m_program{locate(program)},
      m_child{{m_program, simulatorArguments(control, moreOptions), {}}, ChildProcess::ErrorOutput::Inherited} {
    const std::optional<std::string> greeting = m_child.readLine(std::chrono::seconds{30}, stop);
    if (!greeting) {
        throw Error{ErrorKind::Unavailable, place(), KC_TEXT("SimulatorProcess", "%1 did not get ready").with(m_program.string()),
                    KC_TEXT("SimulatorProcess", "start it by hand to see what it says")};
    }
    readGreeting(*greeting);
}

void SimulatorProcess::readGreeting(const std::string& line) {
    try {
        const Json greeting = Json::parse(line);
        m_url = greeting.at("url").get<std::string>();
        m_controlUrl = greeting.value("controlUrl", "");
        m_accessKeyId = greeting.at("accessKeyId").get<std::string>();
        m_secretAccessKey = greeting.at("secretAccessKey").get<std::string>();
        m_account = greeting.at("account").get<std::string>();
        m_region = greeting.value("region", regionWhenNotSaid);
    } catch (const Json::exception&) {
        throw Error{ErrorKind::Integrity, place(), KC_TEXT("SimulatorProcess", "its first line is not the one that was agreed"),
                    KC_TEXT("SimulatorProcess", "install simulator and keyconvoy of the same version")};
    }
}

}  // namespace keyconvoy::app
