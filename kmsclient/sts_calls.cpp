#include "kmsclient/sts_calls.h"

#include <openssl/crypto.h>
#include <utility>

namespace keyconvoy::kms {

namespace {

AssumedRole sessionFrom(ServiceCaller& caller, const ServiceCall& call) {
    ServiceReply reply = caller.call(call);
    AssumedRole role = readAssumedRole(std::move(reply.body), factsOf(call.operation).name, reply.place);
    role.facts = std::move(reply.facts);
    return role;
}

}  // namespace

CallerIdentity getCallerIdentity(ServiceCaller& caller) {
    ServiceReply reply = caller.call({.operation = Operation::GetCallerIdentity, .body = std::string{getCallerIdentityBody}});
    CallerIdentity identity = readCallerIdentity(reply.body, reply.place);
    const std::string requestId = std::exchange(identity.facts.requestId, {});
    identity.facts = std::move(reply.facts);
    if (!requestId.empty()) {
        identity.facts.requestId = requestId;
    }
    return identity;
}

AssumedRole assumeRole(ServiceCaller& caller, const AssumeRoleRequest& request) {
    return sessionFrom(caller, {.operation = Operation::AssumeRole, .body = writeAssumeRole(request)});
}

AssumedRole assumeRoleWithWebIdentity(ServiceCaller& caller, const WebIdentityRequest& request) {
    ServiceCall call{.operation = Operation::AssumeRoleWithWebIdentity, .body = writeAssumeRoleWithWebIdentity(request)};
    try {
        AssumedRole role = sessionFrom(caller, call);
        OPENSSL_cleanse(call.body.data(), call.body.size());
        return role;
    } catch (...) {
        OPENSSL_cleanse(call.body.data(), call.body.size());
        throw;
    }
}

}  // namespace keyconvoy::kms
