#include "app/ceremony/wrapping_route.h"

#include "core/text.h"
#include "pkcs11/in_words.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

using namespace wrapping;
using pkcs11::OaepHash;

namespace {

Text place(KeySpec keySpec) {
    return KC_TEXT("WrappingRoute", "wrapping for %1").with(nameOf(keySpecNames, keySpec));
}

bool usesSha1(WrappingChoice choice) {
    return hashOf(choice.algorithm) == OaepHash::Sha1;
}

}  // namespace

std::vector<WrappingChoice> wrappingCandidates(KeySpec keySpec, const WrappingWish& wish) {
    if (wish.algorithm) {
        return {WrappingChoice{*wish.algorithm, wish.keySpec}};
    }
    std::vector<WrappingChoice> choices;
    for (const OaepHash hash : {OaepHash::Sha256, OaepHash::Sha1}) {
        for (const WrappingFamily family : {WrappingFamily::RsaesOaep, WrappingFamily::RsaAesKeyWrap}) {
            const WrappingChoice choice{algorithmOf(family, hash), wish.keySpec};
            const bool allowed = hash == OaepHash::Sha256 || wish.allowSha1;
            if (allowed && accepts(keySpec, choice)) {
                choices.push_back(choice);
            }
        }
    }
    return choices;
}

void checkWrappingWish(KeySpec keySpec, const WrappingWish& wish) {
    if (wish.allowSha1 && wish.allowSha1->reason.find_first_not_of(" \t") == std::string::npos) {
        throw Error{ErrorKind::InvalidInput, place(keySpec), KC_TEXT("WrappingRoute", "SHA-1 is allowed without a reason"),
                    KC_TEXT("WrappingRoute", "give the reason; it is kept in the result")};
    }
    const WrappingChoice asked{wish.algorithm.value_or(strongestChoice(keySpec).algorithm), wish.keySpec};
    if (auto rule = wish.algorithm || wrappingCandidates(keySpec, wish).empty() ? whyRefused(keySpec, asked) : std::nullopt) {
        throw Error{ErrorKind::Refused, place(keySpec), std::move(*rule),
                    KC_TEXT("WrappingRoute", "name another %1 or %2, or leave them out")
                        .with(typedAs("--wrapping-algorithm"))
                        .with(typedAs("--wrapping-key-spec"))};
    }
    if (wish.algorithm && usesSha1(asked) && !wish.allowSha1) {
        throw Error{ErrorKind::Refused, place(keySpec),
                    KC_TEXT("WrappingRoute", "%1 uses SHA-1, which is taken only knowingly")
                        .with(nameOf(wrappingAlgorithmNames, asked.algorithm)),
                    KC_TEXT("WrappingRoute",
                            "use the SHA-256 form, or say why SHA-1 it is with %1: OAEP does not rest on its collision "
                            "resistance, yet standards phase it out")
                        .with(typedAs("--allow-sha1 REASON"))};
    }
}

WrappingRoute::WrappingRoute(KeySpec keySpec, WrappingWish wish, Parts parts, const RunContext& context)
    : m_keySpec{keySpec}, m_wish{std::move(wish)}, m_parts{std::move(parts)}, m_context{context} {
    checkWrappingWish(m_keySpec, m_wish);
}

Step WrappingRoute::qualificationStep() {
    return Step{"token.qualification", KC_TEXT("WrappingRoute", "find out how this token can wrap such a key"),
                [this](const Answer* answer, Details& details) { return run(answer, details); }};
}

std::optional<Question> WrappingRoute::run(const Answer* answer, Details& details) {
    if (answer == nullptr) {
        m_qualifier.emplace(m_parts.qualificationFolder);
        lookUpKeptResults();
        if (const auto combinations = stillToBeTried(); !combinations.empty()) {
            return throwAwayQuestion(m_parts.token().description(), combinations);
        }
    }
    qualifyInTurn();
    append(details, forReview());
    return std::nullopt;
}

void WrappingRoute::lookUpKeptResults() {
    for (const WrappingChoice& choice : wrappingCandidates(m_keySpec, m_wish)) {
        if (m_parts.bareOaepOnly() && familyOf(choice.algorithm) != WrappingFamily::RsaesOaep) {
            continue;
        }
        const Combination combination{m_keySpec, choice};
        auto kept = m_qualifier->kept(m_parts.token(), combination);
        const bool reused = kept.has_value();
        m_candidates.push_back({.combination = combination, .result = std::move(kept), .reused = reused});
    }
}

/// Nothing when a kept result settles the matter: one that qualified before any untried candidate, or all of them kept.
std::vector<WrappingRoute::Combination> WrappingRoute::stillToBeTried() const {
    std::vector<Combination> combinations;
    for (const Candidate& candidate : m_candidates) {
        if (candidate.result && candidate.result->chosen) {
            break;
        }
        if (!candidate.result) {
            combinations.push_back(candidate.combination);
        }
    }
    return combinations;
}

void WrappingRoute::qualifyInTurn() {
    for (Candidate& candidate : m_candidates) {
        m_context.checkNotStopped();
        if (!candidate.result) {
            candidate.result = m_qualifier->run(m_parts.token(), candidate.combination, m_context);
        }
        if (candidate.result->chosen) {
            choose(*candidate.result, candidate.reused);
            return;
        }
    }
    throwNothingQualifies();
}

