#include "app/ceremony/expiry.h"
#include "core/bytes.h"
#include "kmsclient/endpoint.h"
#include "kmsclient/http_date.h"
#include "kmsclient/key_arn.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;

namespace {

/// The small texts of options, settings and headers.
void parseKmsNames(std::string_view text) {
    if (const auto arn = kms::KeyArn::parse(text)) {
        fuzz::require(arn->str() == text);
        const std::string again = "arn:" + std::string{arn->partition()} + ":kms:" + std::string{arn->region()} + ":" +
                                  std::string{arn->account()} + ":key/" + std::string{arn->keyId()};
        fuzz::require(again == text);
    }
    const auto key = fuzz::valueOrRefusal([&] { return kms::KeyIdentifier::parse(text); });
    fuzz::require(!key || key->str() == text);
    const auto endpoint = fuzz::valueOrRefusal([&] { return kms::Endpoint::parse(text, verbatim("a test")); });
    if (endpoint) {
        fuzz::require(!endpoint->host.empty());
        fuzz::require(kms::Endpoint::parse(endpoint->url(), verbatim("what was written")) == *endpoint);
        fuzz::require(endpoint->tls || kms::isLoopback(endpoint->host));
    }
}

void parseTimes(std::string_view text) {
    static_cast<void>(kms::parseHttpDate(text));
    if (const auto expiry = fuzz::valueOrRefusal([&] { return app::Expiry::parse(text); })) {
        const TimePoint now{std::chrono::sys_days{std::chrono::year{2027} / 6 / 17}};
        const auto validTo = fuzz::valueOrRefusal([&] { return expiry->validTo(now); });
        fuzz::require(!validTo || !*validTo || **validTo > now);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = asText({data, size});
    parseKmsNames(text);
    parseTimes(text);
    return 0;
}
