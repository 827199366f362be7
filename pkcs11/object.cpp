#include "pkcs11/object.h"

#include <array>

namespace keyconvoy::pkcs11 {

namespace {

/// Ends the search on every path: a search left open makes the next one fail with CKR_OPERATION_ACTIVE.
class Search {
public:
    Search(const Session& session, AttributeTemplate& what) : m_session{session} {
        session.check(session.functions().C_FindObjectsInit(session.handle(), what.data(), what.size()), "C_FindObjectsInit");
    }
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;
    ~Search() { m_session.functions().C_FindObjectsFinal(m_session.handle()); }

    /// Appends the next batch; false when there are no more.
    bool next(std::vector<CK_OBJECT_HANDLE>& found) const {
        std::array<CK_OBJECT_HANDLE, 256> batch{};
        CK_ULONG count = 0;
        m_session.check(m_session.functions().C_FindObjects(m_session.handle(), batch.data(), batch.size(), &count),
                        "C_FindObjects");
        found.insert(found.end(), batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count));
        return count != 0;
    }

private:
    const Session& m_session;
};

}  // namespace

std::vector<CK_OBJECT_HANDLE> findObjects(const Session& session, AttributeTemplate& what) {
    std::vector<CK_OBJECT_HANDLE> found;
    const Search search{session, what};
    while (search.next(found)) {
    }
    return found;
}

ObjectGuard::~ObjectGuard() {
    if (m_object != CK_INVALID_HANDLE) {
        m_session->functions().C_DestroyObject(m_session->handle(), m_object);
    }
}

void ObjectGuard::destroy() {
    destroyObject(*m_session, keep());
}

void destroyObject(const Session& session, CK_OBJECT_HANDLE object) {
    session.check(session.functions().C_DestroyObject(session.handle(), object), "C_DestroyObject");
}

}  // namespace keyconvoy::pkcs11
