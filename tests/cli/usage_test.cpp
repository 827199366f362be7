#include "tests/cli/cli_fixture.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

/// One wrong command line and what the answer must hold.
struct WrongUsage {
    const char* name;
    Arguments arguments;
    std::vector<std::string> fragments;
};
std::ostream& operator<<(std::ostream& stream, const WrongUsage& usage) {
    return stream << usage.name;
}

const Arguments someModule{"--module", "/usr/lib/none.so"};
const Arguments someImport =
    Arguments{"import", "--key-spec", "SYMMETRIC_DEFAULT", "--label", "x"} + someModule + Arguments{"--token", "t"};

class Usage : public CommandLine, public testing::WithParamInterface<WrongUsage> {};

TEST_P(Usage, WrongOneEndsWithCodeTwoAndAHint) {
    expectFailure(run(GetParam().arguments + Arguments{"--json"}), {.exitCode = 2, .fragments = GetParam().fragments});
}

TEST_P(Usage, WrongOneIsToldOnStderrWithoutJson) {
    const Finished finished = run(GetParam().arguments);
    SCOPED_TRACE(testing::Message() << finished);
    EXPECT_EQ(finished.exitCode, 2);
    EXPECT_TRUE(finished.out.empty());
    EXPECT_EQ(finished.err.find("error: "), 0U);
    EXPECT_NE(finished.err.find("\n  what to do: "), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    CommandLines, Usage,
    testing::Values(
        WrongUsage{"Nothing", {}, {"a command is missing", "keyconvoy help"}},
        WrongUsage{"UnknownCommand", {"imprt"}, {"imprt", "did you mean \\\"import\\\""}},
        WrongUsage{"UnknownCommandUnlikeAny", {"frobnicate"}, {"frobnicate", "keyconvoy help"}},
        WrongUsage{"HalfACommand", {"token"}, {"one more word", "token list", "token qualify"}},
        WrongUsage{"UnknownSecondWord", {"key", "lst"}, {"key lst", "key list"}},
        WrongUsage{"UnknownOption", {"token", "list", "--modul", "x"}, {"--modul", "did you mean --module"}},
        WrongUsage{"UnknownOptionUnlikeAny", {"token", "list", "--frob"}, {"--frob", "keyconvoy token list --help"}},
        WrongUsage{"ValueIsNotShownOfAnUnknownOption", {"token", "list", "--frob=abc"}, {"option --frob"}},
        WrongUsage{"WordOfNoOption", {"token", "list", "x"}, {"stands alone"}},
        WrongUsage{"MissingValue", {"token", "list", "--module"}, {"--module", "value is missing"}},
        WrongUsage{"OptionInPlaceOfValue", {"token", "list", "--module", "--quiet"}, {"--module", "value is missing"}},
        WrongUsage{"EmptyValue", {"token", "list", "--module="}, {"--module", "empty"}},
        WrongUsage{"EmptyWordAsValue", {"token", "list", "--module", ""}, {"--module", "value is missing"}},
        WrongUsage{"Repeated", {"token", "list", "--module", "a", "--module", "b"}, {"--module", "2 times"}},
        WrongUsage{"SwitchWithValue", {"token", "list", "--quiet=yes"}, {"--quiet", "takes no value"}},
        WrongUsage{"NoModule", {"token", "list"}, {"--module", "missing"}},
        WrongUsage{"NoToken", Arguments{"token", "show"} + someModule, {"--token", "keyconvoy token list"}},
        WrongUsage{"ProfileBesideModule",
                   Arguments{"token", "list", "--module-profile", "p.toml"} + someModule,
                   {"--module-profile", "either"}},
        WrongUsage{"BadModuleVariable",
                   Arguments{"token", "list", "--module-env", "NOVALUE"} + someModule,
                   {"--module-env", "NAME=VALUE"}},
        WrongUsage{"NoExpiry", someImport, {"--expires", "no default", "P364D"}},
        WrongUsage{"ExpiryBareDate", someImport + Arguments{"--expires", "2027-06-17"}, {"2027-06-17", "midnight"}},
        WrongUsage{"ExpiryWithoutOffset", someImport + Arguments{"--expires", "2027-06-17T12:00:00"}, {"2027-06-17T12:00:00"}},
        WrongUsage{"ExpiryInThePast", someImport + Arguments{"--expires", "2020-01-01T00:00:00Z"}, {"2020-01-01", "past"}},
        WrongUsage{"ExpiryPeriodTooLong", someImport + Arguments{"--expires", "P365D"}, {"P365D", "365 days"}},
        WrongUsage{"ExpiryTimeTooFar", someImport + Arguments{"--expires", "2099-01-01T00:00:00Z"}, {"2099-01-01", "365 days"}},
        WrongUsage{"ExpiryPeriodZero", someImport + Arguments{"--expires", "P0D"}, {"P0D"}},
        WrongUsage{"KeySpecUnknown", {"import", "--key-spec", "AES_256"}, {"--key-spec", "AES_256", "SYMMETRIC_DEFAULT"}},
        WrongUsage{"NoKeySpec", {"import", "--expires", "never"}, {"--key-spec", "missing"}},
        WrongUsage{"KeyUsageNotForSpec",
                   someImport + Arguments{"--expires", "never", "--key-usage", "SIGN_VERIFY"},
                   {"SIGN_VERIFY", "ENCRYPT_DECRYPT"}},
        WrongUsage{"LabelAndKey", someImport + Arguments{"--expires", "never", "--key", "pkcs11:object=x"}, {"--label", "--key"}},
        WrongUsage{"AliasAsKey", someImport + Arguments{"--expires", "never", "--key-id", "alias/orders"}, {"alias"}},
        WrongUsage{"KeyIdOfNothing", someImport + Arguments{"--expires", "never", "--key-id", "orders"}, {"orders", "key ARN"}},
        WrongUsage{"UsageForExistingKey",
                   someImport + Arguments{"--expires", "never", "--key-id", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "--key-usage",
                                          "ENCRYPT_DECRYPT"},
                   {"--key-usage", "--key-id"}},
        WrongUsage{"PinnedKeyNoHash",
                   {"token", "trust", "--module", "/nonexistent.so", "--token", "x", "--label", "y", "--wrapping-public-key", "z",
                    "--wrapping-key-sha256", "12"},
                   {"--wrapping-key-sha256", "64"}},
        // KMS gives a new wrapping key at each call, so that none can be named before an import is made.
        WrongUsage{"PinnedKeyOfAnImport",
                   someImport + Arguments{"--expires", "never", "--wrapping-key-sha256", std::string(64, '0')},
                   {"--wrapping-key-sha256"}},
        WrongUsage{"AlgorithmUnknown",
                   someImport + Arguments{"--expires", "never", "--wrapping-algorithm", "RSA"},
                   {"RSAES_OAEP_SHA_256"}},
        WrongUsage{"AlgorithmNeverUsed",
                   someImport + Arguments{"--expires", "never", "--wrapping-algorithm", "RSAES_PKCS1_V1_5"},
                   {"never used"}},
        WrongUsage{"BlankReason", someImport + Arguments{"--expires", "never", "--allow-sha1", " "}, {"--allow-sha1", "blank"}},
        WrongUsage{"CheckUnknown", someImport + Arguments{"--expires", "never", "--check", "none"}, {"--check", "strongest"}},
        WrongUsage{"TimeoutNoNumber",
                   someImport + Arguments{"--expires", "never", "--reply-timeout", "soon"},
                   {"--reply-timeout", "soon"}},
        WrongUsage{"KeyWithoutName", Arguments{"key", "show", "--key", "pkcs11:token=t"} + someModule, {"--key", "names no key"}},
        WrongUsage{"TokenNamedTwice",
                   Arguments{"key", "show", "--key", "pkcs11:token=b;object=x", "--token", "a"} + someModule,
                   {"--key", "--token"}},
        WrongUsage{"WrapStrongest",
                   {"wrap", "--key-spec", "SYMMETRIC_DEFAULT", "--wrapping-algorithm", "strongest", "--expires", "never"},
                   {"--wrapping-algorithm", "bound to one"}},
        WrongUsage{
            "WrapWithoutParameters",
            {"wrap", "--key-spec", "SYMMETRIC_DEFAULT", "--wrapping-algorithm", "RSAES_OAEP_SHA_256", "--expires", "never"},
            {"--parameters", "--console-files"}},
        WrongUsage{"WrapConsoleFilesWithoutTime",
                   {"wrap", "--key-spec", "SYMMETRIC_DEFAULT", "--wrapping-algorithm", "RSAES_OAEP_SHA_256", "--expires", "never",
                    "--console-files", "."},
                   {"--parameters-valid-to"}},
        WrongUsage{"QualifyNothing", Arguments{"token", "qualify"} + someModule, {"--key-spec", "missing"}}),
    [](const testing::TestParamInfo<WrongUsage>& row) { return std::string{row.param.name}; });

using CommandLineOptions = CommandLine;

TEST_F(CommandLineOptions, PinsAreRefusedWithoutBeingRepeated) {
    for (const char* option : {"--pin", "--so-pin", "--password"}) {
        for (const Arguments& form : {Arguments{option, "4711-secret"}, Arguments{std::string{option} + "=4711-secret"}}) {
            const Finished finished = run(Arguments{"key", "list", "--json"} + form);
            expectFailure(finished, {.exitCode = 2, .fragments = {option, "--pin-source"}});
            EXPECT_EQ((finished.out + finished.err).find("4711"), std::string::npos);
        }
    }
}

TEST_F(CommandLineOptions, APinInATokenUriIsRefusedWithoutBeingRepeated) {
    const Finished finished = run(Arguments{"token", "show", "--json", "--token", "pkcs11:token=a?pin-value=4711"} + someModule);
    expectFailure(finished, {.exitCode = 2, .fragments = {"pin-value"}});
    EXPECT_EQ((finished.out + finished.err).find("4711"), std::string::npos);
}

TEST_F(CommandLineOptions, LoaderVariablesAreRefused) {
    expectFailure(run(Arguments{"token", "list", "--json", "--module-env", "LD_PRELOAD=/tmp/x.so"} + someModule),
                  {.exitCode = 4, .fragments = {"LD_PRELOAD"}});
}

TEST_F(CommandLineOptions, SwitchesMayStandBeforeTheCommand) {
    expectFailure(run({"--json", "token", "list"}), {.exitCode = 2, .fragments = {"--module"}});
    EXPECT_EQ(run({"--json", "token", "list"}).json()["schema"], Json("keyconvoy.token-list/1"));
}

TEST_F(CommandLineOptions, ValuesMayFollowAnEqualsSign) {
    expectFailure(run({"token", "list", "--module=/nowhere/x=y.so", "--json"}),
                  {.exitCode = 3, .fragments = {"/nowhere/x=y.so"}});
}

}  // namespace

}  // namespace keyconvoy::tests
