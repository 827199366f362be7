#include "core/error.h"
#include "core/file_descriptor.h"
#include "pkcs11/object.h"
#include "pkcs11/public_key.h"
#include "tests/pkcs11/memory_scan.h"
#include "tests/pkcs11/raw_key.h"
#include "tests/support/token_remote.h"
#include "wrapping/opening/open_envelope.h"

#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace keyconvoy::pkcs11 {
namespace {

using namespace keyconvoy::tests;

constexpr WrapRecipe oaepSha1{.method = WrapMethod::Oaep, .hash = OaepHash::Sha1};
constexpr std::size_t keyBytes = 32;
constexpr std::size_t blobBytes = 256;

/// Whoever receives the blob, as KMS would: a process of its own that alone has the private wrapping key. It gives back the key
/// that it found in the blob with every bit turned.
class Receiver {
public:
    Receiver() {
        std::array<int, 2> ends{};
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
            throw std::runtime_error{"socketpair"};
        }
        m_socket = FileDescriptor{ends[0]};
        const FileDescriptor other{ends[1]};
        m_child = fork();
        if (m_child == 0) {
            m_socket = FileDescriptor{};
            serve(other.get());
            _exit(0);
        }
    }
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;
    ~Receiver() {
        m_socket = FileDescriptor{};
        waitpid(m_child, nullptr, 0);
    }

    [[nodiscard]] Bytes publicKey() const { return receive(m_socket.get()); }
    [[nodiscard]] Bytes openMasked(const Bytes& blob) const {
        send(m_socket.get(), blob.data(), blob.size(), 0);
        return receive(m_socket.get());
    }

private:
    static Bytes receive(int socket) {
        Bytes packet(4096);
        const ssize_t size = recv(socket, packet.data(), packet.size(), 0);
        packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return packet;
    }
    static void serve(int socket) {
        const auto key = wrapping::opening::generateRsaKeyPair(2048);
        const Bytes der = wrapping::opening::publicKeyDer(*key);
        send(socket, der.data(), der.size(), 0);
        const Bytes blob = receive(socket);
        const auto opened = wrapping::opening::oaepDecrypt(*key, OaepHash::Sha1, blob);
        Bytes masked;
        for (const std::uint8_t octet : opened ? opened->view() : ByteView{}) {
            masked.push_back(octet ^ MaskedPattern::mask);
        }
        send(socket, masked.data(), masked.size(), 0);
    }

    FileDescriptor m_socket;
    pid_t m_child = 0;
};

TEST(RemoteToken, KeyBytesAreNeverInOurMemoryAndTheScanWouldFindThem) {
    prepareProcess();
    const Receiver receiver;
    const RsaPublicKey wrappingKey = parsePublicKey(receiver.publicKey()).rsa.value();
    const RemoteSoftHsm remote;
    const auto module = Module::load(remote.profile());
    Token token = Token::open(module, TokenSelector::parse(remote.label()));
    ASSERT_EQ(token.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    const GeneratedKey made = token.generate({.type = AesKey{}, .label = ObjectLabel{"target"}});
    EXPECT_TRUE(token.checkValue(made.key).value);
    const WrappedKey wrapped = token.wrap(made.key, {.expected = wrappingKey, .onToken = {}}, oaepSha1);
    ASSERT_EQ(wrapped.blob.size(), blobBytes);
    const Bytes masked = receiver.openMasked(wrapped.blob);
    ASSERT_EQ(masked.size(), keyBytes);
    EXPECT_EQ(countInOwnMemory(MaskedPattern::fromMasked(masked)), 0U) << "while the key exists";

    // The control: a key that the token gives out, read by the test itself.
    const RawSession raw{module, remote.label()};
    const CK_OBJECT_HANDLE open = raw.generateAes("open", {CKA_ENCRYPT}, false);
    Bytes value(keyBytes);
    CK_ATTRIBUTE attribute{CKA_VALUE, value.data(), value.size()};
    ASSERT_EQ(raw.get().functions().C_GetAttributeValue(raw.get().handle(), open, &attribute, 1), CK_RV{CKR_OK});
    EXPECT_GE(countInOwnMemory(MaskedPattern::of(value)), 1U);

    token.destroy(made.key);
    EXPECT_EQ(countInOwnMemory(MaskedPattern::fromMasked(masked)), 0U) << "and after it";
}

TEST(RemoteToken, IsSaidToBeSoftwareAndHasNoCmac) {
    const RemoteSoftHsm remote;
    Token token = Token::open(Module::load(remote.profile()), TokenSelector::parse(remote.label()));
    ASSERT_EQ(token.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    EXPECT_TRUE(token.description().software);
    const GeneratedKey made = token.generate({.type = AesKey{}, .label = ObjectLabel{"k"}});
    EXPECT_EQ(token.checkValue(made.key).value.value().method, CheckValueMethod::AesEcbZeroBlock);
}

TEST(RemoteToken, WhoseServerDiesIsUnavailableAndNothingHangs) {
    RemoteSoftHsm remote;
    Token token = Token::open(Module::load(remote.profile()), TokenSelector::parse(remote.label()));
    ASSERT_EQ(token.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    remote.stop();
    try {
        token.checkStillThere();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
        EXPECT_EQ(error.failure().code, "CKR_DEVICE_ERROR");
    }
    EXPECT_THROW(static_cast<void>(token.generate({.type = AesKey{}, .label = ObjectLabel{"k"}})), Error);
}

TEST(RemoteToken, WithoutAServerThereIsNoToken) {
    pkcs11::ModuleProfile profile;
    {
        const RemoteSoftHsm remote;
        profile = remote.profile();
    }
    const auto module = Module::load(profile);
    EXPECT_TRUE(module->tokens().empty());
    try {
        static_cast<void>(Token::open(module, TokenSelector::parse("Remote")));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::NotFound);
    }
}

}  // namespace
}  // namespace keyconvoy::pkcs11
