#include "kmsclient/role_sessions.h"

namespace keyconvoy::kms {

namespace {

Credentials copyOf(const Credentials& from) {
    Credentials copy;
    copy.accessKeyId = from.accessKeyId;
    copy.secretAccessKey = from.secretAccessKey.clone();
    copy.sessionToken = from.sessionToken.clone();
    copy.expiration = from.expiration;
    copy.source = from.source;
    copy.renewable = from.renewable;
    copy.loadedAt = from.loadedAt;
    copy.principal = from.principal;
    return copy;
}

}  // namespace

std::optional<Credentials> RoleSessions::find(const std::string& name, TimePoint now) const {
    const std::scoped_lock lock{m_mutex};
    const auto session = m_sessions.find(name);
    const bool lasts = session != m_sessions.end() && renewalOf(session->second, now) == Renewal::NotYet;
    return lasts ? std::optional{copyOf(session->second)} : std::nullopt;
}

void RoleSessions::keep(const std::string& name, const Credentials& session) {
    const std::scoped_lock lock{m_mutex};
    m_sessions.insert_or_assign(name, copyOf(session));
}

}  // namespace keyconvoy::kms
