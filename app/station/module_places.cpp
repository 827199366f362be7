#include "app/station/module_places.h"

#include "app/rehearsal/fresh_tokens.h"
#include "pkcs11/module_discovery.h"

#include <algorithm>
#include <utility>

namespace keyconvoy::app {
namespace {

bool sameFile(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::error_code none;
    return std::filesystem::equivalent(a, b, none);
}

void add(std::vector<FoundModule>& found, FoundModule module) {
    const bool known =
        std::ranges::any_of(found, [&](const FoundModule& other) { return sameFile(other.library, module.library); });
    if (!known) {
        found.push_back(std::move(module));
    }
}

}  // namespace

std::vector<FoundModule> findModules() {
    std::vector<FoundModule> found;
    for (pkcs11::ConfiguredModule& module : pkcs11::configuredModules()) {
        add(found, {std::move(module.name), std::move(module.library), {}});
    }
    for (const FreshTokenKind kind : {FreshTokenKind::SoftHsm, FreshTokenKind::Nss}) {
        if (auto library = usualModuleOf(kind)) {
            const bool needsFolder = kind == FreshTokenKind::Nss;
            add(found, {std::string{toString(kind)}, *std::move(library), needsFolder ? nssInitString("/PATH/TO/FOLDER") : ""});
        }
    }
    return found;
}

}  // namespace keyconvoy::app
