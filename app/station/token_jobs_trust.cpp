#include "app/ceremony/token_access.h"
#include "app/station/to_json.h"
#include "app/station/token_jobs.h"
#include "core/files.h"
#include "wrapping/wrapping_public_key.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

using wrapping::WrappingPublicKey;

constexpr std::size_t largestPublicKeyFile = 64U << 10U;

WrappingPublicKey readPinnedKey(const TrustRequest& request, const std::stop_token& stop) {
    const Text place = verbatim(request.wrappingPublicKeyFile.string());
    WrappingPublicKey key =
        WrappingPublicKey::fromDer(readFile(request.wrappingPublicKeyFile, largestPublicKeyFile, stop), place);
    if (request.pinned && *request.pinned != key.fingerprint()) {
        throw Error{ErrorKind::Integrity, place,
                    KC_TEXT("TrustJob", "this is another wrapping key than the pinned one: its SHA-256 is %1, pinned was %2")
                        .with(key.fingerprint().hex())
                        .with(request.pinned->hex()),
                    KC_TEXT("TrustJob", "find out which of the two is wrong before anything is wrapped under this key")};
    }
    return key;
}

class TrustJob final : public Job {
public:
    TrustJob(TrustRequest request, WrappingPublicKey key, RunContext context)
        : Job{std::move(context)}, m_request{std::move(request)}, m_key{std::move(key)}, m_access{m_request.token} {
        setSteps({m_access.openStep(),
                  {"trust.confirm", KC_TEXT("TrustJob", "compare the wrapping key's fingerprint"),
                   [this](const Answer* answer, Details&) {
                       return answer == nullptr ? std::optional{fingerprintQuestion()} : std::nullopt;
                   }},
                  makeSecurityOfficerLogInStep("token", [this]() -> pkcs11::Token& { return m_access.token(); }),
                  makeStep("trust.store", KC_TEXT("TrustJob", "put the wrapping key on the token as trusted"),
                           [this](Details& details) { store(details); })});
    }

    [[nodiscard]] Json result() const override { return m_result; }

private:
    [[nodiscard]] Question fingerprintQuestion() {
        const Fingerprint fingerprint = m_key.fingerprint();
        return {"trust.fingerprint",
                QuestionKind::Confirmation,
                KC_TEXT("TrustJob", "trusting the wrapping key with the fingerprint shown"),
                KC_TEXT("TrustJob",
                        "Whoever holds the private half of a trusted wrapping key can have every key that is wrapped under it. "
                        "Compare the "
                        "fingerprint with one from another source. Is it the same?"),
                {{KC_TEXT("TrustJob", "wrapping key, SHA-256"), fingerprint.hexGroups()},
                 {KC_TEXT("TrustJob", "in words"), fingerprint.words()},
                 {KC_TEXT("TrustJob", "size"), std::string{nameOf(wrapping::wrappingKeySpecNames, m_key.spec())}},
                 {KC_TEXT("TrustJob", "token"), m_access.token().description().label},
                 {KC_TEXT("TrustJob", "label there"), m_request.label.str()}}};
    }

    void store(Details& details) {
        pkcs11::Token& token = m_access.token();
        const pkcs11::KeyDescription stored = token.storeTrustedWrappingKey(m_key.rsa(), m_request.label);
        m_result = resultAbout(token);
        m_result["wrappingKeySha256"] = m_key.fingerprint().hex();
        m_result["wrappingKeySpec"] = nameOf(wrapping::wrappingKeySpecNames, m_key.spec());
        m_result["pinned"] = m_request.pinned.has_value();
        m_result["key"] = toJson(stored);
        token.logOut();
        details.push_back({KC_TEXT("TrustJob", "trusted, read back"), inWords(stored.trusted)});
        details.push_back({KC_TEXT("TrustJob", "key on the token"), stored.uri});
    }

    TrustRequest m_request;
    WrappingPublicKey m_key;
    TokenAccess m_access;
    Json m_result;
};

}  // namespace

std::unique_ptr<Job> makeTrustJob(TrustRequest request, RunContext context) {
    WrappingPublicKey key = readPinnedKey(request, context.stop);
    return std::make_unique<TrustJob>(std::move(request), std::move(key), std::move(context));
}

}  // namespace keyconvoy::app
