#include "tests/pkcs11/memory_scan.h"

#include "core/file_descriptor.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <vector>

namespace keyconvoy::tests {

namespace {

struct Region {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
};

/// Larger ones are the address space that sanitizers reserve.
constexpr std::size_t largestRegion = std::size_t{1} << 30U;

/// The region without the part that `hole` covers.
void addWithout(std::vector<Region>& regions, const Region& region, const Region& hole) {
    const Region before{region.begin, std::min(region.end, hole.begin)};
    const Region behind{std::max(region.begin, hole.end), region.end};
    for (const Region& part : {before, behind}) {
        if (part.begin < part.end && part.end - part.begin <= largestRegion) {
            regions.push_back(part);
        }
    }
}

std::vector<Region> readableRegionsWithout(const Region& hole) {
    std::vector<Region> regions;
    std::ifstream maps{"/proc/self/maps"};
    for (std::string line; std::getline(maps, line);) {
        std::istringstream fields{line};
        Region region;
        char dash = 0;
        std::string permissions;
        fields >> std::hex >> region.begin >> dash >> region.end >> permissions;
        if (permissions.starts_with('r') && line.find("[v") == std::string::npos) {  // not the kernel's own pages
            addWithout(regions, region, hole);
        }
    }
    return regions;
}

/// Pages of its own, so that the scan can leave them out.
class Window {
public:
    static constexpr std::size_t size = 1U << 20U;
    Window()
        : m_data{static_cast<std::uint8_t*>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))} {}
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;
    ~Window() { munmap(m_data, size); }
    [[nodiscard]] std::uint8_t* data() const { return m_data; }
    [[nodiscard]] Region region() const {
        const auto begin = reinterpret_cast<std::uintptr_t>(m_data);
        return {begin, begin + size};
    }

private:
    std::uint8_t* m_data;
};

/// How often `length` octets of the pattern, from `from` on, stand in the data. The library's search for the first of them keeps
/// this fast in a build that is not optimised, too.
std::size_t countPart(const std::uint8_t* data, std::size_t size, const MaskedPattern& pattern, std::size_t from,
                      std::size_t length) {
    std::size_t count = 0;
    const std::uint8_t* const end = data + size;
    while (static_cast<std::size_t>(end - data) >= length) {
        const void* found = std::memchr(data, pattern.octet(from), static_cast<std::size_t>(end - data) - length + 1);
        if (found == nullptr) {
            break;
        }
        data = static_cast<const std::uint8_t*>(found);
        count += pattern.matches(data, from, length) ? 1U : 0U;
        ++data;
    }
    return count;
}

std::size_t countIn(const std::uint8_t* data, std::size_t size, const MaskedPattern& pattern) {
    const std::size_t half = pattern.size() / 2;
    return countPart(data, size, pattern, 0, half) + countPart(data, size, pattern, half, half);
}

}  // namespace

MaskedPattern MaskedPattern::of(ByteView secret) {
    Bytes masked(secret.size());
    std::ranges::transform(secret, masked.begin(), [](std::uint8_t octet) { return static_cast<std::uint8_t>(octet ^ mask); });
    return MaskedPattern{std::move(masked)};
}

bool MaskedPattern::matches(const std::uint8_t* candidate, std::size_t from, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) {
        if ((candidate[i] ^ mask) != m_masked[from + i]) {
            return false;
        }
    }
    return true;
}

std::size_t countInOwnMemory(const MaskedPattern& pattern) {
    const FileDescriptor memory{::open("/proc/self/mem", O_RDONLY | O_CLOEXEC)};
    if (!memory.valid()) {
        throw std::runtime_error{"/proc/self/mem cannot be read"};
    }
    const Window window;
    const std::size_t overlap = pattern.size();
    std::size_t count = 0;
    for (const Region& region : readableRegionsWithout(window.region())) {
        for (std::uintptr_t at = region.begin; at < region.end; at += Window::size - overlap) {
            const std::size_t wanted = std::min<std::size_t>(Window::size, region.end - at);
            const ssize_t got = ::pread(memory.get(), window.data(), wanted, static_cast<off_t>(at));
            count += got > 0 ? countIn(window.data(), static_cast<std::size_t>(got), pattern) : 0U;
        }
    }
    return count;
}

}  // namespace keyconvoy::tests
