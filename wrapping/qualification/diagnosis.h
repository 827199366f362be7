#pragma once

#include "core/bytes.h"
#include "core/error.h"
#include "wrapping/compatibility.h"

#include <openssl/evp.h>

namespace keyconvoy::wrapping::qualification {

/// Why a blob made under our own key did not open as `choice` says, as exactly as trying the usual slips can tell: another hash,
/// hash and MGF1 hash apart, C1 and C2 swapped, RFC 3394 in place of RFC 5649, a wrong length.
[[nodiscard]] Text whyNotOpened(EVP_PKEY& privateKey, WrappingChoice choice, ByteView blob);

}  // namespace keyconvoy::wrapping::qualification
