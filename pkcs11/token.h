#pragma once

#include "core/bytes.h"
#include "core/clock.h"
#include "core/finding.h"
#include "core/fingerprint.h"
#include "core/secret_bytes.h"
#include "core/strong_string.h"
#include "pkcs11/key_type.h"
#include "pkcs11/module_profile.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The token as the floors above see it. Everything here takes and gives plain values: no handles, no callbacks, no CK_* types,
/// so that the same interface can later be served by a process of its own (a vendor module may hang or crash).
namespace keyconvoy::pkcs11 {

using ObjectLabel = StrongString<struct ObjectLabelTag>;  ///< CKA_LABEL, UTF-8
using TokenSerial = StrongString<struct TokenSerialTag>;  ///< CK_TOKEN_INFO.serialNumber without its padding

// ---------------------------------------------------------------------------------------------------------------- tokens

enum class PinState : std::uint8_t { Fine, CountLow, FinalTry, Locked, ToBeChanged, NotInitialised };

/// CK_INFO and the module's file.
struct ModuleDescription {
    std::string path;
    Fingerprint sha256;    ///< of the library file
    Fingerprint settings;  ///< of initialisation string and environment variables, which may change what its tokens do
    std::string manufacturer;
    std::string description;
    std::string libraryVersion;
    std::string cryptokiVersion;
};

/// CK_TOKEN_INFO in words.
struct TokenDescription {
    std::string label;
    std::string manufacturer;
    std::string model;
    TokenSerial serial;
    std::string hardwareVersion;
    std::string firmwareVersion;
    std::string slotDescription;
    PinState userPin = PinState::Fine;
    PinState officerPin = PinState::Fine;
    bool initialised = false;
    bool loginRequired = false;
    bool pinPad = false;  ///< CKF_PROTECTED_AUTHENTICATION_PATH
    bool writeProtected = false;
    bool software = false;           ///< its keys are files of this user or memory of this process (known software tokens only)
    std::vector<std::string> flags;  ///< all CKF_* names that are set
    std::string uri;                 ///< RFC 7512, without a PIN
};

struct Mechanism {
    std::uint64_t type = 0;
    std::string name;  ///< "CKM_RSA_PKCS_OAEP", or its number in hex
    std::uint64_t minKeySize = 0;
    std::uint64_t maxKeySize = 0;
    std::vector<std::string> abilities;  ///< "wrap", "generate", ...
};

// ----------------------------------------------------------------------------------------------------------------- login

enum class LoginState : std::uint8_t {
    NotLoggedIn,
    LoggedInHere,     ///< by logIn() of this Token
    LoggedInOutside,  ///< found logged in; vendor helpers do that
    NotRequired,
};

enum class FinalTryConsent : std::uint8_t { NotGiven, Given };

/// Each asks something else of the caller.
enum class LoginOutcome : std::uint8_t {
    LoggedIn,
    WrongPin,
    PinLocked,
    FinalTryNeedsConsent,  ///< nothing was sent: CKF_USER_PIN_FINAL_TRY is set and consent was not given
    PinPadNeeded,          ///< nothing was sent: this token takes its PIN at its own pad
    PinNeeded,             ///< nothing was sent: this token has no pad
    Cancelled,             ///< CKR_FUNCTION_CANCELED at the pad
};

/// What to show before the security officer's PIN is asked for.
[[nodiscard]] Text securityOfficerLoginWarning();

// ------------------------------------------------------------------------------------------------------------------ keys

enum class KeyLifetime : std::uint8_t {
    TokenObject,    ///< CKA_TOKEN=T: stays
    SessionObject,  ///< CKA_TOKEN=F: gone with this Token
};

/// What a generated key may do on the token besides being wrapped.
enum class KeyPurpose : std::uint8_t {
    CheckValueOnly,  ///< AES: ENCRYPT and SIGN (CMAC); HMAC: SIGN; key pairs: nothing
    Signing,         ///< key pairs: SIGN on the private half
};

struct KeyRequest {
    KeyType type;
    ObjectLabel label;
    KeyLifetime lifetime = KeyLifetime::TokenObject;
    KeyPurpose purpose = KeyPurpose::CheckValueOnly;
};

/// Names one key of one Token; meaningless to any other. A plain number, minted by Token.
class KeyReference {
public:
    [[nodiscard]] std::uint64_t number() const noexcept { return m_number; }
    friend bool operator==(const KeyReference&, const KeyReference&) = default;

private:
    friend class Token;
    explicit KeyReference(std::uint64_t number) : m_number{number} {}
    std::uint64_t m_number;
};

/// A key that Token::generateThrowAway made for a qualification and that is destroyed after it. A type of its own: only such a
/// key can be wrapped under a wrapping key whose private half is in this process.
class ThrowAwayKey {
public:
    [[nodiscard]] std::uint64_t number() const noexcept { return m_number; }

private:
    friend class Token;
    explicit ThrowAwayKey(std::uint64_t number) : m_number{number} {}
    std::uint64_t m_number;
};

enum class KeyOrigin : std::uint8_t {
    GeneratedHere,           ///< by our own generate call on this token, in this run
    NotGeneratedInThisRun,   ///< found on the token
    RestoredFromBackupHere,  ///< unwrapped on this token in this run
};

enum class ObjectClass : std::uint8_t { SecretKey, PrivateKey, PublicKey, Certificate, Data, Other };

/// A key as the token states it. An attribute that the token does not report is absent.
struct KeyDescription {
    ObjectClass objectClass = ObjectClass::SecretKey;
    std::string label;
    Bytes id;                     ///< CKA_ID
    std::optional<KeyType> type;  ///< absent for a type this program does not handle
    std::string typeName;         ///< "AES-256", "EC P-384", "CKK_DES3"
    std::string uri;              ///< RFC 7512
    std::optional<bool> tokenObject, isPrivate, sensitive, alwaysSensitive, extractable, neverExtractable, local, modifiable,
        copyable, destroyable, wrapWithTrusted, trusted;
    std::optional<bool> encrypt, decrypt, sign, verify, wrap, unwrap, derive;
    std::optional<std::string> generationMechanism;  ///< CKA_KEY_GEN_MECHANISM
    bool lengthNotReported = false;                  ///< of a secret key, which has no `type` then

