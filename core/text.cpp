#include "core/text.h"

namespace keyconvoy {

Text typedAs(const char* spelling) {
    return Text{typedAsContext.data(), spelling, {}};
}

Text shellCommand(const char* command) {
    return arranged(command);
}

Text arranged(const char* pattern) {
    return Text{"", pattern, {}};
}

Text joined(std::vector<Text> parts, const Text& between) {
    Text whole;
    for (Text& part : parts) {
        whole = whole.empty() ? std::move(part) : Text{between}.with(std::move(whole)).with(std::move(part));
    }
    return whole;
}

Text joinedBySemicolons(std::vector<Text> parts) {
    return joined(std::move(parts), arranged("%1; %2"));
}

Text joinedByCommas(std::vector<Text> parts) {
    return joined(std::move(parts), arranged("%1, %2"));
}

}  // namespace keyconvoy
