#include "pkcs11/token_choice.h"

#include "pkcs11/module_impl.h"
#include "pkcs11/token_uri.h"

#include <algorithm>
#include <iterator>

namespace keyconvoy::pkcs11 {

namespace {

[[noreturn]] void throwNoSuchToken(const std::vector<SlotToken>& tokens, const TokenSelector& selector) {
    std::string present;
    for (const SlotToken& token : tokens) {
        present += (present.empty() ? "" : ", ") + tokenInWords(token.description);
    }
    throw Error{ErrorKind::NotFound, KC_TEXT("Token", "token with %1").with(inWords(selector)),
                present.empty() ? KC_TEXT("Token", "the module has no initialised token")
                                : KC_TEXT("Token", "no token matches; present: %1").with(present),
                KC_TEXT("Token",
                        "check that the token is connected and the name is right ('token list'); for a software token, that its "
                        "configuration is the right one")};
}

[[noreturn]] void throwSeveralTokens(const std::vector<SlotToken>& matching, const TokenSelector& selector) {
    std::string list;
    for (const SlotToken& token : matching) {
        list += (list.empty() ? "" : " and ") + tokenInWords(token.description) + ": " + token.description.uri;
    }
    throw Error{ErrorKind::Refused, KC_TEXT("Token", "token with %1").with(inWords(selector)),
                KC_TEXT("Token", "%1 tokens match: %2").with(matching.size()).with(list),
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
