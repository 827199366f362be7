#pragma once

#include "pkcs11/attributes.h"
#include "pkcs11/session.h"

#include <utility>
#include <vector>

namespace keyconvoy::pkcs11 {

/// Every object that matches, found until the token has no more; an empty template matches all that this login sees.
[[nodiscard]] std::vector<CK_OBJECT_HANDLE> findObjects(const Session& session, AttributeTemplate& what);

/// Destroys an object unless keep() was called: half-made keys, session wrapping keys, the session AES key of a two-step wrap.
class ObjectGuard {
public:
    ObjectGuard(const Session& session, CK_OBJECT_HANDLE object) : m_session{&session}, m_object{object} {}
    ObjectGuard(const ObjectGuard&) = delete;
    ObjectGuard& operator=(const ObjectGuard&) = delete;
    ObjectGuard(ObjectGuard&& other) noexcept
        : m_session{other.m_session}, m_object{std::exchange(other.m_object, CK_OBJECT_HANDLE{CK_INVALID_HANDLE})} {}
    ObjectGuard& operator=(ObjectGuard&&) = delete;
    ~ObjectGuard();

    [[nodiscard]] CK_OBJECT_HANDLE get() const noexcept { return m_object; }
    /// Gives up ownership: the object stays.
    CK_OBJECT_HANDLE keep() noexcept { return std::exchange(m_object, CK_OBJECT_HANDLE{CK_INVALID_HANDLE}); }
    /// Destroys it now; throws when the token refuses.
    void destroy();

private:
    const Session* m_session;
    CK_OBJECT_HANDLE m_object;
};

/// Throws Pkcs11Error.
void destroyObject(const Session& session, CK_OBJECT_HANDLE object);

}  // namespace keyconvoy::pkcs11
