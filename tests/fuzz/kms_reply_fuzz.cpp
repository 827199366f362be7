#include "core/bytes.h"
#include "kmsclient/kms_error.h"
#include "kmsclient/sts.h"
#include "kmsclient/wire.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;
using namespace keyconvoy::kms;

namespace {

const Text place = KC_TEXT("Fuzz", "the reply");

void readAsSuccess(std::string_view body) {
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readKeyMetadata(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readImportParameters(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readImportKeyMaterial(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readRotations(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readKeys(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readAliases(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readTags(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readReplicateKey(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readRotationStatus(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readScheduledDeletion(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readKeyPolicy(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readKeyId(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readPublicKey(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readBlob(body, "Mac", place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readDecrypt(body, place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return wire::readValid(body, "MacValid", place); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return readCallerIdentity(body, place); }));
}

/// Reading an error reply never throws: what stands in it becomes part of our own error.
void readAsFailure(std::string_view body) {
    const HttpReply reply{.status = 400,
                          .headers = {{"x-amzn-errortype", std::string{body.substr(0, body.find('\n'))}}},
                          .body = std::string{body},
                          .connection = {}};
    for (const ServiceFault& fault : {readJsonFault(reply), readXmlFault(reply)}) {
        const KmsError error = kmsError(reply, fault, "kms:ImportKeyMaterial", place);
        fuzz::require(!error.failure().cause.empty() && !error.failure().remedy.empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body = asText({data, size});
    readAsSuccess(body);
    readAsFailure(body);
    return 0;
}
