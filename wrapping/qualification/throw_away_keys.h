#pragma once

#include "core/clock.h"
#include "pkcs11/token.h"
#include "wrapping/qualification/qualification.h"

#include <optional>
#include <vector>

namespace keyconvoy::wrapping::qualification {

/// The throw-away keys of one run: at most one of each type at a time, each with its entry in the account, made before it is
/// generated, all destroyed at the end. The account outlives this. One thread.
class ThrowAwayKeys {
public:
    ThrowAwayKeys(pkcs11::Token& token, const Clock& clock, std::vector<ThrowAwayRecord>& account)
        : m_token{token}, m_clock{clock}, m_account{account} {}
    ThrowAwayKeys(const ThrowAwayKeys&) = delete;
    ThrowAwayKeys& operator=(const ThrowAwayKeys&) = delete;
    /// Destroys what is left, ignoring errors: the keys are session objects and gone with the token object at the latest.
    ~ThrowAwayKeys();

    /// The key of this type, generated now if there is none yet. The reference is valid until the next call.
    [[nodiscard]] const pkcs11::Token::ThrowAway& get(const pkcs11::KeyType& type);
    /// Destroys the key of this type; the next get() generates another.
    void renew(const pkcs11::KeyType& type);
    /// Throws what the token says when one cannot be destroyed, after all have been tried.
    void destroyAll();

private:
    struct Entry {
        pkcs11::KeyType type;
        pkcs11::Token::ThrowAway key;
        std::size_t accountIndex;
    };
    void destroy(const Entry& entry);

    pkcs11::Token& m_token;
    const Clock& m_clock;
    std::vector<ThrowAwayRecord>& m_account;
    std::vector<Entry> m_entries;
};

}  // namespace keyconvoy::wrapping::qualification