    /// Whether a key whose length is not reported may be of this type.
    [[nodiscard]] bool mayBe(const KeyType& possible) const;
};

struct GeneratedKey {
    KeyReference key;
    KeyDescription description;  ///< read back after generation
    Findings findings;           ///< what the token is known not to report
};

/// Any object, for the comparison of the token before and after.
struct ObjectSummary {
    ObjectClass objectClass = ObjectClass::Other;
    std::string label;
    Bytes id;
    std::string typeName;
    bool tokenObject = false;
    friend auto operator<=>(const ObjectSummary&, const ObjectSummary&) = default;
};

/// Which key: by label, by CKA_ID, or both. Empty members do not restrict.
struct KeySelector {
    std::optional<ObjectLabel> label;
    std::optional<Bytes> id;
    std::optional<ObjectClass> objectClass;
};

enum class CheckValueMethod : std::uint8_t {
    AesCmacZeroBlock,  ///< AES-CMAC (NIST SP 800-38B) over 16 zero bytes, first 5 bytes
    AesEcbZeroBlock,   ///< AES-ECB over 16 zero bytes, first 3 bytes
    HmacZeroBlock,     ///< HMAC with the digest of the key's length over 16 zero bytes, first 5 bytes
    SpkiSha256,        ///< SHA-256 of the DER SubjectPublicKeyInfo
};
[[nodiscard]] std::string_view describe(CheckValueMethod method);  ///< "AES-CMAC over 16 zero bytes, first 5 bytes"

struct CheckValue {
    CheckValueMethod method = CheckValueMethod::AesCmacZeroBlock;
    Bytes value;
    friend bool operator==(const CheckValue&, const CheckValue&) = default;
};
struct CheckValueOutcome {
    std::optional<CheckValue> value;
    Text whyNot;  ///< set when there is no value: the key has neither SIGN nor ENCRYPT, say
};

enum class HmacHash : std::uint8_t { Sha224, Sha256, Sha384, Sha512 };

/// The message is hashed off the token and signed with CKM_RSA_PKCS, CKM_RSA_PKCS_PSS (salt as long as the hash) or CKM_ECDSA;
/// Ed25519 signs the message itself.
enum class SignatureScheme : std::uint8_t { RsaPkcs1Sha256, RsaPssSha256, EcdsaSha256, EcdsaSha384, EcdsaSha512, Ed25519 };

// -------------------------------------------------------------------------------------------------------------- wrapping

struct RsaPublicKey {
    Bytes modulus;   ///< big-endian, no leading zeros
    Bytes exponent;  ///< big-endian, no leading zeros
    friend bool operator==(const RsaPublicKey&, const RsaPublicKey&) = default;
};

enum class OaepHash : std::uint8_t { Sha1, Sha256 };  ///< hash and MGF1 hash in one: they never differ here
enum class OaepSource : std::uint8_t {
    DataSpecified,
    Zero
};  ///< CK_RSA_PKCS_OAEP_PARAMS.source: the standard's, and what some tokens want

enum class WrapMethod : std::uint8_t {
    Oaep,                 ///< CKM_RSA_PKCS_OAEP of the key itself
    NativeRsaAesKeyWrap,  ///< CKM_RSA_AES_KEY_WRAP (0x1054)
    TwoStepKwp,           ///< CKM_AES_KEY_WRAP_KWP (0x210B) under a session AES-256 key, then CKM_RSA_PKCS_OAEP of that key
    TwoStepPad,           ///< the same with CKM_AES_KEY_WRAP_PAD (0x210A), which is RFC 5649 on some tokens only
};

/// Exactly how to wrap; what a qualification tries and a wrap repeats.
struct WrapRecipe {
    WrapMethod method = WrapMethod::Oaep;
    OaepHash hash = OaepHash::Sha256;
    OaepSource source = OaepSource::DataSpecified;
    friend bool operator==(const WrapRecipe&, const WrapRecipe&) = default;
};
[[nodiscard]] std::string describe(
    const WrapRecipe& recipe);  ///< "CKM_AES_KEY_WRAP_KWP under a session AES-256 key, then CKM_RSA_PKCS_OAEP (SHA-256)"

/// The key to wrap under. `expected` always comes from outside the token (KMS's DER); with `onToken` a public key that an
/// administrator put there is used after it was found equal, otherwise a session object is made and destroyed again.
struct WrappingKey {
    RsaPublicKey expected;
    std::optional<KeySelector> onToken;
};

struct WrappedKey {
    Bytes blob;            ///< as the mechanism gave it: for the two-step methods C1 then C2
    RsaPublicKey usedKey;  ///< read back from the wrapping-key object immediately before C_WrapKey
    Findings findings;
};

/// The RSA key pair on a backup token whose private half unwraps; a session object of that Token.
struct BackupTransportKey {  // NOLINT(cppcoreguidelines-pro-type-member-init): no KeyReference is empty
    KeyReference privateKey;
    RsaPublicKey publicKey;
    Fingerprint fingerprint;  ///< SHA-256 of the DER SubjectPublicKeyInfo
};

// ------------------------------------------------------------------------------------------------------- module and token

/// Chooses one token: every given member must match.
struct TokenSelector {
    std::optional<std::string> label, manufacturer, model, serial;

