#include "tests/kmsclient/failure_matchers.h"

namespace keyconvoy::tests {

testing::AssertionResult fails(const std::optional<Failure>& failure, ErrorKind kind, const std::string& words) {
    if (!failure) {
        return testing::AssertionFailure() << "it succeeded";
    }
    const std::string all = toEnglish(failure->place) + " | " + toEnglish(failure->cause) + " | " + toEnglish(failure->remedy) +
                            " | " + failure->code + " | " + failure->serviceText;
    const bool complete = !failure->place.empty() && !failure->cause.empty() && !failure->remedy.empty();
    if (!complete || failure->kind != kind || all.find(words) == std::string::npos) {
        return testing::AssertionFailure() << toString(failure->kind) << ": " << all << "\nwanted " << toString(kind)
                                           << " with \"" << words << "\"";
    }
    return testing::AssertionSuccess();
}

}  // namespace keyconvoy::tests
