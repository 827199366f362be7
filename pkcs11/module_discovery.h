#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace keyconvoy::pkcs11 {

/// One PKCS#11 module that this machine's p11-kit is configured for.
struct ConfiguredModule {
    std::string name;               ///< of its configuration: "softhsm2"
    std::filesystem::path library;  ///< absolute
};

/// The modules of p11-kit's configuration that can be loaded; those that hold trusted certificates only are left out. They are
/// opened for it, but neither initialised nor kept. Where there is no p11-kit configuration, there are none. For the thread that
/// owns the token.
[[nodiscard]] std::vector<ConfiguredModule> configuredModules();

}  // namespace keyconvoy::pkcs11
