#include "pkcs11/module_profile.h"

#include "core/error.h"
#include "core/files.h"
#include "core/toml.h"

namespace keyconvoy::pkcs11 {

namespace {

constexpr std::size_t largestProfile = std::size_t{64} * 1024U;

Text profilePlace(const std::filesystem::path& file, const toml::source_region& where) {
    return KC_TEXT("ModuleProfile", "module profile %1, line %2, column %3")
        .with(file.string())
        .with(std::uint64_t{where.begin.line})
        .with(std::uint64_t{where.begin.column});
}

[[noreturn]] void throwBadProfile(Text place, Text cause) {
    throw Error{ErrorKind::InvalidInput, std::move(place), std::move(cause),
                KC_TEXT("ModuleProfile",
                        "a profile has library = \"PATH\", where needed init = \"...\", and a table [environment] of strings")};
}

toml::table parseToml(const std::filesystem::path& file) {
    const Bytes content = readFile(file, largestProfile);
    try {
        return toml::parse(asText(content), file.string());
    } catch (const toml::parse_error& error) {
        throwBadProfile(profilePlace(file, error.source()),
                        KC_TEXT("ModuleProfile", "it is no valid TOML: %1").with(std::string{error.description()}));
    } catch (const Error& error) {
        throwBadProfile(KC_TEXT("ModuleProfile", "module profile %1").with(file.string()), error.failure().cause);
    }
}

std::string stringOf(const std::filesystem::path& file, std::string_view name, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    if (!text) {
        throwBadProfile(profilePlace(file, node.source()), KC_TEXT("ModuleProfile", "'%1' is no string").with(name));
    }
    return *text;
}

std::vector<ModuleVariable> environmentOf(const std::filesystem::path& file, const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
        throwBadProfile(profilePlace(file, node.source()), KC_TEXT("ModuleProfile", "'environment' is no table"));
    }
    std::vector<ModuleVariable> variables;
    for (const auto& [name, value] : *table) {
        variables.push_back(ModuleVariable::parse(std::string{name.str()} + "=" + stringOf(file, name.str(), value)));
    }
    return variables;
}

void checkLibraryPath(const std::filesystem::path& file, const toml::node& node, const std::filesystem::path& library) {
    if (library.empty() || (library.is_relative() && library.has_parent_path())) {
        throwBadProfile(
            profilePlace(file, node.source()),
            KC_TEXT("ModuleProfile", "the library is neither an absolute path nor a bare file name: %1").with(library.string()));
    }
}

}  // namespace

ModuleVariable ModuleVariable::parse(std::string_view assignment) {
    const auto equals = assignment.find('=');
    const Text place = KC_TEXT("ModuleProfile", "environment of the module");
    if (equals == 0 || equals == std::string_view::npos || assignment.find('\0') != std::string_view::npos) {
        throw Error{ErrorKind::InvalidInput, place, KC_TEXT("ModuleProfile", "a variable is not of the form NAME=VALUE"),
                    KC_TEXT("ModuleProfile", "write it like SOFTHSM2_CONF=/etc/softhsm/ceremony.conf")};
    }
    ModuleVariable variable{std::string{assignment.substr(0, equals)}, std::string{assignment.substr(equals + 1)}};
    if (variable.name.starts_with("LD_")) {
        throw Error{ErrorKind::Refused, place,
                    KC_TEXT("ModuleProfile", "%1 steers which code is loaded into this program").with(variable.name),
                    KC_TEXT("ModuleProfile", "leave LD_* variables out; name the module by its full path")};
    }
    return variable;
}

ModuleProfile ModuleProfile::fromTomlFile(const std::filesystem::path& file) {
    const toml::table table = parseToml(file);
    ModuleProfile profile;
    for (const auto& [name, node] : table) {
        if (name.str() == "library") {
            profile.library = stringOf(file, "library", node);
            checkLibraryPath(file, node, profile.library);
        } else if (name.str() == "init") {
            profile.initString = stringOf(file, "init", node);
        } else if (name.str() == "environment") {
            profile.environment = environmentOf(file, node);
        } else {
            throwBadProfile(profilePlace(file, node.source()),
                            KC_TEXT("ModuleProfile", "the name '%1' is not known").with(name.str()));
        }
    }
    if (profile.library.empty()) {
        throwBadProfile(KC_TEXT("ModuleProfile", "module profile %1").with(file.string()),
                        KC_TEXT("ModuleProfile", "it names no library"));
    }
    return profile;
}

}  // namespace keyconvoy::pkcs11
