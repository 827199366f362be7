#include "pkcs11/module_loading.h"

#include "core/text.h"
#include "pkcs11/return_value.h"

#include <cstdlib>
#include <dlfcn.h>
#include <libp11.h>
#include <link.h>

namespace keyconvoy::pkcs11 {

namespace {

/// With spare words behind it: NSS's own struct is one pointer longer, its string stands where pReserved is.
struct InitialiseArguments {
    CK_C_INITIALIZE_ARGS arguments{};
    void* spare[4] = {};
};

Text modulePlace(const std::filesystem::path& library) {
    return KC_TEXT("Module", "PKCS#11 module %1").with(library.string());
}

std::filesystem::path pathOf(void* handle, const std::filesystem::path& asked) {
    link_map* map = nullptr;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr || *map->l_name == '\0') {
        return asked;
    }
    return map->l_name;
}

/// A path with a slash is taken as it stands, made absolute; a bare name is searched for by the loader.
std::filesystem::path toLoad(const std::filesystem::path& library) {
    return library.has_parent_path() ? std::filesystem::absolute(library) : library;
}

[[noreturn]] void throwNotLoadable(const std::filesystem::path& library, const char* loaderText) {
    Failure failure;
    failure.kind = ErrorKind::InvalidInput;
    failure.place = modulePlace(library);
    failure.cause = KC_TEXT("Module", "it cannot be loaded as a library");
    failure.remedy =
        KC_TEXT("Module",
                "check that the file is the module of this machine's architecture and that the libraries it needs are installed");
    failure.serviceText = loaderText != nullptr ? loaderText : "";
    std::error_code none;
    if (library.has_parent_path() ? !std::filesystem::exists(library, none)
                                  : failure.serviceText.find("No such file") != std::string::npos) {
        failure.kind = ErrorKind::NotFound;
        failure.cause = library.has_parent_path()
                            ? KC_TEXT("Module", "there is no such file")
                            : KC_TEXT("Module",
                                      "there is no such library in this system's library folders, where a name without a "
                                      "slash is looked for");
        failure.remedy = KC_TEXT("Module", "give the full path of the module; the manual of the token names it");
    }
    throw Error{std::move(failure)};
}

/// The loader would wait for the writer of a pipe, and read from a device.
void checkRegularFile(const std::filesystem::path& library) {
    std::error_code none;
    if (library.has_parent_path() && std::filesystem::exists(library, none) && !std::filesystem::is_regular_file(library, none)) {
        throw Error{ErrorKind::InvalidInput, modulePlace(library), KC_TEXT("Module", "it is no regular file"),
                    KC_TEXT("Module", "give the path of the token's PKCS#11 library; the manual of the token names it")};
    }
}

void* opened(const std::filesystem::path& library) {
    checkRegularFile(library);
    return dlopen(toLoad(library).c_str(), RTLD_NOW | RTLD_LOCAL);
}

[[noreturn]] void throwNoModule(const std::filesystem::path& library) {
    throw Error{ErrorKind::InvalidInput, modulePlace(library),
                KC_TEXT("Module", "this library is no PKCS#11 module: it has no C_GetFunctionList"),
                KC_TEXT("Module", "give the path of the token's PKCS#11 library; the manual of the token names it")};
}

[[noreturn]] void throwInitialiseFailed(const ModuleProfile& profile, CK_RV code) {
    const ReturnValue value = describeReturnValue(code);
    Failure failure;
    failure.kind = value.kind;
    failure.place = KC_TEXT("Module", "C_Initialize, PKCS#11 module %1").with(profile.library.string());
    failure.cause = value.meaning;
    failure.remedy = value.remedy;
    failure.code = value.name;
    if (code == CKR_ARGUMENTS_BAD) {
        failure.kind = ErrorKind::InvalidInput;
        failure.cause = profile.initString ? KC_TEXT("Module", "the module does not accept this initialisation string")
                                           : KC_TEXT("Module", "the module does not start without an initialisation string");
        failure.remedy = profile.initString
                             ? KC_TEXT("Module",
                                       "leave it out: most modules take none (SoftHSM refuses any); NSS softokn wants "
                                       "configdir='sql:FOLDER' certPrefix='' keyPrefix='' secmod='secmod.db' flags=")
                             : KC_TEXT("Module",
                                       "give the string that the module's manual names (%1); NSS softokn wants "
                                       "configdir='sql:FOLDER' certPrefix='' keyPrefix='' secmod='secmod.db' flags=")
                                   .with(typedAs("--module-init"));
    }
    throw Error{std::move(failure)};
}

/// NSS softokn 3.87 crashes (a null pointer in its own parser) on an initialisation string without configdir.
void checkInitString(const std::filesystem::path& library, const ModuleProfile& profile) {
    const bool nss = library.filename().string().starts_with("libsoftokn");
    if (nss && profile.initString && profile.initString->find("configdir=") == std::string::npos) {
        throwInitialiseFailed(profile, CKR_ARGUMENTS_BAD);
    }
}

/// libp11 puts the CKR code into OpenSSL's queue, cut to 23 bits; a queue without one means that it could not load.
CK_RV codeOfLibp11() {
    const unsigned long last = ERR_peek_last_error();
    ERR_clear_error();
    const int reason = ERR_GET_REASON(last);
    return reason > 1 ? static_cast<CK_RV>(reason) : CKR_GENERAL_ERROR;
}

}  // namespace

