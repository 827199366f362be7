#pragma once

#include "app/rehearsal/simulator_process.h"
#include "tests/cli/program.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/token_fixture.h"
#include "tests/support/token_shim.h"

#include <gtest/gtest.h>
#include <initializer_list>

namespace keyconvoy::tests {

/// The options that name a module.
[[nodiscard]] Arguments moduleOptions(const pkcs11::ModuleProfile& profile);

/// A home, and what the command line says about it.
class CommandLine : public testing::Test {
protected:
    [[nodiscard]] Finished run(const Arguments& arguments, const Surroundings& surroundings = {}) const {
        return tests::run(m_home, arguments, surroundings);
    }
    [[nodiscard]] const Home& home() const { return m_home; }
    /// --pin-source for a PIN in a file of the home.
    [[nodiscard]] Arguments pinOptions(std::string_view pin = userPin) const;

private:
    Home m_home;
};

/// One fresh SoftHSM token, reached through --module, --module-env and --token.
class WithSoftHsm : public CommandLine {
protected:
    static constexpr const char* label = "Site A";

    WithSoftHsm() { m_store.addToken(label); }

    [[nodiscard]] SoftHsmStore& store() { return m_store; }
    [[nodiscard]] Arguments module() const { return moduleOptions(m_store.profile()); }
    [[nodiscard]] Arguments token() const { return module() + Arguments{"--token", label}; }
    /// Token and PIN.
    [[nodiscard]] Arguments login() const { return token() + pinOptions(); }
    /// The same through a shim that bends the token.
    [[nodiscard]] Arguments bent(const ShimOptions& options) const;

private:
    SoftHsmStore m_store;
};

/// A SoftHSM token and the simulator before which a fault proxy stands.
class WithKms : public WithSoftHsm {
protected:
    explicit WithKms(const std::vector<std::string>& simulatorOptions = {});

    [[nodiscard]] FaultProxy& proxy() { return m_proxy; }
    [[nodiscard]] const app::SimulatorProcess& simulator() const { return m_simulator; }
    /// Endpoint, Region and rehearsal.
    [[nodiscard]] Arguments kms() const;
    /// Credentials of the simulator.
    [[nodiscard]] Surroundings account() const;
    /// A new AES-256 key by the quickest way: RSA_2048, SHA-1 (SoftHSM knows no other), `works`; its label is "orders".
    [[nodiscard]] Arguments quickImport() const { return quickImport(login()); }
    [[nodiscard]] Arguments quickImport(const Arguments& tokenAndPin) const;
    [[nodiscard]] Finished runImport(const Arguments& arguments) const { return run(arguments, account()); }
    /// A KMS key of the simulator without material, made through the program's own client; gives its ARN.
    [[nodiscard]] std::string newKmsKey(const std::string& keySpec) const;

private:
    app::SimulatorProcess m_simulator;
    FaultProxy m_proxy;
};

/// A failure as `--json` must tell it: exit code and kind agree, place, cause and remedy are there, and the texts hold these
/// fragments.
struct Expected {
    int exitCode;
    std::vector<std::string> fragments{};
};
void expectFailure(const Finished& finished, const Expected& expected);

/// The command that a failure gives to go on with, as arguments.
[[nodiscard]] Arguments goOnArguments(const Finished& finished);

/// One Expected per kind has this exit code.
[[nodiscard]] std::string_view kindOf(int exitCode);

}  // namespace keyconvoy::tests
