#include "pkcs11/session.h"

#include "pkcs11/module_impl.h"

#include <utility>

namespace keyconvoy::pkcs11 {

Session::Session(std::shared_ptr<const Module> module, CK_SLOT_ID slot, std::string tokenLabel)
    : m_module{std::move(module)}, m_functions{&m_module->impl().functions()}, m_slot{slot}, m_tokenLabel{std::move(tokenLabel)} {
    check(m_functions->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &m_handle), "C_OpenSession");
}

Session::~Session() {
    m_functions->C_CloseSession(m_handle);
}

CK_STATE Session::state() const {
    CK_SESSION_INFO info{};
    check(m_functions->C_GetSessionInfo(m_handle, &info), "C_GetSessionInfo");
    return info.state;
}

}  // namespace keyconvoy::pkcs11
