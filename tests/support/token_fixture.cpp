#include "tests/support/token_fixture.h"

#include "core/process_hardening.h"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace keyconvoy::tests {

namespace {

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environmentWith(const std::vector<std::string>& additions) {
    std::vector<std::string> variables = additions;  // the first of two equal names wins
    for (char** variable = environ; *variable != nullptr; ++variable) {
        variables.emplace_back(*variable);
    }
    return variables;
}

void writeText(const std::filesystem::path& file, std::string_view text) {
    std::ofstream{file} << text;
}

}  // namespace

void prepareProcess() {
    static const bool done = [] {
        initialiseSecureHeap();
        std::signal(SIGPIPE, SIG_IGN);
        return true;
    }();
    static_cast<void>(done);
}

SecretBytes pinOf(std::string_view pin) {
    prepareProcess();
    return SecretBytes::copyOf(asBytes(pin));
}

void runProgram(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    std::vector<std::string> words = arguments;
    std::vector<std::string> variables = environmentWith(environment);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int failed =
        posix_spawnp(&child, words.front().c_str(), &actions, nullptr, pointersTo(words).data(), pointersTo(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (failed != 0 || waitpid(child, &status, 0) != child || status != 0) {
        throw std::runtime_error{"cannot run " + arguments.front()};
    }
}

SoftHsmStore::SoftHsmStore() : m_folder{"keyconvoy-softhsm-"} {
    prepareProcess();
    std::filesystem::create_directory(tokens());
    writeText(configuration(),
              "directories.tokendir = " + tokens().string() + "\nobjectstore.backend = file\nlog.level = ERROR\n");
}

void SoftHsmStore::addToken(const std::string& label) const {
    runProgram({"softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", std::string{officerPin}, "--pin",
                std::string{userPin}},
               {"SOFTHSM2_CONF=" + configuration().string()});
}

pkcs11::ModuleProfile SoftHsmStore::profile() const {
    return {.library = library(), .initString = std::nullopt, .environment = {{"SOFTHSM2_CONF", configuration().string()}}};
}

std::filesystem::path SoftHsmStore::library() {
    return KEYCONVOY_SOFTHSM_LIBRARY;
}

NssStore::NssStore(std::string_view pin) : m_folder{"keyconvoy-nss-"} {
    prepareProcess();
    const auto pinFile = folder() / "pin";
    writeText(pinFile, std::string{pin} + "\n");
    const std::string database = "sql:" + folder().string();
    if (pin.empty()) {
        runProgram({"certutil", "-N", "-d", database, "--empty-password"});
    } else {
        runProgram({"certutil", "-N", "-d", database, "-f", pinFile.string()});
    }
    std::filesystem::remove(pinFile);
}

pkcs11::ModuleProfile NssStore::profile() const {
    return {.library = library(),
            .initString = "configdir='sql:" + folder().string() + "' certPrefix='' keyPrefix='' secmod='secmod.db' flags= ",
            .environment = {}};
}

std::filesystem::path NssStore::library() {
    return KEYCONVOY_SOFTOKN_LIBRARY;
}

std::ostream& operator<<(std::ostream& stream, TokenKind kind) {
    return stream << (kind == TokenKind::SoftHsm ? "SoftHsm" : "Nss");
}

TestToken::TestToken(TokenKind kind, const std::string& label) : m_kind{kind}, m_label{label} {
    if (kind == TokenKind::SoftHsm) {
        m_softHsm = std::make_unique<SoftHsmStore>();
        m_softHsm->addToken(label);
    } else {
        m_nss = std::make_unique<NssStore>();
        m_label = NssStore::label;
    }
}

pkcs11::ModuleProfile TestToken::profile() const {
    return m_kind == TokenKind::SoftHsm ? m_softHsm->profile() : m_nss->profile();
}

std::shared_ptr<pkcs11::Module> TestToken::module() {
    if (!m_module) {
        m_module = pkcs11::Module::load(profile());
    }
    return m_module;
}

pkcs11::TokenSelector TestToken::selector() const {
    return pkcs11::TokenSelector::parse(m_label);
}

pkcs11::Token TestToken::open() {
    return pkcs11::Token::open(module(), selector());
}

pkcs11::Token TestToken::openLoggedIn() {
    pkcs11::Token token = open();
    if (token.logIn(pinOf(userPin), pkcs11::FinalTryConsent::NotGiven) != pkcs11::LoginOutcome::LoggedIn) {
        throw std::runtime_error{"the test token does not take its PIN"};
    }
    return token;
}

}  // namespace keyconvoy::tests
