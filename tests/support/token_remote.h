#pragma once

#include "tests/support/token_fixture.h"

#include <sys/types.h>

namespace keyconvoy::tests {

/// A SoftHSM token behind `p11-kit server`: its keys live in another process. One connection is one server process with its own
/// login.
class RemoteSoftHsm {
public:
    explicit RemoteSoftHsm(const std::string& label = "Remote");
    RemoteSoftHsm(const RemoteSoftHsm&) = delete;
    RemoteSoftHsm& operator=(const RemoteSoftHsm&) = delete;
    ~RemoteSoftHsm();

    [[nodiscard]] pkcs11::ModuleProfile profile() const;  ///< of p11-kit's client
    [[nodiscard]] const std::string& label() const { return m_label; }
    /// Ends the server and every process it made for a connection.
    void stop();

private:
    std::string m_label;
    SoftHsmStore m_store;
    pid_t m_server = 0;
    std::string m_address;
};

}  // namespace keyconvoy::tests
