#pragma once

#include <cstdint>

namespace keyconvoy::kms::simulator {

/// What a client must find wrong about a certificate.
enum class CertificateFlaw : std::uint8_t {
    None,
    OtherHost,  ///< made out for kms.other.invalid
    Expired,    ///< ended yesterday
    UnknownIssuer,
};

}  // namespace keyconvoy::kms::simulator
