#pragma once

#include "kmsclient/credentials.h"

#include <map>
#include <mutex>

namespace keyconvoy::kms {

/// Sessions that a person's MFA code was spent on, for all clients of a process that share this object: a code is good for one
/// session, so that work in several Regions would have somebody wait for the device's next code each time. Any thread.
class RoleSessions {
public:
    /// A copy of the session that was kept under this name, until it is to be renewed.
    [[nodiscard]] std::optional<Credentials> find(const std::string& name, TimePoint now) const;
    void keep(const std::string& name, const Credentials& session);

private:
    mutable std::mutex m_mutex;
    std::map<std::string, Credentials> m_sessions;
};

}  // namespace keyconvoy::kms
