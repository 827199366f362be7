#include "kmsclient/mfa.h"

#include "core/text.h"

#include <memory>
#include <optional>

namespace keyconvoy::kms {

AskMfaCode mfaCodeGiven(std::string code) {
    const auto left = std::make_shared<std::optional<std::string>>(std::move(code));
    return [left](const MfaDevice& device) {
        if (!*left) {
            throw Error{ErrorKind::Refused, KC_TEXT("RoleCredentials", "code of the MFA device %1").with(device.serial),
                        KC_TEXT("RoleCredentials", "the code that was given is used up, and the session has to be renewed"),
                        KC_TEXT("RoleCredentials", "%1 with a new code; a longer duration_seconds in the profile keeps a session")
                            .with(typedAs("repeat the command"))};
        }
        std::string once = std::move(**left);
        left->reset();
        return once;
    };
}

}  // namespace keyconvoy::kms
