#include "pkcs11/token_choice.h"

#include "core/text.h"
#include "pkcs11/module_impl.h"
#include "pkcs11/token_uri.h"

#include <algorithm>
#include <iterator>

namespace keyconvoy::pkcs11 {

namespace {

[[noreturn]] void throwNoSuchToken(const std::vector<SlotToken>& tokens, const TokenSelector& selector) {
    std::vector<Text> present;
    present.reserve(tokens.size());
    for (const SlotToken& token : tokens) {
        present.push_back(tokenInWords(token.description));
    }
    throw Error{ErrorKind::NotFound, KC_TEXT("Token", "token with %1").with(inWords(selector)),
                present.empty() ? KC_TEXT("Token", "the module has no initialised token")
                                : KC_TEXT("Token", "no token matches; present: %1").with(joinedByCommas(std::move(present))),
                KC_TEXT("Token",
                        "check that the token is connected and the name is right (%1); for a software token, that its "
                        "configuration is the right one")
                    .with(typedAs("'token list'"))};
}

[[noreturn]] void throwSeveralTokens(const std::vector<SlotToken>& matching, const TokenSelector& selector) {
    std::vector<Text> list;
    list.reserve(matching.size());
    for (const SlotToken& token : matching) {
        list.push_back(arranged("%1: %2").with(tokenInWords(token.description)).with(token.description.uri));
    }
    throw Error{ErrorKind::Refused, KC_TEXT("Token", "token with %1").with(inWords(selector)),
                KC_TEXT("Token", "%1 tokens match: %2")
                    .with(matching.size())
                    .with(joined(std::move(list), KC_TEXT("Token", "%1 and %2"))),
                KC_TEXT("Token", "name the token by its URI with the serial, or disconnect the other one")};
}

}  // namespace

SlotToken chooseToken(const Module& module, const TokenSelector& selector) {
    std::vector<SlotToken> tokens = module.impl().slots();
    std::erase_if(tokens, [](const SlotToken& token) { return !token.description.initialised; });
    std::vector<SlotToken> matching;
    std::ranges::copy_if(tokens, std::back_inserter(matching),
                         [&](const SlotToken& token) { return matches(selector, token.description); });
    if (matching.empty()) {
        throwNoSuchToken(tokens, selector);
    }
    if (matching.size() > 1) {
        throwSeveralTokens(matching, selector);
    }
    return std::move(matching.front());
}

}  // namespace keyconvoy::pkcs11
