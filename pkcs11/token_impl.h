#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/key_generation.h"
#include "pkcs11/login.h"
#include "pkcs11/quirks.h"
#include "pkcs11/session.h"
#include "pkcs11/token.h"
#include "pkcs11/token_info.h"

#include <map>
#include <memory>
#include <optional>

namespace keyconvoy::pkcs11 {

/// One key that this Token gave a reference for.
struct KnownKey {
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE publicKey = CK_INVALID_HANDLE;  ///< of a pair, when it is known or was found
    KeyOrigin origin = KeyOrigin::NotGeneratedInThisRun;
    std::optional<KeyType> type;  ///< of a restored key, whose length SoftHSM does not report
};

/// What Token hides: its session, the handles behind the references it gave out, and who logged in.
struct Token::Impl {
    Impl(std::shared_ptr<Module> loaded, SlotToken chosen)
        : module{std::move(loaded)},
          token{std::move(chosen)},
          quirks{quirksOf(token.description)},
          session{module, token.slot, token.description.label} {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (loggedInHere) {
            session.functions().C_Logout(session.handle());
        }
    }

    [[nodiscard]] const KnownKey& known(KeyReference key) const;
    [[nodiscard]] const KnownKey& known(const ThrowAwayKey& key) const;
    /// The number of a key that was found; the same as before for one that is known already.
    [[nodiscard]] std::uint64_t remember(CK_OBJECT_HANDLE found);
    [[nodiscard]] GeneratedKey keep(MadeKey made, KeyOrigin origin);
    [[nodiscard]] std::uint64_t keepThrowAway(MadeKey made);
    /// The public object of a pair: the one that was made with it, or the one with its CKA_ID.
    [[nodiscard]] std::optional<CK_OBJECT_HANDLE> publicObject(const KnownKey& key) const;
    [[nodiscard]] CheckValueOutcome checkValueOf(const KnownKey& key) const;
    void checkStillThere() const;
    [[nodiscard]] LoginOutcome logIn(Role role, std::optional<ByteView> pin, FinalTryConsent consent);

    std::shared_ptr<Module> module;
    SlotToken token;  ///< as it was at open()
    Quirks quirks;
    std::map<std::uint64_t, KnownKey> keys;
    std::map<std::uint64_t, KnownKey> throwAways;  ///< apart, so that no number can name a kept key
    std::optional<Role> loggedInHere;
    Session session;
};

}  // namespace keyconvoy::pkcs11
