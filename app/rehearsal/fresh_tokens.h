#pragma once

#include "app/station/station.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// Software tokens made for one rehearsal, with a PIN made for it too; they hold nothing of anybody's and go with their folder.
namespace keyconvoy::app {

enum class FreshTokenKind : std::uint8_t { SoftHsm, Nss };
[[nodiscard]] std::string_view toString(FreshTokenKind kind);  ///< "SoftHSM", "NSS softokn"

struct FreshToken {
    TokenStation station;
    std::string pin;  ///< no secret: it guards throw-away keys until their folder is removed
};

/// Its PKCS#11 module where distributions put it; absent when there is none.
[[nodiscard]] std::optional<std::filesystem::path> usualModuleOf(FreshTokenKind kind);
/// What NSS softokn must be told at its start: the folder of its database.
[[nodiscard]] std::string nssInitString(const std::filesystem::path& folder);

/// What is missing on this machine for such a token, with the Debian packages that bring it; absent when all is there.
[[nodiscard]] std::optional<Text> whatIsMissingFor(FreshTokenKind kind);

/// Makes the token in a folder of its own below `folder`. Throws Unavailable when its tool fails.
[[nodiscard]] FreshToken makeFreshToken(FreshTokenKind kind, const std::filesystem::path& folder);

/// Destroys a SoftHSM token with all that is on it. No module may have it open. Throws Unavailable when the tool fails.
void destroyToken(const FreshToken& softHsm);

}  // namespace keyconvoy::app