    /// An RFC 7512 URI ("pkcs11:…") or a bare label. A `pin-value` is refused (a PIN in a URI ends in logs); so is a repeated or
    /// unknown attribute. Throws InvalidInput.
    [[nodiscard]] static TokenSelector parse(std::string_view uriOrLabel);
};

/// The token and object parts of one RFC 7512 URI, for `--key` and `--wrapping-key`.
struct KeyUri {
    TokenSelector token;
    KeySelector key;

    /// A URI ("pkcs11:…"), or a bare label, which says nothing about the token. Throws InvalidInput.
    [[nodiscard]] static KeyUri parse(std::string_view uriOrLabel);
};

class Token;

/// A loaded PKCS#11 module, initialised for this process and finalised on destruction. One thread.
class Module {
public:
    /// Sets the profile's environment, loads, initialises. Throws NotFound (no such file), InvalidInput (no PKCS#11 library, or
    /// its initialisation string is wrong), Unavailable.
    [[nodiscard]] static std::shared_ptr<Module> load(const ModuleProfile& profile);
    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    [[nodiscard]] const ModuleDescription& description() const;
    /// Every slot that holds a token, fresh from the module. Slots with an uninitialised token are included.
    [[nodiscard]] std::vector<TokenDescription> tokens() const;

    struct Impl;
    [[nodiscard]] Impl& impl() const { return *m_impl; }  ///< for this folder only

private:
    explicit Module(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// One token, with one read-write session that lives as long as this object. One thread.
///
/// Every call may throw Error: Unavailable (removed, module failure), Refused (the token or its flags do not allow it),
/// InvalidInput, Integrity (read-back differs), with the CKR code, its meaning and a remedy.
class Token {
public:
    /// Throws NotFound when no token matches and Refused when more than one does, naming all of them.
    [[nodiscard]] static Token open(std::shared_ptr<Module> module, const TokenSelector& selector);
    ~Token();
    Token(Token&&) noexcept;
    Token& operator=(Token&&) noexcept;
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

    [[nodiscard]] const Module& module() const;
    [[nodiscard]] TokenDescription description() const;  ///< fresh
    /// Asks C_GetTokenInfo and compares label and serial with those at open(); a live session proves nothing. Throws Unavailable.
    void checkStillThere() const;
    [[nodiscard]] std::vector<Mechanism> mechanisms() const;

    [[nodiscard]] LoginState loginState() const;
    /// One try as the user. Reads the flags first; never tries again by itself.
    [[nodiscard]] LoginOutcome logIn(const SecretBytes& pin, FinalTryConsent consent);
    /// One try at the token's own PIN pad; returns when the pad does, be it minutes.
    [[nodiscard]] LoginOutcome logInAtPinPad(FinalTryConsent consent);
    /// One try as the security officer (CKU_SO); a second one in this process is refused: some HSMs erase everything after a few.
    /// An empty PIN means the token's own pad.
    [[nodiscard]] LoginOutcome logInAsSecurityOfficer(const SecretBytes& pin, FinalTryConsent consent);
    void logOut();  ///< a login found from outside is left alone

    /// All objects that this login sees, sorted.
    [[nodiscard]] std::vector<ObjectSummary> objects() const;
    /// All secret, private and public keys that this login sees, with their attributes.
    [[nodiscard]] std::vector<KeyDescription> keys() const;

    /// Generates inside the token with a full explicit template and a random 16-byte CKA_ID, after label and ID were found free;
    /// then reads every attribute back. SENSITIVE=T, EXTRACTABLE=T. A half-made key is destroyed.
    [[nodiscard]] GeneratedKey generate(const KeyRequest& request);
    /// Exactly one secret or private key. Throws NotFound, or Refused when several match.
    [[nodiscard]] KeyReference find(const KeySelector& selector);
    [[nodiscard]] KeyDescription describe(KeyReference key) const;
    /// What is known from elsewhere of a secret key whose length the token does not report (SoftHSM 2.6 after C_UnwrapKey, so of
    /// every backup there). describe() and checkValue() go by it from then on, until nothing is noted; what the token does report
    /// is left as it is.
    void noteType(KeyReference key, const std::optional<KeyType>& type);
    [[nodiscard]] KeyOrigin origin(KeyReference key) const;
    [[nodiscard]] CheckValueOutcome checkValue(KeyReference key) const;
    /// DER SubjectPublicKeyInfo of a key pair, read from its public object. Throws InvalidInput for a secret key, NotFound when
    /// there is no public object with the key's ID.
    [[nodiscard]] Bytes publicKey(KeyReference key) const;
    [[nodiscard]] Bytes mac(KeyReference key, HmacHash hash, ByteView message) const;
    /// ECDSA signatures come as DER SEQUENCE{r,s}.
    [[nodiscard]] Bytes sign(KeyReference key, SignatureScheme scheme, ByteView message) const;

    /// Wraps under `wrappingKey.expected`. Immediately before C_WrapKey modulus and exponent are read back from the wrapping-key
    /// object and compared with it; a difference throws Integrity. The two-step methods wrap C2 before C1, and the session AES
    /// key is destroyed on every path.
    [[nodiscard]] WrappedKey wrap(KeyReference key, const WrappingKey& wrappingKey, const WrapRecipe& recipe);

    /// That `onToken` names exactly one public RSA key and that it is `expected`; to be asked before a key is made for it. Throws
    /// NotFound, Refused when several match, Integrity when it is another key.
    void checkWrappingKeyOnToken(const RsaPublicKey& expected, const KeySelector& onToken) const;

    /// EXTRACTABLE=F, read back.
    void seal(KeyReference key);
    /// True when this token really refuses to wrap a key with EXTRACTABLE=F; tried with a throw-away key that is destroyed.
    [[nodiscard]] bool enforcesExtractable();
    /// C_DestroyObject on the key and, for a pair, on its public object; then looks that they are gone.
    void destroy(KeyReference key);

    /// An RSA key pair, session objects, whose private half can only unwrap.
    [[nodiscard]] BackupTransportKey makeBackupTransportKey(int sizeBits = 4096);
    /// Unwraps inside this token with SENSITIVE=T, EXTRACTABLE=T and the request's label; for a key pair the public half is
    /// stored beside it from `publicKeyDer`.
    [[nodiscard]] GeneratedKey unwrapBackup(const BackupTransportKey& transport, ByteView blob, const WrapRecipe& recipe,
                                            const KeyRequest& request, const Bytes& id, ByteView publicKeyDer);

    /// Puts a public RSA wrapping key on the token as a token object with CKA_TRUSTED=T; needs logInAsSecurityOfficer.
    KeyDescription storeTrustedWrappingKey(const RsaPublicKey& publicKey, const ObjectLabel& label);

    /// For a qualification only. The key is a session object and gone with this Token at the latest.
    struct ThrowAway {
        ThrowAwayKey key;
        std::string label;
        Bytes id;
        Bytes publicKeyDer;  ///< for pairs
    };
    /// Known before the key is made, so that it can be accounted for even when the token goes away meanwhile.
    struct ThrowAwayName {
        Bytes id;  ///< random
        std::string label;
    };
    [[nodiscard]] static ThrowAwayName nameThrowAway();
    [[nodiscard]] ThrowAway generateThrowAway(const KeyType& type, const ThrowAwayName& name = nameThrowAway());
    [[nodiscard]] CheckValueOutcome checkValue(const ThrowAwayKey& key) const;
    [[nodiscard]] Bytes mac(const ThrowAwayKey& key, HmacHash hash, ByteView message) const;
    [[nodiscard]] Bytes wrapThrowAway(const ThrowAwayKey& key, const RsaPublicKey& ownWrappingKey, const WrapRecipe& recipe);
    void destroy(const ThrowAwayKey& key);

private:
    struct Impl;
    explicit Token(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace keyconvoy::pkcs11
