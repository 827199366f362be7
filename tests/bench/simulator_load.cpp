#include "core/base64.h"
#include "core/c_handle.h"
#include "core/secret_bytes.h"
#include "core/strict_json.h"
#include "kmsclient/signer.h"
#include "tests/simulator/simulator_process.h"
#include "tests/simulator/sockets.h"

#include <benchmark/benchmark.h>
#include <fstream>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdexcept>

/// What the simulator carries: 1,000 keys, several clients at once on connections that are kept alive, each request signed for
/// itself. Clients and simulator share the machine; the rates are those of both together.
namespace {

using namespace keyconvoy;
using keyconvoy::tests::SimulatorProcess;

using PkeyPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContextPtr = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

constexpr int clients = 4;
constexpr std::size_t keyCount = 1'000;

/// One client's connection.
class Client {
public:
    explicit Client(const SimulatorProcess& simulator)
        : m_simulator{simulator}, m_socket{keyconvoy::tests::connectToLoopback(simulator.port())} {}

    /// The reply's body; throws unless the status is 200.
    std::string call(const std::string& operation, const std::string& body) {
        kms::Headers headers{
            {"host", "127.0.0.1"}, {"content-type", "application/x-amz-json-1.1"}, {"x-amz-target", "TrentService." + operation}};
        const std::string secret = m_simulator.text("secretAccessKey");
        const std::string id = m_simulator.text("accessKeyId");
        kms::sign(headers, body, {id, asBytes(secret), {}}, {"us-east-1", "kms"}, systemNow());
        std::string request = "POST / HTTP/1.1\r\n";
        for (const auto& [name, value] : headers) {
            request += name + ": " + value + "\r\n";
        }
        keyconvoy::tests::sendAll(m_socket, request + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        return receive();
    }

private:
    std::string receive() {
        constexpr std::string_view end = "\r\n\r\n";
        constexpr std::string_view length = "Content-Length: ";
        std::string reply = keyconvoy::tests::receiveUntil(m_socket, end);
        const std::size_t body = reply.find(end) + end.size();
        const std::size_t wanted = std::stoul(reply.substr(reply.find(length) + length.size()));
        while (reply.size() < body + wanted) {
            reply += keyconvoy::tests::receiveUntil(m_socket, "}");
        }
        if (!reply.starts_with("HTTP/1.1 200")) {
            throw std::runtime_error{reply};
        }
        return reply.substr(body);
    }

    const SimulatorProcess& m_simulator;
    FileDescriptor m_socket;
};

Bytes wrapped(const std::string& publicKey) {
    const Bytes der = fromBase64(publicKey).value();
    const unsigned char* cursor = der.data();
    const PkeyPtr key{d2i_PUBKEY(nullptr, &cursor, static_cast<long>(der.size()))};
    const PkeyContextPtr context{EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
    const Bytes material(32, 7);
    Bytes blob(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
    std::size_t size = blob.size();
    if (EVP_PKEY_encrypt_init(context.get()) != 1 || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) != 1 ||
        EVP_PKEY_encrypt(context.get(), blob.data(), &size, material.data(), material.size()) != 1) {
        throw std::runtime_error{"the material cannot be wrapped"};
    }
    return blob;
}

/// A simulator with its keys. One key is imported as often as a benchmark asks: the same material under the same token.
struct Room {
    SimulatorProcess simulator{{"--key-pool", "0"}};
    std::vector<std::string> keys;
    std::string import;  ///< the body of the request

    Room() {
        Client client{simulator};
        for (std::size_t i = 0; i < keyCount; ++i) {
            const Json reply = Json::parse(client.call("CreateKey", R"({"Origin":"EXTERNAL"})"));
            keys.push_back(reply.at("KeyMetadata").at("KeyId"));
        }
        const Json given = Json::parse(client.call(
            "GetParametersForImport",
            Json{{"KeyId", keys.front()}, {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}}.dump()));
        import = Json{
            {"KeyId", keys.front()},
            {"ImportToken", given.at("ImportToken")},
            {"EncryptedKeyMaterial", toBase64(wrapped(given.at("PublicKey")))},
            { "ExpirationModel",
              "KEY_MATERIAL_DOES_NOT_EXPIRE"
            }}.dump();
    }

    [[nodiscard]] double peakMegabytes() const {
        std::ifstream status{"/proc/" + std::to_string(simulator.process()) + "/status"};
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with("VmHWM:")) {
                return std::stod(line.substr(6)) / 1024;
            }
        }
        return 0;
    }
};

Room& room() {
    static Room shared;
    return shared;
}

/// Calls until the benchmark has enough; `bodyOf` gives the request for a number.
template <class BodyOf>
void load(benchmark::State& state, const char* operation, BodyOf bodyOf) {
    Client client{room().simulator};
    std::size_t number = static_cast<std::size_t>(state.thread_index()) * keyCount / clients;
    for (auto step : state) {
        static_cast<void>(step);
        benchmark::DoNotOptimize(client.call(operation, bodyOf(number++ % keyCount)));
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
    if (state.thread_index() == 0) {
        state.counters["peak_MB"] = room().peakMegabytes();
    }
}

void describeKey(benchmark::State& state) {
    load(state, "DescribeKey", [](std::size_t i) { return Json{{"KeyId", room().keys[i]}}.dump(); });
}
void listKeyRotations(benchmark::State& state) {
    load(state, "ListKeyRotations", [](std::size_t i) {
        return Json{{"KeyId", room().keys[i]}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}}.dump();
    });
}
void importKeyMaterial(benchmark::State& state) {
    load(state, "ImportKeyMaterial", [](std::size_t) { return room().import; });
}

BENCHMARK(describeKey)->Threads(clients)->UseRealTime();
BENCHMARK(listKeyRotations)->Threads(clients)->UseRealTime();
BENCHMARK(importKeyMaterial)->Threads(clients)->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
    static_cast<void>(initialiseSecureHeap());
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
