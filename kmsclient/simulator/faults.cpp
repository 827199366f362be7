#include "kmsclient/simulator/faults.h"

#include <algorithm>

namespace keyconvoy::kms::simulator {

namespace {

bool fits(const Fault& fault, std::string_view operation) {
    return fault.operation.empty() || fault.operation == operation;
}

bool isUsedUp(const Faults::Listed& listed) {
    return listed.fault.calls == 0U;
}

/// Whether the fault found something to change: one of its kind is enough for a call.
struct Change {
    CallFaults& call;

    bool operator()(const SlowReply& slow) const { return setOnce(call.delay, slow.delay); }
    bool operator()(const ClockSkew& skew) const { return setOnce(call.skew, skew.offset); }
    bool operator()(const StaleReads& stale) const {
        if (call.staleState != nullptr) {
            return false;
        }
        call.staleState = stale.state;
        return true;
    }

private:
    static bool setOnce(std::chrono::milliseconds& value, std::chrono::milliseconds to) {
        if (value.count() != 0) {
            return false;
        }
        value = to;
        return true;
    }
};

/// Whether this fault meets the call.
bool meet(CallFaults& call, const FaultEffect& effect) {
    if (const auto* ending = std::get_if<EndingFault>(&effect)) {
        if (call.ending) {
            return false;
        }
        call.ending = *ending;
        return true;
    }
    const auto* changing = std::get_if<ChangingFault>(&effect);
    return changing != nullptr && std::visit(Change{call}, *changing);
}

}  // namespace

std::uint64_t Faults::add(Fault fault) {
    const std::lock_guard lock{m_mutex};
    m_faults.push_back({.id = ++m_lastId, .fault = std::move(fault)});
    return m_lastId;
}

bool Faults::remove(std::uint64_t id) {
    const std::lock_guard lock{m_mutex};
    return std::erase_if(m_faults, [id](const Listed& listed) { return listed.id == id; }) > 0;
}

void Faults::clear() {
    const std::lock_guard lock{m_mutex};
    m_faults.clear();
}

std::vector<Faults::Listed> Faults::list() const {
    const std::lock_guard lock{m_mutex};
    return m_faults;
}

CallFaults Faults::take(std::string_view operation) {
    const std::lock_guard lock{m_mutex};
    CallFaults call;
    for (Listed& listed : m_faults) {
        if (fits(listed.fault, operation) && meet(call, listed.fault.effect)) {
            useUp(listed);
        }
    }
    dropUsedUp();
    return call;
}

CertificateFlaw Faults::takeCertificateFlaw() {
    const std::lock_guard lock{m_mutex};
    const auto found = std::ranges::find_if(
        m_faults, [](const Listed& listed) { return std::holds_alternative<WrongCertificate>(listed.fault.effect); });
    if (found == m_faults.end()) {
        return CertificateFlaw::None;
    }
    const CertificateFlaw flaw = std::get<WrongCertificate>(found->fault.effect).flaw;
    useUp(*found);
    dropUsedUp();
    return flaw;
}

void Faults::wait(std::chrono::milliseconds delay) {
    if (delay.count() > 0) {
        std::unique_lock lock{m_mutex};
        m_ended.wait_for(lock, delay, [this] { return m_ending; });
    }
}

void Faults::endWaiting() {
    const std::lock_guard lock{m_mutex};
    m_ending = true;
    m_ended.notify_all();
}

void Faults::useUp(Listed& listed) {
    if (listed.fault.calls) {
        --*listed.fault.calls;
    }
}

void Faults::dropUsedUp() {
    std::erase_if(m_faults, &isUsedUp);
}

}  // namespace keyconvoy::kms::simulator
