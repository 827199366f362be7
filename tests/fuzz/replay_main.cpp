#include "core/bytes.h"
#include "tests/fuzz/fuzz_target.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

/// Runs one fuzz target over every file of the folders named, in builds without libFuzzer. A target that finds a fault aborts;
/// the file named last is the one.
int main(int count, char** arguments) {
    std::size_t inputs = 0;
    for (int i = 1; i < count; ++i) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator{arguments[i]}) {
            if (!entry.is_regular_file()) {
                continue;
            }
            std::cout << entry.path().filename().string() << std::endl;  // flushed: the next line may abort
            std::ifstream file{entry.path(), std::ios::binary};
            const std::string content{std::istreambuf_iterator<char>{file}, {}};
            const keyconvoy::ByteView bytes = keyconvoy::asBytes(content);
            LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
            ++inputs;
        }
    }
    std::cout << inputs << " inputs\n";
    return inputs > 0 ? 0 : 1;
}
