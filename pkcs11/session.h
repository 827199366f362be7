#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/return_value.h"
#include "pkcs11/token.h"

#include <memory>
#include <string>
#include <string_view>

namespace keyconvoy::pkcs11 {

/// One read-write Cryptoki session, closed on destruction; for one thread. It does not log out: login belongs to the token and is
/// shared by all its sessions (PKCS#11 2.40 base, 5.6), so whoever logged in logs out.
class Session {
public:
    Session(std::shared_ptr<const Module> module, CK_SLOT_ID slot, std::string tokenLabel);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    Session(Session&&) = delete;
    Session& operator=(Session&&) = delete;
    ~Session();

    [[nodiscard]] const CK_FUNCTION_LIST& functions() const noexcept { return *m_functions; }
    [[nodiscard]] CK_SESSION_HANDLE handle() const noexcept { return m_handle; }
    [[nodiscard]] CK_SLOT_ID slot() const noexcept { return m_slot; }
    [[nodiscard]] const std::string& tokenLabel() const noexcept { return m_tokenLabel; }
    [[nodiscard]] const Module& module() const noexcept { return *m_module; }

    /// Throws Pkcs11Error, naming function and token.
    void check(CK_RV code, std::string_view function) const { pkcs11::check(code, function, m_tokenLabel); }
    /// CKS_*.
    [[nodiscard]] CK_STATE state() const;

private:
    std::shared_ptr<const Module> m_module;  // the library outlives its sessions
    const CK_FUNCTION_LIST* m_functions;
    CK_SLOT_ID m_slot;
    std::string m_tokenLabel;
    CK_SESSION_HANDLE m_handle = CK_INVALID_HANDLE;
};

}  // namespace keyconvoy::pkcs11
