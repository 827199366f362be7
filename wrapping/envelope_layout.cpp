#include "wrapping/envelope_layout.h"

namespace keyconvoy::wrapping {

namespace {

constexpr std::size_t semiblock = 8;  // RFC 5649: the unit of the key wrap

[[noreturn]] void throwWrongLength(std::size_t found, Text cause) {
    throw Error{ErrorKind::Integrity, KC_TEXT("Envelope", "wrapped key material of %1 bytes").with(found), std::move(cause),
                KC_TEXT("Envelope", "do not import it; run the qualification of this token again")};
}

}  // namespace

std::size_t blobBytes(WrappingChoice choice, std::size_t plaintextBytes) {
    const std::size_t rsaPart = modulusBytes(choice.keySpec);
    if (familyOf(choice.algorithm) == WrappingFamily::RsaesOaep) {
        return rsaPart;
    }
    const std::size_t semiblocks = (plaintextBytes + semiblock - 1) / semiblock;
    return rsaPart + semiblocks * semiblock + semiblock;
}

void checkBlobLength(ByteView blob, KeySpec keySpec, WrappingChoice choice) {
    const PlaintextRange range = plaintextRange(keySpec);
    const std::size_t smallest = blobBytes(choice, range.smallest);
    const std::size_t largest = blobBytes(choice, range.largest);
    if (blob.size() < smallest || blob.size() > largest) {
        throwWrongLength(blob.size(),
                         KC_TEXT("Envelope", "material for the key spec %1, wrapped by %2 under %3, takes %4 to %5 bytes")
                             .with(nameOf(keySpecNames, keySpec))
                             .with(nameOf(wrappingAlgorithmNames, choice.algorithm))
                             .with(nameOf(wrappingKeySpecNames, choice.keySpec))
                             .with(smallest)
                             .with(largest));
    }
    if (!splitEnvelope(blob, choice)) {
        throwWrongLength(blob.size(),
                         KC_TEXT("Envelope", "what follows the %1 bytes of the RSA part is no multiple of 8 bytes (RFC 5649)")
                             .with(modulusBytes(choice.keySpec)));
    }
}

std::optional<EnvelopeParts> splitEnvelope(ByteView blob, WrappingChoice choice) {
    const std::size_t rsaPart = modulusBytes(choice.keySpec);
    if (familyOf(choice.algorithm) == WrappingFamily::RsaesOaep) {
        return blob.size() == rsaPart ? std::optional{EnvelopeParts{blob, {}}} : std::nullopt;
    }
    // RFC 5649, 4.1: the shortest output has two semiblocks.
    if (blob.size() < rsaPart + 2 * semiblock || (blob.size() - rsaPart) % semiblock != 0) {
        return std::nullopt;
    }
    return EnvelopeParts{blob.first(rsaPart), blob.subspan(rsaPart)};
}

std::optional<std::size_t> paddedPlaintextBytes(ByteView blob, WrappingChoice choice) {
    constexpr std::size_t integrityCheckBytes = 8;
    const auto parts = splitEnvelope(blob, choice);
    return parts && parts->keyWrapPart.size() > integrityCheckBytes
               ? std::optional{parts->keyWrapPart.size() - integrityCheckBytes}
               : std::nullopt;
}

}  // namespace keyconvoy::wrapping
