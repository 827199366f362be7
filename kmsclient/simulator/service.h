#pragma once

#include "core/clock.h"
#include "kmsclient/simulator/audit_log.h"
#include "kmsclient/simulator/call.h"
#include "kmsclient/simulator/faults.h"
#include "kmsclient/simulator/http_message.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/state_folder.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::kms::simulator {

struct ServiceOptions {
    std::string region = "us-east-1";                    ///< that it tells whoever started it; it answers for all
    std::size_t readyPairs = 1;                          ///< wrapping key pairs kept in store per size
    std::chrono::milliseconds rotationDelay{0};          ///< how long an on-demand rotation takes
    std::chrono::milliseconds replicationDelay{0};       ///< how long ReplicateKey and UpdatePrimaryRegion take
    std::chrono::milliseconds propagationDelay{0};       ///< for how long calls that read do not see a change
    std::optional<std::filesystem::path> stateFolder{};  ///< where keys outlive the program; absent: nowhere
    std::optional<std::filesystem::path> auditLog{};     ///< where calls are recorded as CloudTrail does; absent: nowhere
};

/// KMS and STS without the network: a request in, a reply out. Any thread. `clock` is read once per request.
class Service {
public:
    /// Throws what StateFolder and AuditLog do.
    Service(const ServiceOptions& options, Clock clock);

    [[nodiscard]] HttpReply answer(const HttpRequest& request);
    /// Of the first account's user.
    [[nodiscard]] const Credentials& credentials() const noexcept { return m_credentials; }
    [[nodiscard]] const std::string& region() const noexcept { return m_region; }

    /// How many octets of a change that was never acknowledged were dropped from the state folder.
    [[nodiscard]] std::uint64_t droppedStateBytes() const noexcept { return m_state == nullptr ? 0 : m_state->droppedBytes(); }

    /// What goes wrong on demand. A fault is set through addFault(), which gives stale reads the state of this moment.
    [[nodiscard]] Faults& faults() noexcept { return m_faults; }
    std::uint64_t addFault(Fault fault);

private:
    /// What becomes of one call.
    struct Course;

    Service(const ServiceOptions& options, Clock clock, const SealKeys& fresh);

    [[nodiscard]] HttpReply answerKms(const HttpRequest& request, const CallFaults& faults, Course& course);
    [[nodiscard]] HttpReply answerQuery(const HttpRequest& request, const CallFaults& faults, Course& course) const;
    void audit(const HttpRequest& request, const Course& course);
    [[nodiscard]] Json carryOut(const Operation& operation, const Call& call);
    [[nodiscard]] std::shared_ptr<World> worldAsItStands();

    Clock m_clock;
    std::unique_ptr<AuditLog> m_audit;     ///< null: there is none
    std::unique_ptr<StateFolder> m_state;  ///< null: keys end with the program
    std::string m_region;
    Credentials m_credentials;
    StoreDelays m_delays;
    World m_world;
    Faults m_faults;
};

}  // namespace keyconvoy::kms::simulator
