#pragma once

#include "core/error.h"
#include "kmsclient/transport.h"

#include <span>
#include <string>
#include <string_view>

namespace keyconvoy::kms {

/// When a call that ended in an exception may be sent again.
enum class RetryClass : std::uint8_t {
    Never,
    Throttled,           ///< it was not executed; later
    Transient,           ///< whether it was executed is not known
    ClockCorrected,      ///< once, after the clock's offset has been taken from the reply
    AfterCreation,       ///< while a key that was just created is not known everywhere yet
    CredentialsRenewed,  ///< it was not executed; once, with new credentials
};

/// What is known about one exception of KMS or STS.
struct ExceptionMeaning {
    std::string_view code;
    ErrorKind kind;
    RetryClass retry;
    Text cause, remedy;  ///< the remedy's %1 is the operation
};

/// Every exception of the KMS operations used here, the errors common to AWS services, and STS's.
[[nodiscard]] std::span<const ExceptionMeaning> exceptionMeanings();
/// Null for a code that the table does not know.
[[nodiscard]] const ExceptionMeaning* exceptionMeaning(std::string_view code);

/// The service answered with an error; `failure().code` is its exception's name.
class KmsError final : public Error {
public:
    KmsError(Failure failure, int status, RetryClass retry) : Error{std::move(failure)}, m_status{status}, m_retry{retry} {}
    [[nodiscard]] int status() const noexcept { return m_status; }
    [[nodiscard]] RetryClass retryClass() const noexcept { return m_retry; }

private:
    int m_status;
    RetryClass m_retry;
};

/// What an error reply says, as far as it says anything.
struct ServiceFault {
    std::string code;  ///< without namespace and address
    std::string text;
    std::string requestId;
};

[[nodiscard]] std::string requestIdOf(const HttpReply& reply);  ///< x-amzn-RequestId; empty when there is none
/// KMS API: `__type` (or `code`, or x-amzn-ErrorType) and `message` (or `Message`) of a JSON body. Never throws: a body that is
/// no JSON gives what the headers say.
[[nodiscard]] ServiceFault readJsonFault(const HttpReply& reply);
/// "com.amazonaws.kms#NotFoundException:http://…" is NotFoundException.
[[nodiscard]] std::string plainCode(std::string_view type);

/// The exception for an error reply. Without a code that is known, the HTTP status decides what kind of failure it is.
[[nodiscard]] KmsError kmsError(const HttpReply& reply, const ServiceFault& fault, const std::string& action, const Text& place);

}  // namespace keyconvoy::kms
