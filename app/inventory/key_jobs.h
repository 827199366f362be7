#pragma once

#include "app/ceremony/job.h"
#include "app/station/station.h"
#include "wrapping/key_spec.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::app {

struct GenerateKeyRequest {
    TokenStation token;
    wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
    std::optional<wrapping::KeyUsage> keyUsage;
    pkcs11::ObjectLabel label;
};
[[nodiscard]] std::unique_ptr<Job> makeGenerateKeyJob(GenerateKeyRequest request, RunContext context);

struct ListKeysRequest {
    TokenStation token;
};
class ListKeysJob : public Job {
public:
    [[nodiscard]] virtual const std::vector<pkcs11::KeyDescription>& keys() const = 0;  ///< valid after the end

protected:
    using Job::Job;
};
[[nodiscard]] std::unique_ptr<ListKeysJob> makeListKeysJob(ListKeysRequest request, RunContext context);

/// One key with its attributes in words, its origin and its check value.
struct ShowKeyRequest {
    TokenStation token;
    pkcs11::KeySelector key;
};
[[nodiscard]] std::unique_ptr<Job> makeShowKeyJob(ShowKeyRequest request, RunContext context);

/// EXTRACTABLE=F, or C_DestroyObject. Refused unless a verified backup is on record or the loss is accepted with a reason: KMS
/// needs the same material again after expiry, deletion or loss.
struct GiveUpKeyRequest {
    TokenStation token;
    pkcs11::KeySelector key;
    std::optional<std::string> acceptLossReason;            ///< kept in the result
    std::optional<std::filesystem::path> stateFolder = {};  ///< where backups are on record; absent: $XDG_STATE_HOME/keyconvoy
};
[[nodiscard]] std::unique_ptr<Job> makeSealKeyJob(GiveUpKeyRequest request, RunContext context);
[[nodiscard]] std::unique_ptr<Job> makeDestroyKeyJob(GiveUpKeyRequest request, RunContext context);

/// Wrapped on the first token under an RSA key whose private half was made on the second, unwrapped there and shown to be the
/// same key; then on record in the state folder. SHA-256 where both tokens can. What a pair of tokens cannot do is refused.
struct BackupRequest {
    TokenStation from;
    TokenStation to;  ///< may be of another module
    pkcs11::KeySelector key;
    std::optional<std::string> allowSha1Reason;
    int transportKeyBits = 4096;  ///< 2048, 3072 or 4096
    std::optional<std::filesystem::path> stateFolder =
        {};  ///< for qualifications and the record; absent: $XDG_STATE_HOME/keyconvoy
};
[[nodiscard]] std::unique_ptr<Job> makeBackupJob(BackupRequest request, RunContext context);

}  // namespace keyconvoy::app
