#include "tests/cli/cli_fixture.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

/// NSS softokn: its initialisation string comes through --module-init.
class Nss : public CommandLine {
protected:
    [[nodiscard]] Arguments token() const {
        return moduleOptions(m_store.profile()) + Arguments{"--token", std::string{NssStore::label}};
    }

private:
    NssStore m_store;
};

TEST_F(Nss, TokenIsReachedWithItsInitialisationString) {
    const Finished listed = run(Arguments{"token", "list"} + moduleOptions(NssStore{}.profile()));
    EXPECT_EQ(listed.exitCode, 0) << listed;
    EXPECT_NE(listed.out.find(NssStore::label), std::string::npos) << listed;
}

TEST_F(Nss, KeyIsGeneratedAndQualifiedWithSha256) {
    const Arguments login = token() + pinOptions();
    const Finished generated =
        run(Arguments{"key", "generate", "--json", "--label", "orders", "--key-spec", "ECC_NIST_P256"} + login);
    EXPECT_EQ(generated.exitCode, 0) << generated;
    const Finished qualified = run(
        Arguments{"token", "qualify", "--json", "--yes", "--key-spec", "SYMMETRIC_DEFAULT", "--wrapping-key-spec", "RSA_2048"} +
        login);
    EXPECT_EQ(qualified.exitCode, 0) << qualified;
    EXPECT_NE(qualified.out.find("RSAES_OAEP_SHA_256"), std::string::npos);
}

TEST_F(Nss, WithoutItsInitialisationStringTheOptionIsNamed) {
    expectFailure(run({"token", "show", "--json", "--token", "x", "--module", NssStore::library().string()}),
                  {.exitCode = 2, .fragments = {"--module-init", "NSS softokn wants"}});
}

}  // namespace

}  // namespace keyconvoy::tests
