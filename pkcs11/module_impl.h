#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/module_loading.h"
#include "pkcs11/token.h"
#include "pkcs11/token_info.h"

#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::pkcs11 {

/// The environment variables that a module is started with, put back when it has been finalised: the next module must not find
/// those of the one before.
class ModuleVariables {
public:
    explicit ModuleVariables(const ModuleProfile& profile);
    ModuleVariables(const ModuleVariables&) = delete;
    ModuleVariables& operator=(const ModuleVariables&) = delete;
    ~ModuleVariables();

private:
    struct Before {
        ModuleVariable ours;
        std::optional<std::string> value;
    };
    std::vector<Before> m_before;
};

/// What Module hides from the floors above.
struct Module::Impl {
    explicit Impl(const ModuleProfile& profile);

    ModuleVariables variables;  // first: the library is started with them, and finalised before they go
    LoadedLibrary library;
    ModuleDescription description;

    [[nodiscard]] const CK_FUNCTION_LIST& functions() const noexcept { return library.functions(); }
    /// Every slot with a token, fresh. A slot whose token cannot be read is listed with the reason among its flags, so that one
    /// broken reader does not hide the others.
    [[nodiscard]] std::vector<SlotToken> slots() const;
};

}  // namespace keyconvoy::pkcs11
