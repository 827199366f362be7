#include "pkcs11/module_impl.h"
#include "tests/bench/job_on_token.h"
#include "tests/bench/raw_calls.h"
#include "tests/support/token_fixture.h"
#include "wrapping/opening/open_envelope.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <iostream>
#include <map>

using namespace keyconvoy;

namespace {

constexpr const char* oursName = "ThroughOurInterface";
constexpr const char* rawName = "RawCryptokiCalls";

/// Remembers the shortest of all repetitions, for the ratio: whatever else runs on the machine can only make them longer.
class RatioReporter final : public benchmark::ConsoleReporter {
public:
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (run.aggregate_name == "min") {
                m_shortest[run.run_name.function_name] = run.GetAdjustedCPUTime();
            }
        }
        ConsoleReporter::ReportRuns(runs);
    }

    /// Whether our interface stays within the measure of the design: at most 5 % on top.
    [[nodiscard]] bool printRatio() const {
        if (!m_shortest.contains(oursName) || !m_shortest.contains(rawName)) {
            return true;
        }
        const double percent = (m_shortest.at(oursName) / m_shortest.at(rawName) - 1.0) * 100.0;
        std::cout << "\nour interface over the same raw Cryptoki calls: " << percent << " % on top (at most 5 % allowed)\n";
        return percent <= 5.0;
    }

private:
    std::map<std::string, double> m_shortest;
};

template <class Work>
void registerBenchmark(const char* name, Work& work) {
    benchmark::RegisterBenchmark(name,
                                 [&work](benchmark::State& state) {
                                     for (auto _ : state) {
                                         benchmark::DoNotOptimize(work.run());
                                     }
                                 })
        ->Unit(benchmark::kMicrosecond)
        ->MinTime(0.1)
        ->Repetitions(50)
        ->ReportAggregatesOnly()
        ->ComputeStatistics("min", [](const std::vector<double>& times) { return *std::ranges::min_element(times); });
}

}  // namespace

int main(int count, char** arguments) {
    benchmark::Initialize(&count, arguments);
    tests::SoftHsmToken fixture;
    pkcs11::Token token = fixture.openLoggedIn();
    const wrapping::opening::PkeyPtr ownKey = wrapping::opening::generateRsaKeyPair(4096);
    const auto wrappingKey =
        wrapping::WrappingPublicKey::fromDer(wrapping::opening::publicKeyDer(*ownKey), KC_TEXT("Bench", "the benchmark's key"));

    const pkcs11::Module::Impl& module = fixture.module()->impl();
    bench::JobOnToken ours{token, wrappingKey};
    bench::RawCalls raw{module.functions(), module.slots().front().slot, wrappingKey.rsa()};
    registerBenchmark(oursName, ours);
    registerBenchmark(rawName, raw);

    RatioReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    return reporter.printRatio() ? 0 : 6;
}
