#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/token.h"

#include <array>
#include <span>
#include <string>

namespace keyconvoy::bench {

/// The Cryptoki calls that JobOnToken makes, in the same order with the same templates, written down flat: what the token itself
/// costs. Follow pkcs11 here when its calls change (pkcs11-spy.so shows them).
class RawCalls {
public:
    /// Opens a session of its own; the token must be logged in to.
    RawCalls(const CK_FUNCTION_LIST& functions, CK_SLOT_ID slot, pkcs11::RsaPublicKey wrappingKey);
    RawCalls(const RawCalls&) = delete;
    RawCalls& operator=(const RawCalls&) = delete;
    ~RawCalls();

    [[nodiscard]] Bytes run();

private:
    void askTokenInfo();
    void search(std::span<CK_ATTRIBUTE> wanted);
    void checkFree();
    [[nodiscard]] CK_OBJECT_HANDLE generate();
    template <std::size_t Count>
    void read(CK_OBJECT_HANDLE object, const std::array<CK_ATTRIBUTE_TYPE, Count>& types);
    void checkValue(CK_OBJECT_HANDLE key);
    [[nodiscard]] CK_OBJECT_HANDLE createPublicKey();
    [[nodiscard]] Bytes wrap(CK_OBJECT_HANDLE key);
    void destroy(CK_OBJECT_HANDLE key);

    const CK_FUNCTION_LIST& m_functions;
    CK_SLOT_ID m_slot;
    CK_SESSION_HANDLE m_session = CK_INVALID_HANDLE;
    pkcs11::RsaPublicKey m_wrappingKey;
    std::array<std::array<unsigned char, 640>, 25> m_values{};
    std::array<unsigned char, 16> m_id{};
    std::string m_label;
    unsigned int m_runs = 0;
};

}  // namespace keyconvoy::bench
