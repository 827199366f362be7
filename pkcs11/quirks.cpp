#include "pkcs11/quirks.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace keyconvoy::pkcs11 {

namespace {

struct KnownModule {
    std::string_view manufacturer;  ///< prefix
    std::string_view model;         ///< prefix
    Quirks quirks;
};

/// Seen with SoftHSM 2.6.1, NSS softokn 3.87, openCryptoki 3.8.1 and tpm2-pkcs11 1.9.0; Kryoptic from its source.
constexpr KnownModule knownModules[] = {
    {"SoftHSM project", "SoftHSM", {.software = true}},
    {"Mozilla Foundation",
     "NSS",
     {.software = true, .localAlwaysFalse = true, .unwrapIgnoresUses = true, .wantsPublicValueToo = true}},
    {"IBM", "Soft", {.software = true}},
    {"Kryoptic", "", {.software = true}},
};

}  // namespace

Quirks quirksOf(const TokenDescription& token) {
    const auto* known = std::ranges::find_if(knownModules, [&](const KnownModule& candidate) {
        return token.manufacturer.starts_with(candidate.manufacturer) && token.model.starts_with(candidate.model);
    });
    return known == std::end(knownModules) ? Quirks{} : known->quirks;
}

}  // namespace keyconvoy::pkcs11
