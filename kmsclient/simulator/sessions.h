#pragma once

#include "core/bytes.h"
#include "core/clock.h"
#include "kmsclient/simulator/accounts.h"

#include <optional>
#include <string_view>

namespace keyconvoy::kms::simulator {

struct Session {
    Caller caller;
    Credentials credentials;  ///< without the token
    TimePoint end;            ///< whole seconds
};

/// Makes the credentials of sessions. The token carries the session, sealed with a key of its own, so that nothing needs to be
/// remembered, and a session that has ended is still known to have been one.
class SessionSealer {
public:
    explicit SessionSealer(Bytes key) : m_key{std::move(key)} {}  ///< 32 octets

    [[nodiscard]] Credentials seal(const Caller& caller, TimePoint end) const;
    /// Nothing when it is no token sealed with this key, unchanged.
    [[nodiscard]] std::optional<Session> open(std::string_view sessionToken) const;

private:
    Bytes m_key;
};

}  // namespace keyconvoy::kms::simulator
