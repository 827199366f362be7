#include "app/rehearsal/rehearsal_room.h"

namespace keyconvoy::app {

RehearsalRoom::RehearsalRoom(const std::filesystem::path& simulator, const std::stop_token& stop, ControlInterface control)
    : m_simulator{simulator, stop, control} {
    for (const FreshTokenKind kind : {FreshTokenKind::SoftHsm, FreshTokenKind::Nss}) {
        if (auto missing = whatIsMissingFor(kind)) {
            m_leftOut.emplace(kind, *std::move(missing));
        } else {
            m_tokens.emplace(kind, makeFreshToken(kind, m_folder.path()));
        }
    }
    if (m_tokens.empty()) {
        throw Error{ErrorKind::NotFound, KC_TEXT("Rehearsal", "tokens"),
                    KC_TEXT("Rehearsal", "no software token is installed on this machine"),
                    KC_TEXT("Rehearsal", "install one of them (Debian: apt-get install softhsm2 libnss3 libnss3-tools)")};
    }
}

KmsStation RehearsalRoom::kms() const {
    KmsStation station;
    station.client.region = m_simulator.region();
    station.client.endpointUrl = m_simulator.url();
    station.client.credentials = kms::ExplicitCredentials{m_simulator.accessKeyId(), m_simulator.secretAccessKey(), std::nullopt};
    station.mode = Mode::Rehearsal;
    return station;
}

}  // namespace keyconvoy::app
