#include "app/cli/option_sets.h"

#include "app/cli/option_table.h"

#include <algorithm>

namespace keyconvoy::cli {

Options moduleOptions() {
    return {&option::module, &option::moduleInit, &option::moduleEnv, &option::moduleProfile};
}

Options logInOptions() {
    return moduleOptions() + Options{&option::token, &option::pinSource, &option::allowFinalTry};
}

Options kmsOptions() {
    return {&option::profile,        &option::region,       &option::endpointUrl, &option::caBundle, &option::requireAmazonRoots,
            &option::connectTimeout, &option::replyTimeout, &option::rehearsal};
}

Options severalKmsOptions() {
    Options options = kmsOptions();
    std::ranges::replace(options, &option::profile, &option::profiles);
    std::ranges::replace(options, &option::region, &option::regions);
    return options;
}

Options outputOptions() {
    return {&option::json, &option::quiet, &option::help};
}

Options questionOptions() {
    return Options{&option::yes} + outputOptions();
}

Options operator+(Options left, const Options& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

}  // namespace keyconvoy::cli