void WrappingRoute::choose(const Result& result, bool reused) {
    m_plan = WrapPlan{m_keySpec, result.combination.choice, *result.chosen};
    m_result = result;
    m_reused = reused;
    std::ranges::copy(m_qualifier->findings(), std::back_inserter(m_findings));
    if (usesSha1(m_plan.choice)) {
        m_findings.push_back(
            {.level = FindingLevel::Warning,
             .what = KC_TEXT("WrappingRoute", "SHA-1 is used in OAEP. Reason given: %1").with(m_wish.allowSha1->reason),
             .remedy = KC_TEXT("WrappingRoute", "use a token that does OAEP with SHA-256 when you can")});
    }
}

void WrappingRoute::throwNothingQualifies() const {
    Failure failure;
    failure.kind = ErrorKind::Refused;
    failure.place = KC_TEXT("WrappingRoute", "token %1, wrapping for %2")
                        .with(m_parts.token().description().label)
                        .with(nameOf(keySpecNames, m_keySpec));
    failure.cause = KC_TEXT("WrappingRoute", "it cannot wrap such a key in any allowed way");
    failure.remedy = wayOut();
    for (const Candidate& candidate : m_candidates) {
        std::ranges::move(toFailureDetails(*candidate.result), std::back_inserter(failure.details));
        if (candidate.reused) {
            failure.details.push_back({inWords(candidate.combination),
                                       KC_TEXT("WrappingRoute", "not tried in this run: kept from %1; %2 tries again")
                                           .with(toRfc3339(candidate.result->date))
                                           .with(typedAs("keyconvoy token qualify --again")),
                                       {}});
        }
    }
    if (m_candidates.empty()) {
        failure.cause =
            KC_TEXT("WrappingRoute",
                    "this key may be wrapped under trusted keys only, so only RSAES_OAEP would do, and KMS does not take "
                    "that for this key spec");
    }
    throw Error{std::move(failure)};
}

/// From results on record only: nothing was tried that nobody asked for.
Text WrappingRoute::wayOut() const {
    const bool oaep = accepts(m_keySpec, {WrappingAlgorithm::RsaesOaepSha256, m_wish.keySpec});
    const Text otherToken =
        oaep ? KC_TEXT("WrappingRoute", "CKM_RSA_PKCS_OAEP with SHA-256")
             : KC_TEXT("WrappingRoute", "CKM_RSA_AES_KEY_WRAP, or CKM_AES_KEY_WRAP_KWP and CKM_RSA_PKCS_OAEP, with SHA-256");
    Text elsewhere =
        KC_TEXT("WrappingRoute", "use a token that does %1 rightly; nothing is ever wrapped outside the token").with(otherToken);
    if (m_candidates.empty()) {
        return elsewhere;
    }
    Qualifier::OtherAlgorithms others = m_qualifier->othersOnRecord(m_parts.token(), m_candidates.front().combination);
    const auto ruledOut = [this](WrappingAlgorithm algorithm) {
        return m_parts.bareOaepOnly() && familyOf(algorithm) != WrappingFamily::RsaesOaep;
    };
    std::erase_if(others.shown, ruledOut);
    std::erase_if(others.unknown, ruledOut);
    if (others.shown.empty() && others.unknown.empty()) {
        return elsewhere;
    }
    return KC_TEXT("WrappingRoute", "%1; another token must do %2 rightly; nothing is ever wrapped outside the token")
        .with(adviceAfterRefusal(m_candidates.front().combination, others))
        .with(otherToken);
}

std::vector<FailureDetail> WrappingRoute::throwAwayKeys() const {
    return m_qualifier ? toFailureDetails(m_qualifier->throwAwayKeys()) : std::vector<FailureDetail>{};
}

Details WrappingRoute::forReview() const {
    Details details{
        {KC_TEXT("WrappingRoute", "wrapping algorithm"), std::string{nameOf(wrappingAlgorithmNames, m_plan.choice.algorithm)}},
        {KC_TEXT("WrappingRoute", "wrapping key spec"), std::string{nameOf(wrappingKeySpecNames, m_plan.choice.keySpec)}},
        {KC_TEXT("WrappingRoute", "done on the token by"), pkcs11::inWords(m_plan.recipe)},
        {KC_TEXT("WrappingRoute", "qualified"),
         (m_reused ? KC_TEXT("WrappingRoute", "%1, kept from then") : KC_TEXT("WrappingRoute", "%1, in this run"))
             .with(toRfc3339(m_result->date))},
        {KC_TEXT("WrappingRoute", "strength, bits"), KC_TEXT("WrappingRoute", "wrap %1, key %2")
                                                         .with(std::to_string(strengthBits(m_plan.choice.keySpec)))
                                                         .with(std::to_string(strengthBits(m_keySpec)))}};
    if (usesSha1(m_plan.choice)) {
        details.push_back({KC_TEXT("WrappingRoute", "SHA-1 because"), m_wish.allowSha1->reason});
    }
    return details;
}

Json WrappingRoute::toJson() const {
    return {{"algorithm", nameOf(wrappingAlgorithmNames, m_plan.choice.algorithm)},
            {"keySpec", nameOf(wrappingKeySpecNames, m_plan.choice.keySpec)},
            {"recipe", pkcs11::describe(m_plan.recipe)},
            {"sha1Reason", usesSha1(m_plan.choice) ? Json(m_wish.allowSha1->reason) : Json(nullptr)}};
}

Json WrappingRoute::qualificationJson() const {
    Json tried = Json::array();
    for (const Candidate& candidate : m_candidates) {
        if (candidate.result) {
            tried.push_back(qualificationRow(*candidate.result, candidate.reused));
        }
    }
    return {{"date", toRfc3339(m_result->date)},
            {"reused", m_reused},
            {"explanation", toEnglish(m_result->explanation)},
            {"tried", std::move(tried)}};
}

}  // namespace keyconvoy::app
