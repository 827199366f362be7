#include "app/station/station.h"

#include "core/text.h"
#include "kmsclient/key_arn.h"

namespace keyconvoy::app {

namespace {

/// What says "simulator"; absent when nothing does.
std::optional<Text> evidenceOfSimulator(const std::string& account, const std::optional<std::string>& keyArn,
                                        const kms::ConnectionEvidence& connection) {
    if (kms::isSimulatorAccount(account)) {
        return KC_TEXT("Station", "the account is %1, which belongs to the simulator").with(account);
    }
    const auto arn = keyArn ? kms::KeyArn::parse(*keyArn) : std::nullopt;
    if (arn && kms::isSimulatorAccount(arn->account())) {
        return KC_TEXT("Station", "the key %1 belongs to the simulator's account").with(*keyArn);
    }
    if (connection.simulatorHeader) {
        return KC_TEXT("Station", "%1 says that it is a simulator").with(connection.host);
    }
    if (!connection.tls) {
        return KC_TEXT("Station", "%1 is reached by plain http").with(connection.host);
    }
    return std::nullopt;
}

}  // namespace

pkcs11::TokenSelector narrowed(pkcs11::TokenSelector token, const pkcs11::TokenSelector& other) {
    for (const auto member : {&pkcs11::TokenSelector::label, &pkcs11::TokenSelector::manufacturer, &pkcs11::TokenSelector::model,
                              &pkcs11::TokenSelector::serial}) {
        if (token.*member && other.*member && token.*member != other.*member) {
            throw Error{ErrorKind::InvalidInput, KC_TEXT("Station", "the token of the key"),
                        KC_TEXT("Station", "the key's URI names \"%1\", but the station's token is \"%2\"")
                            .with(*(other.*member))
                            .with(*(token.*member)),
                        KC_TEXT("Station", "leave the token out of the key's URI, or choose the other token")};
        }
        if (!(token.*member)) {
            token.*member = other.*member;
        }
    }
    return token;
}

Text inWords(Mode mode) {
    return mode == Mode::Production ? KC_TEXT("Station", "production") : KC_TEXT("Station", "rehearsal");
}

std::string_view toString(Mode mode) {
    return inWords(mode).english;  // a literal, which outlives the text
}

std::optional<Mode> modeNamed(std::string_view name) {
    for (const Mode mode : {Mode::Production, Mode::Rehearsal}) {
        if (name == toString(mode)) {
            return mode;
        }
    }
    return std::nullopt;
}

void checkMode(Mode mode, const std::string& account, const std::optional<std::string>& keyArn,
               const kms::ConnectionEvidence& connection) {
    const std::optional<Text> evidence = evidenceOfSimulator(account, keyArn, connection);
    if (mode == Mode::Production && evidence) {
        throw Error{ErrorKind::Refused, KC_TEXT("Station", "KMS at %1").with(connection.host), *evidence,
                    KC_TEXT("Station", "declare a rehearsal with %1, or name the real endpoint and credentials")
                        .with(typedAs("--rehearsal"))};
    }
    if (mode == Mode::Rehearsal && !evidence) {
        throw Error{ErrorKind::Refused, KC_TEXT("Station", "KMS at %1").with(connection.host),
                    KC_TEXT("Station", "a rehearsal was declared, but account %1 looks like a real one").with(account),
                    KC_TEXT("Station", "start the simulator and name its %1, or leave %2 out")
                        .with(typedAs("--endpoint-url"))
                        .with(typedAs("--rehearsal"))};
    }
}

}  // namespace keyconvoy::app
