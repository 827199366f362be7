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

Text ConnectionEvidence::tlsInWords() const {
    if (!tls) {
        return KC_TEXT("ConnectionEvidence", "none (plain http)");
    }
    return amazonRoot ? verbatim("amazon") : KC_TEXT("ConnectionEvidence", "private or intercepted");
}

std::string ConnectionEvidence::tlsSummary() const {
    return toEnglish(tlsInWords());
}

}  // namespace keyconvoy::kms
