#include "kmsclient/sts.h"

#include <pugixml.hpp>

namespace keyconvoy::kms {

namespace {

[[noreturn]] void throwNoIdentity(const Text& place) {
    throw Error{ErrorKind::Integrity, place, KC_TEXT("Sts", "the answer names no caller (account, ARN and user ID)"),
                KC_TEXT("Sts", "check the endpoint and the proxy: whoever answers there is not STS")};
}

}  // namespace

CallerIdentity readCallerIdentity(std::string_view xml, const Text& place) {
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size())) {
        throwNoIdentity(place);
    }
    const pugi::xml_node response = document.child("GetCallerIdentityResponse");
    const pugi::xml_node result = response.child("GetCallerIdentityResult");
    CallerIdentity identity;
    identity.account = result.child_value("Account");
    identity.arn = result.child_value("Arn");
    identity.userId = result.child_value("UserId");
    identity.facts.requestId = response.child("ResponseMetadata").child_value("RequestId");
    if (identity.account.empty() || identity.arn.empty() || identity.userId.empty()) {
        throwNoIdentity(place);
    }
    return identity;
}

ServiceFault readXmlFault(const HttpReply& reply) {
    pugi::xml_document document;
    if (!document.load_buffer(reply.body.data(), reply.body.size()) || !document.child("ErrorResponse")) {
        return readJsonFault(reply);  // an imitation of KMS that has no STS answers in JSON
    }
    const pugi::xml_node response = document.child("ErrorResponse");
    ServiceFault fault;
    fault.code = response.child("Error").child_value("Code");
    fault.text = response.child("Error").child_value("Message");
    fault.requestId = response.child_value("RequestId");
    return fault;
}

}  // namespace keyconvoy::kms
