#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyconvoy::pkcs11 {

/// One environment variable that a vendor's module reads; set before the module is loaded.
struct ModuleVariable {
    std::string name;
    std::string value;

    /// "NAME=VALUE". Throws InvalidInput when there is no name or `=`, Refused for LD_* (the loader's own switches).
    [[nodiscard]] static ModuleVariable parse(std::string_view assignment);
};

/// How to load one PKCS#11 module.
struct ModuleProfile {
    std::filesystem::path library;
    std::optional<std::string> initString;  ///< CK_C_INITIALIZE_ARGS' string: NSS softokn needs one, SoftHSM refuses any
    std::vector<ModuleVariable> environment;

    /// A TOML file: `library = "…"`, optionally `init = "…"` and a table `[environment]` of strings. Unknown names are refused
    /// with their place, as is a relative library path that holds a slash; throws InvalidInput or NotFound.
    [[nodiscard]] static ModuleProfile fromTomlFile(const std::filesystem::path& file);
};

}  // namespace keyconvoy::pkcs11
