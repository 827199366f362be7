#include "kmsclient/model.h"

#include "kmsclient/model_names.h"

namespace keyconvoy::kms {

std::string_view awsName(KeyState state) {
    return nameOf(keyStateNames, state);
}

std::string_view awsName(ExpirationModel model) {
    return nameOf(expirationModelNames, model);
}

std::string_view awsName(ImportType type) {
    return nameOf(importTypeNames, type);
}

std::string ConnectionEvidence::tlsSummary() const {
    if (!tls) {
        return "none (plain http)";
    }
    return amazonRoot ? "amazon" : "private or intercepted";
}

}  // namespace keyconvoy::kms
