#include "core/bytes.h"
#include "core/secret_bytes.h"
#include "kmsclient/signer.h"
#include "kmsclient/simulator/service.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/request_text.h"

using namespace keyconvoy;
namespace simulator = keyconvoy::kms::simulator;

namespace {

TimePoint fixedNow() {
    return std::chrono::sys_days{std::chrono::year{2027} / 6 / 17};
}

simulator::Service& service() {
    static const SecureHeap heap = initialiseSecureHeap();
    static_cast<void>(heap);
    static simulator::Service instance{{}, fixedNow};
    return instance;
}

simulator::HttpRequest signedFor(const char* serviceName, kms::Headers headers, std::string_view body) {
    const simulator::Credentials& known = service().credentials();
    kms::sign(headers, body, {known.accessKeyId, asBytes(known.secretAccessKey), {}}, {service().region(), serviceName},
              fixedNow());
    return {"POST", "/", {headers.begin(), headers.end()}, std::string{body}};
}

simulator::HttpRequest signedRequest(std::string_view operation, std::string_view body) {
    return signedFor("kms",
                     {{"host", "127.0.0.1"},
                      {"content-type", "application/x-amz-json-1.1"},
                      {"x-amz-target", "TrentService." + std::string{operation}}},
                     body);
}

simulator::HttpRequest signedForm(std::string_view body) {
    return signedFor("sts", {{"host", "127.0.0.1"}, {"content-type", "application/x-www-form-urlencoded"}}, body);
}

simulator::HttpRequest rawRequest(std::string_view rest) {
    simulator::HttpRequest request{"POST", "/", {}, ""};
    fuzz::takeHeadersAndBody(rest, request);
    return request;
}

}  // namespace

/// Either "SIGNED <operation>" and a body, or "STS" and a form, which get a good signature, or a request as it stands.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view mark = "SIGNED ";
    std::string_view rest = asText({data, size});
    if (rest.starts_with(mark)) {
        const std::string_view operation = fuzz::takeLine(rest).substr(mark.size());
        const simulator::HttpReply reply = service().answer(signedRequest(operation, rest));
        fuzz::require(reply.status == 200 || reply.status == 400);
    } else if (rest.starts_with("STS\n")) {
        fuzz::takeLine(rest);
        const simulator::HttpReply reply = service().answer(signedForm(rest));
        fuzz::require(reply.status == 200 || reply.status == 400);
    } else {
        const simulator::HttpReply reply = service().answer(rawRequest(rest));
        // AssumeRoleWithWebIdentity is not signed; its token is.
        fuzz::require(reply.status == 200 || (reply.status >= 400 && reply.status < 500));
    }
    return 0;
}
