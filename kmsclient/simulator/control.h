#pragma once

#include "kmsclient/simulator/http_message.h"
#include "kmsclient/simulator/service.h"
#include "kmsclient/simulator/simulated_clock.h"

namespace keyconvoy::kms::simulator {

/// The control interface without the network: JSON over HTTP that reads and sets the clock and the faults; CONTROL.md describes
/// it. It has no credentials, and so it refuses whatever a browser might send for a page from elsewhere. Any thread.
class Control {
public:
    /// Both outlive it.
    Control(SimulatedClock& clock, Service& service) : m_clock{clock}, m_service{service} {}

    [[nodiscard]] HttpReply answer(const HttpRequest& request);

private:
    SimulatedClock& m_clock;
    Service& m_service;
};

}  // namespace keyconvoy::kms::simulator
