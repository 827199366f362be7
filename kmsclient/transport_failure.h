#pragma once

#include "kmsclient/transport.h"

#include <cstdint>
#include <string_view>

namespace keyconvoy::kms {

/// Why a connection that stands was not used.
enum class Refusal : std::uint8_t { None, NoVerifiedChain, ForeignRoot, PlainHttpElsewhere };

/// How far a transfer came.
struct TransferProgress {
    Refusal refusal = Refusal::None;
    bool requestBegun = false;  ///< at least a part of the request may have left
    int proxyStatus = 0;        ///< of the proxy's answer to CONNECT; 0 when there was none
    bool tooLarge = false;      ///< the reply was longer than is read
    bool replyTooLate = false;  ///< the request was sent, and its reply was not complete in time
};

/// Turns libcurl's code (a CURLcode) into the exception that says what happened, whether the request may have been received, and
/// what can be done.
[[noreturn]] void throwTransferFailed(int code, std::string_view curlText, const TransferProgress& progress,
                                      const ConnectionEvidence& connection, const Text& place);

}  // namespace keyconvoy::kms
