#include "tests/cli/cli_fixture.h"

#include "app/rehearsal/child_process.h"
#include "kmsclient/kms_client.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

std::uint16_t portOf(const std::string& url) {
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

std::filesystem::path simulatorProgram() {
    prepareProcess();
    return KEYCONVOY_SIMULATOR;
}

}  // namespace

Arguments moduleOptions(const pkcs11::ModuleProfile& profile) {
    Arguments options{"--module", profile.library.string()};
    if (profile.initString) {
        options = options + Arguments{"--module-init", *profile.initString};
    }
    for (const pkcs11::ModuleVariable& variable : profile.environment) {
        options = options + Arguments{"--module-env", variable.name + "=" + variable.value};
    }
    return options;
}

Arguments CommandLine::pinOptions(std::string_view pin) const {
    return {"--pin-source", "file:" + m_home.write("pin", std::string{pin} + "\n").string()};
}

Arguments WithSoftHsm::bent(const ShimOptions& options) const {
    return moduleOptions(shimmed(m_store.profile(), options)) + Arguments{"--token", label};
}

WithKms::WithKms(const std::vector<std::string>& simulatorOptions)
    : m_simulator{simulatorProgram(), std::stop_token{}, app::ControlInterface::Closed, simulatorOptions},
      m_proxy{portOf(m_simulator.url())} {
}

Arguments WithKms::kms() const {
    return {"--endpoint-url", m_proxy.url(), "--region", m_simulator.region(), "--rehearsal"};
}

Surroundings WithKms::account() const {
    Surroundings surroundings;
    surroundings.environment = {{"AWS_ACCESS_KEY_ID", m_simulator.accessKeyId()},
                                {"AWS_SECRET_ACCESS_KEY", m_simulator.secretAccessKey()}};
    return surroundings;
}

Arguments WithKms::quickImport(const Arguments& tokenAndPin) const {
    return Arguments{"import",
                     "--key-spec",
                     "SYMMETRIC_DEFAULT",
                     "--label",
                     "orders",
                     "--expires",
                     "never",
                     "--wrapping-key-spec",
                     "RSA_2048",
                     "--wrapping-algorithm",
                     "RSAES_OAEP_SHA_1",
                     "--allow-sha1",
                     "a test",
                     "--check",
                     "works",
                     "--yes",
                     "--json"} +
           kms() + tokenAndPin;
}

std::string WithKms::newKmsKey(const std::string& keySpec) const {
    setenv("AWS_ACCESS_KEY_ID", m_simulator.accessKeyId().c_str(), 1);
    setenv("AWS_SECRET_ACCESS_KEY", m_simulator.secretAccessKey().c_str(), 1);
    kms::ClientOptions options;
    options.endpointUrl = m_simulator.url();
    options.region = m_simulator.region();
    kms::KmsClient client{options, systemNow};
    kms::CreateKeyRequest request;
    request.keySpec = valueNamed(wrapping::keySpecNames, keySpec).value();
    request.keyUsage = wrapping::usualUsage(request.keySpec);
    return client.createKey(request).metadata.arn;
}

namespace {

/// The sample key ID of the messages happens to hold the digits of the PIN.
void expectNoPinIn(std::string text) {
    static constexpr std::string_view sample = "-1234567890ab";
    for (std::size_t found = text.find(sample); found != std::string::npos; found = text.find(sample)) {
        text.erase(found, sample.size());
    }
    for (const std::string_view secret : {userPin, officerPin}) {
        EXPECT_EQ(text.find(secret), std::string::npos);
    }
}

}  // namespace

/// The shell itself takes the line apart.
Arguments goOnArguments(const Finished& finished) {
    static constexpr std::string_view lead = "Go on with: keyconvoy ";
    const std::string remedy = finished.json()["error"]["remedy"].get<std::string>();
    const std::size_t begin = remedy.find(lead);
    if (begin == std::string::npos) {
        ADD_FAILURE() << "no command to go on with: " << remedy;
        return {};
    }
    app::ChildProcess shell{{"/bin/sh", {"-c", "printf '%s\\n' " + remedy.substr(begin + lead.size())}, {}},
                            app::ChildProcess::ErrorOutput::WithOutput};
    const std::string lines = shell.finish().first;
    Arguments arguments;
    for (std::size_t start = 0; start < lines.size(); start = lines.find('\n', start) + 1) {
        arguments.push_back(lines.substr(start, lines.find('\n', start) - start));
    }
    return arguments;
}

std::string_view kindOf(int exitCode) {
    static constexpr std::array<std::string_view, 9> kinds{
        "", "internal", "invalid-input", "not-found", "refused", "unavailable", "integrity", "cancelled", "part-failed"};
    return kinds.at(static_cast<std::size_t>(exitCode));
}

void expectFailure(const Finished& finished, const Expected& expected) {
    SCOPED_TRACE(testing::Message() << finished);
    ASSERT_EQ(finished.exitCode, expected.exitCode);
    Json object;
    ASSERT_NO_THROW(object = finished.json());
    ASSERT_TRUE(object.contains("schema"));
    EXPECT_EQ(object["ok"], Json(false));
    ASSERT_TRUE(object.contains("error"));
    const Json& error = object["error"];
    EXPECT_EQ(error["kind"], Json(kindOf(expected.exitCode)));
    for (const char* member : {"place", "cause", "remedy"}) {
        EXPECT_FALSE(error[member].get<std::string>().empty()) << member;
    }
    for (const char* member : {"code", "serviceText", "requestId"}) {
        EXPECT_TRUE(error[member].is_string()) << member;
    }
    const std::string text = error.dump();
    for (const std::string& fragment : expected.fragments) {
        EXPECT_NE(text.find(fragment), std::string::npos) << fragment;
    }
    expectNoPinIn(finished.out + finished.err);
}

}  // namespace keyconvoy::tests
