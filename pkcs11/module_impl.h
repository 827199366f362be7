#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/module_loading.h"
#include "pkcs11/token.h"
#include "pkcs11/token_info.h"

#include <vector>

namespace keyconvoy::pkcs11 {

/// What Module hides from the floors above.
struct Module::Impl {
    explicit Impl(LoadedLibrary loaded);

    LoadedLibrary library;
    ModuleDescription description;

    [[nodiscard]] const CK_FUNCTION_LIST& functions() const noexcept { return library.functions(); }
    /// Every slot with a token, fresh. A slot whose token cannot be read is listed with the reason among its flags, so that one
    /// broken reader does not hide the others.
    [[nodiscard]] std::vector<SlotToken> slots() const;
};

}  // namespace keyconvoy::pkcs11
