#pragma once

#include "app/ceremony/import_job.h"
#include "app/rehearsal/simulator_process.h"
#include "tests/app/inventory_support.h"

#include <cstdint>

namespace keyconvoy::tests {

/// The simulator as a child, and requests against it as a person would make them.
class ImportStation {
public:
    ImportStation();

    [[nodiscard]] app::KmsStation kms() const;
    [[nodiscard]] app::KmsStation kmsThrough(const std::string& url) const;
    [[nodiscard]] std::uint16_t port() const;
    /// A client of the test's own, to look at what the job did.
    [[nodiscard]] kms::KmsClient client() const;
    /// A KMS key without material, made beforehand.
    [[nodiscard]] kms::KeyIdentifier createKey(wrapping::KeySpec keySpec) const;

    /// Generates a key and imports it for 30 days, wrapped under RSA_2048; SHA-1 is allowed on SoftHSM, which knows no other.
    [[nodiscard]] app::ImportRequest request(const TestToken& token, wrapping::KeySpec keySpec) const;
    [[nodiscard]] app::WrappingWish wrapping(const TestToken& token) const;
    [[nodiscard]] app::CheckRequest checkRequest(const TestToken& token, const Json& imported) const;
    [[nodiscard]] std::filesystem::path sheets() const { return m_folder.path() / "materials"; }
    [[nodiscard]] std::filesystem::path qualifications() const { return m_folder.path() / "qualifications"; }

private:
    app::SimulatorProcess m_simulator;
    TemporaryFolder m_folder{"keyconvoy-station"};
};

/// The token key that a result is about.
[[nodiscard]] pkcs11::KeySelector keyOf(const Json& imported);
[[nodiscard]] std::string arnOf(const Json& imported);

}  // namespace keyconvoy::tests
