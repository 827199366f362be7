#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

/// A profile whose role wants a code of an MFA device.
namespace keyconvoy::tests {

namespace {

class Mfa : public WithKms {
protected:
    Mfa() {
        home().write("aws-config", "[profile officer]\nregion = us-east-1\naws_access_key_id = " + simulator().accessKeyId() +
                                       "\naws_secret_access_key = " + simulator().secretAccessKey() +
                                       "\n\n[profile ceremony]\nregion = us-east-1\nsource_profile = officer\n"
                                       "role_arn = arn:aws:iam::000000000000:role/Import\n"
                                       "mfa_serial = arn:aws:iam::000000000000:mfa/officer\n");
    }
    [[nodiscard]] Arguments show() const {
        return {"kms",        "show",     "--key-id",       newKmsKey("SYMMETRIC_DEFAULT"),
                "--profile",  "ceremony", "--endpoint-url", simulator().url(),
                "--rehearsal"};
    }
    static constexpr const char* prompt =
        "Code of the MFA device arn:aws:iam::000000000000:mfa/officer for the AWS profile ceremony (six digits, not shown): ";
};

TEST_F(Mfa, CodeIsAskedForAtTheTerminalAndNotShown) {
    AtTerminal terminal{home(), show()};
    ASSERT_TRUE(terminal.waitFor(prompt)) << terminal.screen();
    EXPECT_FALSE(terminal.echoes());
    terminal.type("271828\n");
    EXPECT_EQ(terminal.finish(), 0) << terminal.screen();
    EXPECT_TRUE(terminal.echoes());
    EXPECT_THAT(terminal.screen(), testing::HasSubstr("PendingImport"));
    EXPECT_THAT(terminal.screen(), testing::Not(testing::HasSubstr("271828")));
}

TEST_F(Mfa, CodeThatIsNoneIsNotSent) {
    AtTerminal terminal{home(), show()};
    ASSERT_TRUE(terminal.waitFor(prompt)) << terminal.screen();
    terminal.type("27182\n");
    EXPECT_EQ(terminal.finish(), 2) << terminal.screen();
    EXPECT_THAT(terminal.screen(), testing::HasSubstr("it has six digits, and this has not"));
}

TEST_F(Mfa, QuestionThatIsNotAnsweredIsCancelled) {
    AtTerminal terminal{home(), show()};
    ASSERT_TRUE(terminal.waitFor(prompt)) << terminal.screen();
    terminal.type("\x03");  // Ctrl-C
    EXPECT_EQ(terminal.finish(), 7) << terminal.screen();
    EXPECT_TRUE(terminal.echoes());
}

TEST_F(Mfa, WithoutATerminalIsRefusedWithAWayRoundIt) {
    expectFailure(run(show() + Arguments{"--json"}),
                  {.exitCode = 4,
                   .fragments = {"arn:aws:iam::000000000000:mfa/officer", "no terminal",
                                 "aws configure export-credentials --profile ceremony --format env"}});
}

}  // namespace

}  // namespace keyconvoy::tests
