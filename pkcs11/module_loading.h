#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/module_profile.h"

#include <filesystem>
#include <utility>

struct PKCS11_ctx_st;  // libp11.h would bring its macros along

namespace keyconvoy::pkcs11 {

/// A reference that dlopen gave out.
class SharedLibrary {
public:
    /// Throws NotFound when there is no such file, InvalidInput when it is no shared library or has no C_GetFunctionList.
    explicit SharedLibrary(const std::filesystem::path& library);
    SharedLibrary(const SharedLibrary&) = delete;
    SharedLibrary& operator=(const SharedLibrary&) = delete;
    SharedLibrary(SharedLibrary&& other) noexcept
        : m_handle{std::exchange(other.m_handle, nullptr)}, m_path{std::move(other.m_path)} {}
    SharedLibrary& operator=(SharedLibrary&&) = delete;
    ~SharedLibrary();

    [[nodiscard]] void* handle() const noexcept { return m_handle; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }  ///< of the file that was loaded
    [[nodiscard]] CK_C_GetFunctionList getFunctionList() const;

private:
    void* m_handle;
    std::filesystem::path m_path;
};

/// A module that libp11 loaded and initialised, with the raw function list beside it. libp11 goes first and owns C_Initialize; a
/// module that hands out a list of its own on each call (p11-kit's client and proxy) has ours initialised and finalised here.
class LoadedLibrary {
public:
    /// Throws InvalidInput when C_Initialize refuses the initialisation string, Unavailable or what the code means otherwise.
    LoadedLibrary(SharedLibrary library, const ModuleProfile& profile);
    LoadedLibrary(const LoadedLibrary&) = delete;
    LoadedLibrary& operator=(const LoadedLibrary&) = delete;
    LoadedLibrary(LoadedLibrary&& other) noexcept;
    LoadedLibrary& operator=(LoadedLibrary&&) = delete;
    ~LoadedLibrary();

    [[nodiscard]] const CK_FUNCTION_LIST& functions() const noexcept { return *m_functions; }
    [[nodiscard]] const SharedLibrary& library() const noexcept { return m_library; }
    [[nodiscard]] const ModuleProfile& profile() const noexcept { return m_profile; }

private:
    void loadThroughLibp11();
    void takeFunctionList();
    [[nodiscard]] CK_RV initialise(const CK_FUNCTION_LIST& functions);
    /// A vendor's code reaches us through OpenSSL's error queue with its upper bits cut off, so the module is asked once more.
    [[nodiscard]] CK_RV wholeCode(CK_RV cut);

    SharedLibrary m_library;
    ModuleProfile m_profile;
    PKCS11_ctx_st* m_context = nullptr;
    const CK_FUNCTION_LIST* m_functions = nullptr;
    bool m_initialisedHere = false;
};

}  // namespace keyconvoy::pkcs11
