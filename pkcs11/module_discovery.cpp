#include "pkcs11/module_discovery.h"

#include "pkcs11/cryptoki.h"

#include <cstdlib>
#include <memory>
#include <p11-kit/p11-kit.h>
#include <string_view>

namespace keyconvoy::pkcs11 {

namespace {

struct FreeText {
    void operator()(char* text) const noexcept { std::free(text); }  // NOLINT(cppcoreguidelines-no-malloc): p11-kit's own
};
using P11Text = std::unique_ptr<char, FreeText>;
using P11Modules = std::unique_ptr<CK_FUNCTION_LIST*, decltype(&p11_kit_modules_release)>;

std::string textOf(const P11Text& text) {
    return text ? std::string{text.get()} : std::string{};
}

/// p11-kit.conf(5): "trust-policy: Set to yes to use use this module as a source of trust policy information".
bool holdsTrustOnly(CK_FUNCTION_LIST* module) {
    return textOf(P11Text{p11_kit_config_option(module, "trust-policy")}) == "yes";
}

}  // namespace

std::vector<ConfiguredModule> configuredModules() {
    std::vector<ConfiguredModule> found;
    const P11Modules modules{p11_kit_modules_load(nullptr, P11_KIT_MODULE_UNMANAGED), &p11_kit_modules_release};
    if (!modules) {
        return found;
    }
    for (CK_FUNCTION_LIST** module = modules.get(); *module != nullptr; ++module) {
        ConfiguredModule row{textOf(P11Text{p11_kit_module_get_name(*module)}),
                             textOf(P11Text{p11_kit_module_get_filename(*module)})};
        if (row.library.is_absolute() && !holdsTrustOnly(*module)) {
            found.push_back(std::move(row));
        }
    }
    return found;
}

}  // namespace keyconvoy::pkcs11
