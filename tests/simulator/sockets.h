#pragma once

#include "core/file_descriptor.h"

#include <string>
#include <string_view>

namespace keyconvoy::tests {

[[nodiscard]] FileDescriptor connectToLoopback(int port);
void sendAll(const FileDescriptor& socket, std::string_view octets);
/// The other side reads the end of what was sent; it can still be listened to.
void endSending(const FileDescriptor& socket);
/// Until the other side closes, or two minutes pass without an octet.
[[nodiscard]] std::string receiveAll(const FileDescriptor& socket);
/// Until `marker` has come, with everything up to and after it that came along.
[[nodiscard]] std::string receiveUntil(const FileDescriptor& socket, std::string_view marker);

}  // namespace keyconvoy::tests
