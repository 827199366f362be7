#pragma once

#include "core/files.h"
#include "pkcs11/token.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

/// Fresh software tokens for tests, each in a temporary folder of its own.
namespace keyconvoy::tests {

inline constexpr std::string_view userPin = "73519246";
inline constexpr std::string_view officerPin = "87654321";

/// Sets up the secure heap that SecretBytes needs and ignores SIGPIPE, once per process.
void prepareProcess();
[[nodiscard]] SecretBytes pinOf(std::string_view pin);

/// A SoftHSM 2 store; each store has its own softhsm2.conf, reached through the profile's environment.
class SoftHsmStore {
public:
    SoftHsmStore();

    /// Initialises one more token in the store, before the module is loaded.
    void addToken(const std::string& label) const;
    [[nodiscard]] pkcs11::ModuleProfile profile() const;
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }
    [[nodiscard]] std::filesystem::path configuration() const { return m_folder.path() / "softhsm2.conf"; }
    [[nodiscard]] std::filesystem::path tokens() const { return m_folder.path() / "tokens"; }

    [[nodiscard]] static std::filesystem::path library();

private:
    TemporaryFolder m_folder;
};

/// An NSS database; its token is called "NSS Certificate DB".
class NssStore {
public:
    /// Without a PIN the token needs no login.
    explicit NssStore(std::string_view pin = userPin);

    [[nodiscard]] pkcs11::ModuleProfile profile() const;
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }

    [[nodiscard]] static std::filesystem::path library();
    static constexpr std::string_view label = "NSS Certificate DB";

private:
    TemporaryFolder m_folder;
};

enum class TokenKind : std::uint8_t { SoftHsm, Nss };
std::ostream& operator<<(std::ostream& stream, TokenKind kind);

/// One fresh token of either kind with its module loaded. Destroy what came out of it (Token) first.
class TestToken {
public:
    explicit TestToken(TokenKind kind, const std::string& label = "Keyconvoy Test");

    [[nodiscard]] TokenKind kind() const { return m_kind; }
    [[nodiscard]] const std::string& label() const { return m_label; }
    [[nodiscard]] pkcs11::ModuleProfile profile() const;
    [[nodiscard]] std::shared_ptr<pkcs11::Module> module();
    [[nodiscard]] pkcs11::TokenSelector selector() const;
    [[nodiscard]] pkcs11::Token open();
    [[nodiscard]] pkcs11::Token openLoggedIn();

private:
    TokenKind m_kind;
    std::string m_label;
    std::unique_ptr<SoftHsmStore> m_softHsm;
    std::unique_ptr<NssStore> m_nss;
    std::shared_ptr<pkcs11::Module> m_module;
};

/// The same with a name for tests that know their token: `SoftHsmToken token; auto t = token.openLoggedIn();`
class SoftHsmToken : public TestToken {
public:
    explicit SoftHsmToken(const std::string& label = "Keyconvoy Test") : TestToken{TokenKind::SoftHsm, label} {}
};
class NssToken : public TestToken {
public:
    NssToken() : TestToken{TokenKind::Nss} {}
};

/// Runs a program to its end with additional NAME=VALUE variables; throws when it fails. Its output is thrown away.
void runProgram(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {});

}  // namespace keyconvoy::tests
