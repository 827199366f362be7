#include "app/ceremony/wrapping_route.h"

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

std::string joined(const std::vector<std::string>& parts, const char* separator) {
    std::string text;
    for (const std::string& part : parts) {
        text += (text.empty() ? "" : separator) + part;
    }
    return text;
}

/// What SHA-1 would open up, for the remedy of a refusal.
std::vector<std::string> sha1Choices(KeySpec keySpec, const WrappingWish& wish) {
    WrappingWish withSha1 = wish;
    withSha1.algorithm.reset();
    withSha1.allowSha1 = Sha1Permission{};
    std::vector<std::string> names;
    for (const WrappingChoice& choice : wrappingCandidates(keySpec, withSha1)) {
        if (usesSha1(choice)) {
            names.emplace_back(nameOf(wrappingAlgorithmNames, choice.algorithm));
        }
    }
    return names;
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
                    KC_TEXT("WrappingRoute", "name another --wrapping-algorithm or --wrapping-key-spec, or leave them out")};
    }
    if (wish.algorithm && usesSha1(asked) && !wish.allowSha1) {
        throw Error{
            ErrorKind::Refused, place(keySpec),
            KC_TEXT("WrappingRoute", "%1 uses SHA-1, which is taken only knowingly")
                .with(nameOf(wrappingAlgorithmNames, asked.algorithm)),
            KC_TEXT("WrappingRoute",
                    "use the SHA-256 form, or say why SHA-1 it is with --allow-sha1 REASON: OAEP does not rest on its collision "
                    "resistance, yet standards phase it out")};
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
    std::vector<std::string> reasons;
    for (const Candidate& candidate : m_candidates) {
        reasons.push_back(describe(candidate.combination) + ": " + toEnglish(candidate.result->explanation));
    }
    const std::vector<std::string> sha1 = m_wish.allowSha1 ? std::vector<std::string>{} : sha1Choices(m_keySpec, m_wish);
    const char* otherToken = accepts(m_keySpec, {WrappingAlgorithm::RsaesOaepSha256, m_wish.keySpec})
                                 ? "CKM_RSA_PKCS_OAEP with SHA-256"
                                 : "CKM_RSA_AES_KEY_WRAP, or CKM_AES_KEY_WRAP_KWP and CKM_RSA_PKCS_OAEP, with SHA-256";
    Text remedy = sha1.empty()
                      ? KC_TEXT("WrappingRoute", "use a token that does %1 rightly; nothing is ever wrapped outside the token")
                            .with(otherToken)
                      : KC_TEXT("WrappingRoute",
                                "use a token that does %1 rightly; or have %2 tried too, with --allow-sha1 REASON; nothing is "
                                "ever wrapped outside the "
                                "token")
                            .with(otherToken)
                            .with(joined(sha1, " and "));
    throw Error{
        ErrorKind::Refused,
        KC_TEXT("WrappingRoute", "token %1, wrapping for %2")
            .with(m_parts.token().description().label)
            .with(nameOf(keySpecNames, m_keySpec)),
        reasons.empty()
            ? KC_TEXT("WrappingRoute",
                      "this key may be wrapped under trusted keys only, so only RSAES_OAEP would do, and KMS does not take "
                      "that for this key spec")
            : KC_TEXT("WrappingRoute", "it cannot wrap such a key in any allowed way. %1").with(joined(reasons, "; ")),
        std::move(remedy)};
}

Details WrappingRoute::forReview() const {
    Details details{
        {KC_TEXT("WrappingRoute", "wrapping algorithm"), std::string{nameOf(wrappingAlgorithmNames, m_plan.choice.algorithm)}},
        {KC_TEXT("WrappingRoute", "wrapping key spec"), std::string{nameOf(wrappingKeySpecNames, m_plan.choice.keySpec)}},
        {KC_TEXT("WrappingRoute", "done on the token by"), pkcs11::describe(m_plan.recipe)},
        {KC_TEXT("WrappingRoute", "qualified"), toRfc3339(m_result->date) + (m_reused ? ", kept from then" : ", in this run")},
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
