#include "wrapping/qualification/throw_away_keys.h"

#include <algorithm>
#include <exception>

namespace keyconvoy::wrapping::qualification {

ThrowAwayKeys::~ThrowAwayKeys() {
    try {
        destroyAll();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): another failure is on its way already
    }
}

const pkcs11::Token::ThrowAway& ThrowAwayKeys::get(const pkcs11::KeyType& type) {
    const auto present = std::ranges::find(m_entries, type, &Entry::type);
    if (present != m_entries.end()) {
        return present->key;
    }
    m_entries.reserve(m_entries.size() + 1);
    m_account.reserve(m_account.size() + 1);
    const pkcs11::Token::ThrowAwayName name = pkcs11::Token::nameThrowAway();
    m_account.push_back({.typeName = pkcs11::describe(type),
                         .label = name.label,
                         .id = name.id,
                         .generatedAt = m_clock(),
                         .destroyedAt = {},
                         .seenMade = false});
    try {
        m_entries.push_back({type, m_token.generateThrowAway(type, name), m_account.size() - 1});
        m_account.back().seenMade = true;
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::Refused || error.kind() == ErrorKind::InvalidInput) {
            m_account.pop_back();  // the token said no; whatever else happened, it may have made the key
        }
        throw;
    }
    return m_entries.back().key;
}

void ThrowAwayKeys::renew(const pkcs11::KeyType& type) {
    const auto present = std::ranges::find(m_entries, type, &Entry::type);
    if (present != m_entries.end()) {
        const Entry entry = std::move(*present);
        m_entries.erase(present);
        destroy(entry);
    }
}

void ThrowAwayKeys::destroy(const Entry& entry) {
    m_token.destroy(entry.key.key);
    m_account[entry.accountIndex].destroyedAt = m_clock();
}

void ThrowAwayKeys::destroyAll() {
    std::exception_ptr failure;
    for (const Entry& entry : std::exchange(m_entries, {})) {
        try {
            destroy(entry);
        } catch (...) {
            failure = failure ? failure : std::current_exception();
        }
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

}  // namespace keyconvoy::wrapping::qualification
