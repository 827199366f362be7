#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// A PKCS#11 module found on this machine, to be offered to a person.
struct FoundModule {
    std::string name;               ///< "softhsm2", "NSS softokn"
    std::filesystem::path library;  ///< absolute
    std::string initString;         ///< an example of what it needs at its start; empty: nothing
};

/// p11-kit's configured modules, then those of SoftHSM and NSS where distributions put them; each file once. Opens p11-kit's
/// modules, so it belongs to the thread that owns the token.
[[nodiscard]] std::vector<FoundModule> findModules();

}  // namespace keyconvoy::app
