#pragma once

#include "core/clock.h"
#include "kmsclient/simulator/certificate_flaw.h"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What can go wrong on demand between a client and KMS, and to whom it happens. Nothing here knows an operation: Service asks
/// for each call what meets it, and FaultAnswers words it.
namespace keyconvoy::kms::simulator {

struct World;

/// The kinds of policy that AWS names in a refusal (IAM User Guide, "Troubleshoot access denied error messages").
enum class PolicyKind : std::uint8_t {
    Identity,
    Resource,  ///< a key policy
    PermissionsBoundary,
    Session,
    VpcEndpoint,
    ServiceControl,
    ResourceControl,
};
enum class Denial : std::uint8_t { NoAllow, Explicit };

struct AccessDenied {
    PolicyKind policy = PolicyKind::Identity;
    Denial denial = Denial::NoAllow;
    std::string policyArn;  ///< AWS adds it to some explicit denials since 2026; empty: it does not
};
struct Throttling {};
struct ExpiredCredentials {};

enum class Moment : std::uint8_t {
    Before,  ///< nothing has been done
    After,   ///< everything has been done
};
struct ServerError {
    std::string exception = "KMSInternalException";
    Moment moment = Moment::Before;
};

enum class DropPoint : std::uint8_t {
    Before,  ///< nothing has been done, nothing comes back
    After,   ///< everything has been done, nothing comes back
    Midway,  ///< everything has been done, half of the reply comes back
};
struct DroppedConnection {
    DropPoint point = DropPoint::Before;
};

/// The reply is held back; what was asked for has been done.
struct SlowReply {
    std::chrono::milliseconds delay{0};
};
/// The service's clock, in its Date header and when it looks at signatures, is off by this much.
struct ClockSkew {
    std::chrono::milliseconds offset{0};
};
/// Describe, Get and List answer from the state as it stood when the fault was set.
struct StaleReads {
    std::shared_ptr<World> state;
};
/// For new TLS connections: those that are kept alive have seen the good one.
struct WrongCertificate {
    CertificateFlaw flaw = CertificateFlaw::OtherHost;
};

/// Of these the oldest that fits a call ends it; the others wait for the next.
using EndingFault = std::variant<AccessDenied, Throttling, ExpiredCredentials, ServerError, DroppedConnection>;
/// Of these the oldest of each kind that fits a call changes it.
using ChangingFault = std::variant<SlowReply, ClockSkew, StaleReads>;
using FaultEffect = std::variant<EndingFault, ChangingFault, WrongCertificate>;

struct Fault {
    FaultEffect effect;
    std::string operation;               ///< of KMS or STS; empty: any
    std::optional<std::uint32_t> calls;  ///< how many calls (connections, for a certificate) it meets; absent: all
};

/// What meets one call.
struct CallFaults {
    std::optional<EndingFault> ending;
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds skew{0};
    std::shared_ptr<World> staleState;
};

/// The faults that are set, oldest first. Any thread.
class Faults {
public:
    struct Listed {
        std::uint64_t id = 0;
        Fault fault;  ///< with the calls that are left
    };

    /// Gives its ID.
    std::uint64_t add(Fault fault);
    bool remove(std::uint64_t id);  ///< false when there is none, or no longer
    void clear();
    [[nodiscard]] std::vector<Listed> list() const;

    /// What meets a call of this operation; uses up one call of each fault that does.
    [[nodiscard]] CallFaults take(std::string_view operation);
    /// What is wrong about the certificate of the next connection; uses up one.
    [[nodiscard]] CertificateFlaw takeCertificateFlaw();

    /// Waits for a slow reply; ends early, and from then on at once, when endWaiting() is called.
    void wait(std::chrono::milliseconds delay);
    void endWaiting();

private:
    void useUp(Listed& listed);
    void dropUsedUp();

    mutable std::mutex m_mutex;
    std::condition_variable m_ended;
    bool m_ending = false;
    std::uint64_t m_lastId = 0;
    std::vector<Listed> m_faults;
};

}  // namespace keyconvoy::kms::simulator
