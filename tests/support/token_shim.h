#pragma once

#include "pkcs11/module_profile.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The bent token: see tests/support/shims/README.md for the options.
namespace keyconvoy::tests {

using ShimOptions = std::map<std::string, std::string>;

/// The profile of `real` with the shim before it. One shim per process: load it before anything else loads it with other options.
[[nodiscard]] pkcs11::ModuleProfile shimmed(const pkcs11::ModuleProfile& real, const ShimOptions& options);

/// One line of the shim's recording. Handles are the token's; 0 where there is none.
struct RecordedCall {
    std::string function;
    std::uint64_t result = 0;
    std::uint64_t object = 0;       ///< of attribute calls, C_CreateObject, C_DestroyObject
    std::uint64_t key = 0;          ///< the key that was made, used or wrapped
    std::uint64_t wrappingKey = 0;  ///< of C_WrapKey
    std::uint64_t mechanism = 0;
    std::string modulus;  ///< hex, of the RSA wrapping key
    std::vector<std::uint64_t> types;
};
[[nodiscard]] std::vector<RecordedCall> readRecording(const std::filesystem::path& file);

/// Promise 1 as a recording shows it. Each returned text is a violation: any C_Decrypt, C_DeriveKey, C_CopyObject or C_DigestKey;
/// any read of a secret attribute; a C_WrapKey under a modulus that is not among `allowedModuli` (hex), unless it is under a
/// session AES key that was made for it and itself wrapped under an allowed one.
[[nodiscard]] std::vector<std::string> promiseOneViolations(const std::vector<RecordedCall>& calls,
                                                            const std::vector<std::string>& allowedModuli);

}  // namespace keyconvoy::tests