SharedLibrary::SharedLibrary(const std::filesystem::path& library) : m_handle{opened(library)} {
    if (m_handle == nullptr) {
        throwNotLoadable(
            library, dlerror());  // NOLINT(concurrency-mt-unsafe): glibc keeps one per thread; libp11 would print it on stderr
    }
    if (dlsym(m_handle, "C_GetFunctionList") == nullptr) {
        dlclose(m_handle);
        throwNoModule(library);
    }
    m_path = pathOf(m_handle, toLoad(library));
}

SharedLibrary::~SharedLibrary() {
    if (m_handle != nullptr) {
        dlclose(m_handle);
    }
}

CK_C_GetFunctionList SharedLibrary::getFunctionList() const {
    return reinterpret_cast<CK_C_GetFunctionList>(dlsym(m_handle, "C_GetFunctionList"));
}

LoadedLibrary::LoadedLibrary(SharedLibrary library, const ModuleProfile& profile)
    : m_library{std::move(library)}, m_profile{profile} {
    checkInitString(m_library.path(), m_profile);
    loadThroughLibp11();
    try {
        takeFunctionList();
    } catch (...) {
        PKCS11_CTX_unload(m_context);
        PKCS11_CTX_free(m_context);
        throw;
    }
}

LoadedLibrary::LoadedLibrary(LoadedLibrary&& other) noexcept
    : m_library{std::move(other.m_library)},
      m_profile{std::move(other.m_profile)},
      m_context{std::exchange(other.m_context, nullptr)},
      m_functions{other.m_functions},
      m_initialisedHere{std::exchange(other.m_initialisedHere, false)} {
}

LoadedLibrary::~LoadedLibrary() {
    if (m_context == nullptr) {
        return;
    }
    if (m_initialisedHere) {
        m_functions->C_Finalize(nullptr);
    }
    PKCS11_CTX_unload(m_context);  // calls C_Finalize, for every user of the library in this process
    PKCS11_CTX_free(m_context);
    ERR_clear_error();
}

CK_RV LoadedLibrary::initialise(const CK_FUNCTION_LIST& functions) {
    InitialiseArguments memory;
    memory.arguments.flags = CKF_OS_LOCKING_OK;
    memory.arguments.pReserved = m_profile.initString ? m_profile.initString->data() : nullptr;
    return functions.C_Initialize(&memory);
}

CK_RV LoadedLibrary::wholeCode(CK_RV cut) {
    CK_FUNCTION_LIST* functions = nullptr;
    if (!describeReturnValue(cut).name.starts_with("unknown") || m_library.getFunctionList()(&functions) != CKR_OK) {
        return cut;
    }
    const CK_RV code = initialise(*functions);
    if (code == CKR_OK) {
        functions->C_Finalize(nullptr);
    }
    return code == CKR_OK ? cut : code;
}

void LoadedLibrary::loadThroughLibp11() {
    ERR_clear_error();
    PKCS11_CTX* context = PKCS11_CTX_new();
    if (context == nullptr) {
        throw CryptoError{"PKCS11_CTX_new"};
    }
    if (m_profile.initString) {
        PKCS11_CTX_init_args(context, m_profile.initString->c_str());
    }
    if (PKCS11_CTX_load(context, m_library.path().c_str()) != 0) {
        PKCS11_CTX_free(context);
        throwInitialiseFailed(m_profile, wholeCode(codeOfLibp11()));
    }
    m_context = context;
}

void LoadedLibrary::takeFunctionList() {
    CK_FUNCTION_LIST* functions = nullptr;
    check(m_library.getFunctionList()(&functions), "C_GetFunctionList");
    if (functions == nullptr) {
        throwNoModule(m_library.path());
    }
    m_functions = functions;
    CK_INFO info{};
    if (functions->C_GetInfo(&info) != CKR_CRYPTOKI_NOT_INITIALIZED) {
        return;
    }
    if (const CK_RV code = initialise(*functions); code != CKR_OK) {
        throwInitialiseFailed(m_profile, code);
    }
    m_initialisedHere = true;
}

}  // namespace keyconvoy::pkcs11
