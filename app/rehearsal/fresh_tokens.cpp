#include "app/rehearsal/fresh_tokens.h"

#include "app/rehearsal/child_process.h"
#include "core/files.h"

#include <array>
#include <glob.h>
#include <openssl/rand.h>

namespace keyconvoy::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* softHsmConfiguration = "SOFTHSM2_CONF";
constexpr const char* softHsmTool = "softhsm2-util";

/// Where distributions put a module.
struct ModulePlaces {
    std::array<const char*, 4> patterns;
};
constexpr ModulePlaces softHsmPlaces{{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so",
                                      "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"}};
constexpr ModulePlaces nssPlaces{
    {"/usr/lib/*/libsoftokn3.so", "/usr/lib/*/nss/libsoftokn3.so", "/usr/lib64/libsoftokn3.so", "/usr/lib/libsoftokn3.so"}};

std::optional<fs::path> findModule(const ModulePlaces& places) {
    for (const char* pattern : places.patterns) {
        glob_t found{};
        const bool any =
            ::glob(pattern, 0, nullptr, &found) == 0 && found.gl_pathc > 0;  // NOLINT(concurrency-mt-unsafe): no tilde in them
        std::optional<fs::path> path = any ? std::optional{fs::path{found.gl_pathv[0]}} : std::nullopt;
        ::globfree(&found);
        if (path) {
            return path;
        }
    }
    return std::nullopt;
}

struct Ingredients {
    const ModulePlaces& places;
    const char* tool;
    const char* packages;
};

Ingredients ingredientsOf(FreshTokenKind kind) {
    switch (kind) {
        case FreshTokenKind::SoftHsm: return {softHsmPlaces, softHsmTool, "softhsm2"};
        case FreshTokenKind::Nss: return {nssPlaces, "certutil", "libnss3 libnss3-tools"};
    }
    return {softHsmPlaces, "", ""};
}

std::string randomPin() {
    std::array<std::uint8_t, 8> octets{};
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
        throw CryptoError{"RAND_bytes"};
    }
    std::string pin;
    for (const std::uint8_t octet : octets) {
        pin += static_cast<char>('0' + octet % 10);
    }
    return pin;
}

/// softhsm2-util on the store of this token.
void runSoftHsmTool(const fs::path& tool, const FreshToken& token, std::vector<std::string> arguments) {
    runTool({tool, std::move(arguments), {{softHsmConfiguration, token.station.module.environment.front().value}}});
}

void initialise(const FreshToken& token, const fs::path& tool) {
    runSoftHsmTool(
        tool, token,
        {"--init-token", "--free", "--label", *token.station.token.label, "--so-pin", randomPin(), "--pin", token.pin});
}

FreshToken makeSoftHsm(const fs::path& module, const fs::path& tool, const fs::path& folder) {
    const fs::path configuration = folder / "softhsm2.conf";
    fs::create_directory(folder / "tokens");
    writeNewFile(configuration, asBytes("directories.tokendir = " + (folder / "tokens").string() +
                                        "\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n"));
    FreshToken token;
    token.station.module.library = module;
    token.station.module.environment = {{softHsmConfiguration, configuration.string()}};
    token.station.token.label = "Keyconvoy rehearsal";
    token.pin = randomPin();
    initialise(token, tool);
    return token;
}

FreshToken makeNss(const fs::path& module, const fs::path& tool, const fs::path& folder) {
    const std::string pin = randomPin();
    const fs::path pinFile = folder / "pin";
    writeNewFile(pinFile, asBytes(pin + "\n"), FileAccess::OwnerOnly);
    runTool({tool, {"-N", "-d", "sql:" + folder.string(), "-f", pinFile.string()}, {}});
    FreshToken token;
    token.station.module.library = module;
    token.station.module.initString = nssInitString(folder);
    token.station.token.label = "NSS Certificate DB";
    token.pin = pin;
    return token;
}

}  // namespace

std::string_view toString(FreshTokenKind kind) {
    return kind == FreshTokenKind::SoftHsm ? "SoftHSM" : "NSS softokn";
}

std::optional<fs::path> usualModuleOf(FreshTokenKind kind) {
    return findModule(ingredientsOf(kind).places);
}

std::string nssInitString(const fs::path& folder) {
    return "configdir='sql:" + folder.string() + "' certPrefix='' keyPrefix='' secmod='secmod.db' flags= ";
}

std::optional<Text> whatIsMissingFor(FreshTokenKind kind) {
    const Ingredients ingredients = ingredientsOf(kind);
    if (!findModule(ingredients.places)) {
        return KC_TEXT("FreshTokens", "its PKCS#11 module is not installed (Debian: apt-get install %1)")
            .with(ingredients.packages);
    }
    if (!findProgram(ingredients.tool)) {
        return KC_TEXT("FreshTokens", "the tool %1 is not installed (Debian: apt-get install %2)")
            .with(ingredients.tool)
            .with(ingredients.packages);
    }
    return std::nullopt;
}

FreshToken makeFreshToken(FreshTokenKind kind, const fs::path& folder) {
    if (auto missing = whatIsMissingFor(kind)) {
        throw Error{ErrorKind::Unavailable, KC_TEXT("FreshTokens", "token %1").with(toString(kind)), *std::move(missing),
                    KC_TEXT("FreshTokens", "install it")};
    }
    const Ingredients ingredients = ingredientsOf(kind);
    const fs::path own = folder / (kind == FreshTokenKind::SoftHsm ? "softhsm" : "nss");
    fs::create_directory(own);
    const fs::path module = findModule(ingredients.places).value();
    const fs::path tool = findProgram(ingredients.tool).value();
    return kind == FreshTokenKind::SoftHsm ? makeSoftHsm(module, tool, own) : makeNss(module, tool, own);
}

void destroyToken(const FreshToken& softHsm) {
    runSoftHsmTool(findProgram(softHsmTool).value(), softHsm, {"--delete-token", "--token", *softHsm.station.token.label});
}

}  // namespace keyconvoy::app
