#include "core/fingerprint.h"

#include "core/error.h"
#include "core/hex.h"
#include "core/pgp_words.h"

#include <algorithm>
#include <openssl/evp.h>

namespace keyconvoy {

Fingerprint Fingerprint::of(ByteView bytes) {
    Fingerprint fingerprint;
    unsigned int length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), fingerprint.digest.data(), &length, EVP_sha256(), nullptr) != 1) {
        throw CryptoError{"EVP_Digest(SHA-256)"};
    }
    return fingerprint;
}

std::optional<Fingerprint> Fingerprint::parse(std::string_view text) {
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != ' ' && c != ':'; });
    const auto bytes = fromHex(digits);
    Fingerprint fingerprint;
    if (!bytes || bytes->size() != fingerprint.digest.size()) {
        return std::nullopt;
    }
    std::ranges::copy(*bytes, fingerprint.digest.begin());
    return fingerprint;
}

std::string Fingerprint::hex() const {
    return toHex(digest);
}

std::string Fingerprint::hexGroups() const {
    const std::string digits = hex();
    std::string grouped;
    for (std::size_t i = 0; i < digits.size(); i += 4) {
        grouped += (i == 0 ? "" : " ") + digits.substr(i, 4);
    }
    return grouped;
}

std::string Fingerprint::words() const {
    std::string text;
    for (std::size_t i = 0; i < digest.size(); ++i) {
        const PgpWordPair& pair = pgpWords[digest[i]];
        text += i == 0 ? "" : " ";
        text += i % 2 == 0 ? pair.even : pair.odd;
    }
    return text;
}

}  // namespace keyconvoy
