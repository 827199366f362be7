#include "tests/bench/job_on_token.h"

namespace keyconvoy::bench {

using namespace wrapping;

namespace {

constexpr WrapPlan plan{
    .keySpec = KeySpec::SymmetricDefault,
    .choice = {WrappingAlgorithm::RsaesOaepSha1, WrappingKeySpec::Rsa4096},
    .recipe = {pkcs11::WrapMethod::Oaep, pkcs11::OaepHash::Sha1, pkcs11::OaepSource::DataSpecified},
};

}  // namespace

JobOnToken::JobOnToken(pkcs11::Token& token, WrappingPublicKey wrappingKey)
    : m_token{token}, m_wrappingKey{std::move(wrappingKey)} {
}

Bytes JobOnToken::run() {
    m_token.checkStillThere();
    const pkcs11::GeneratedKey key = m_token.generate({.type = pkcs11::AesKey{256},
                                                       .label = pkcs11::ObjectLabel{"bench-" + std::to_string(++m_runs)},
                                                       .lifetime = pkcs11::KeyLifetime::SessionObject});
    static_cast<void>(m_token.checkValue(key.key));
    Bytes blob = wrapOnToken(m_token, key.key, plan, m_wrappingKey, std::nullopt).blob;
    m_token.destroy(key.key);
    return blob;
}

}  // namespace keyconvoy::bench
