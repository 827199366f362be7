#pragma once

#include "pkcs11/attributes.h"
#include "pkcs11/session.h"
#include "tests/support/token_fixture.h"

/// Keys that Keyconvoy would not make: with the attributes that a test wants, by Cryptoki calls of its own.
namespace keyconvoy::tests {

/// A session of the test's own on the fixture's token; the login is shared.
class RawSession {
public:
    explicit RawSession(const std::shared_ptr<pkcs11::Module>& module, const std::string& label);

    [[nodiscard]] const pkcs11::Session& get() const { return m_session; }
    /// An AES-256 token key with this label and these usage bits set (SENSITIVE=T, EXTRACTABLE=T unless given).
    CK_OBJECT_HANDLE generateAes(const std::string& label, std::initializer_list<CK_ATTRIBUTE_TYPE> uses, bool sensitive = true,
                                 bool extractable = true) const;
    CK_OBJECT_HANDLE create(pkcs11::AttributeTemplate& attributes) const;

private:
    pkcs11::Session m_session;
};

}  // namespace keyconvoy::tests
