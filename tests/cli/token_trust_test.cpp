#include "tests/cli/cli_fixture.h"
#include "wrapping/opening/open_envelope.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

namespace opening = wrapping::opening;

class Trust : public WithSoftHsm {
protected:
    Trust() { home().write("WrappingPublicKey.bin", asText(m_der)); }

    [[nodiscard]] Arguments trust() const {
        return Arguments{"token",
                         "trust",
                         "--json",
                         "--label",
                         "kms-wrapping-key",
                         "--wrapping-public-key",
                         (home().folder() / "WrappingPublicKey.bin").string()} +
               token();
    }
    [[nodiscard]] Arguments officer(std::string_view pin = officerPin) const {
        return {"--so-pin-source", "file:" + home().write("so-pin", pin).string()};
    }
    [[nodiscard]] std::string fingerprint() const { return Fingerprint::of(m_der).hex(); }

private:
    Bytes m_der = opening::publicKeyDer(*opening::generateRsaKeyPair(2048));
};

TEST_F(Trust, PutsThePinnedKeyOnTheTokenAsTheSecurityOfficer) {
    const Finished finished = run(trust() + officer() + Arguments{"--yes", "--wrapping-key-sha256", fingerprint()});
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_NE(finished.out.find(fingerprint()), std::string::npos) << finished;
    const Finished listed = run(Arguments{"key", "list", "--json"} + login());
    EXPECT_NE(listed.out.find("kms-wrapping-key"), std::string::npos) << listed;
}

TEST_F(Trust, WantsTheFingerprintConfirmed) {
    expectFailure(run(trust() + officer()), {.exitCode = 4, .fragments = {"no terminal", "--yes"}});
}

TEST_F(Trust, WithoutASourceForTheOfficersPinItIsNamed) {
    expectFailure(run(trust() + Arguments{"--yes"}), {.exitCode = 4, .fragments = {"--so-pin-source", "erase"}});
}

TEST_F(Trust, WrongPinOfTheOfficerIsTriedOnce) {
    expectFailure(run(trust() + officer("00000000") + Arguments{"--yes"}),
                  {.exitCode = 2, .fragments = {"CKR_PIN_INCORRECT", "not again", "security officer's PIN", "erase everything"}});
}

TEST_F(Trust, WarnsBeforeThePinOfTheOfficerIsSentAlsoWhenQuiet) {
    const Finished finished = run(trust() + officer() + Arguments{"--yes", "--quiet"});
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_NE(finished.err.find("warning: security officer's PIN"), std::string::npos) << finished;
    EXPECT_NE(finished.err.find("erase everything"), std::string::npos) << finished;
    EXPECT_NE(finished.err.find("--so-pin-source"), std::string::npos) << finished;
}

TEST_F(Trust, AnotherKeyThanThePinnedOneIsRefused) {
    expectFailure(run(trust() + officer() + Arguments{"--yes", "--wrapping-key-sha256", std::string(64, 'b')}),
                  {.exitCode = 6, .fragments = {std::string(64, 'b')}});
}

}  // namespace

}  // namespace keyconvoy::tests
