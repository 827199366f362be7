#pragma once

#include "core/files.h"
#include "kmsclient/kms_client.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace keyconvoy::tests {

/// An environment of its own, with a home folder of its own, and time that passes only when somebody waits.
class Surroundings {
public:
    Surroundings();

    std::map<std::string, std::string> variables;
    [[nodiscard]] kms::Environment environment() const;
    /// For a client: waits are counted and move the clock; random is always one half.
    [[nodiscard]] kms::ClientSurroundings forClient() const;
    [[nodiscard]] Clock clock() const;

    void setTime(TimePoint now) { *m_now = now; }
    [[nodiscard]] TimePoint now() const { return *m_now; }
    [[nodiscard]] const std::vector<std::chrono::milliseconds>& waits() const { return *m_waits; }

    [[nodiscard]] std::filesystem::path home() const { return m_home->path(); }
    /// Writes ~/.aws/config or ~/.aws/credentials, replacing what is there.
    void writeConfig(const std::string& text) const { write("config", text); }
    void writeCredentials(const std::string& text) const { write("credentials", text); }

private:
    void write(const std::string& name, const std::string& text) const;

    std::shared_ptr<TemporaryFolder> m_home;
    std::shared_ptr<TimePoint> m_now;
    std::shared_ptr<std::vector<std::chrono::milliseconds>> m_waits;
};

}  // namespace keyconvoy::tests
