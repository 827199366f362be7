#include "core/file_descriptor.h"
#include "pkcs11/module_profile.h"
#include "tests/fuzz/fuzz_target.h"

#include <string>
#include <sys/mman.h>

using namespace keyconvoy;

/// The profile is read from a file by name: one that lives in memory only.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const FileDescriptor file{::memfd_create("profile", MFD_CLOEXEC)};
    fuzz::require(file.valid() && ::write(file.get(), data, size) == static_cast<ssize_t>(size));
    const std::string name = "/proc/self/fd/" + std::to_string(file.get());
    const auto profile = fuzz::valueOrRefusal([&] { return pkcs11::ModuleProfile::fromTomlFile(name); });
    fuzz::require(!profile || !profile->library.empty());
    return 0;
}
