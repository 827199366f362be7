#include "core/bytes.h"
#include "core/secret_bytes.h"
#include "kmsclient/signer.h"
#include "kmsclient/simulator/service.h"
#include "tests/fuzz/fuzz_target.h"

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

std::string_view takeLine(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
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

/// Headers as they come, one a line, up to an empty line.
simulator::HttpRequest rawRequest(std::string_view rest) {
    simulator::HttpRequest request{"POST", "/", {}, ""};
    for (std::string_view line = takeLine(rest); !line.empty(); line = takeLine(rest)) {
        const std::size_t colon = std::min(line.find(':'), line.size());
        request.headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
    }
    request.body = rest;
    return request;
}

}  // namespace

/// Either "SIGNED <operation>" and a body, or "STS" and a form, which get a good signature, or a request as it stands.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view mark = "SIGNED ";
    std::string_view rest = asText({data, size});
    if (rest.starts_with(mark)) {
        const std::string_view operation = takeLine(rest).substr(mark.size());
        const simulator::HttpReply reply = service().answer(signedRequest(operation, rest));
        fuzz::require(reply.status == 200 || reply.status == 400);
    } else if (rest.starts_with("STS\n")) {
        takeLine(rest);
        const simulator::HttpReply reply = service().answer(signedForm(rest));
        fuzz::require(reply.status == 200 || reply.status == 400);
    } else {
        const simulator::HttpReply reply = service().answer(rawRequest(rest));
        // AssumeRoleWithWebIdentity is not signed; its token is.
        fuzz::require(reply.status == 200 || (reply.status >= 400 && reply.status < 500));
    }
    return 0;
}
