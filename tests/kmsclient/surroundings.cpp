#include "tests/kmsclient/surroundings.h"

#include "core/secret_bytes.h"

#include <fstream>

namespace keyconvoy::tests {

Surroundings::Surroundings()
    : m_home{std::make_shared<TemporaryFolder>("keyconvoy-home")},
      m_now{std::make_shared<TimePoint>(systemNow())},
      m_waits{std::make_shared<std::vector<std::chrono::milliseconds>>()} {
    initialiseSecureHeap();
    variables["AWS_EC2_METADATA_DISABLED"] = "true";  // only loopback is talked to
    variables["HOME"] = m_home->path().string();
    std::filesystem::create_directory(m_home->path() / ".aws");
}

kms::Environment Surroundings::environment() const {
    return [copy = variables](const std::string& name) -> std::optional<std::string> {
        const auto place = copy.find(name);
        return place == copy.end() ? std::nullopt : std::optional{place->second};
    };
}

kms::ClientSurroundings Surroundings::forClient() const {
    return {.environment = environment(),
            .wait =
                [waits = m_waits, now = m_now](std::chrono::milliseconds time) {
                    waits->push_back(time);
                    *now += time;
                },
            .random = [] { return 0.5; }};
}

Clock Surroundings::clock() const {
    return [now = m_now] { return *now; };
}

void Surroundings::write(const std::string& name, const std::string& text) const {
    std::ofstream{m_home->path() / ".aws" / name, std::ios::trunc} << text;
}

}  // namespace keyconvoy::tests
