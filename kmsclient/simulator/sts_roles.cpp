#include "kmsclient/simulator/sts_roles.h"

#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/form.h"
#include "kmsclient/simulator/request_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

constexpr std::int64_t usualSeconds = 3600;
constexpr std::int64_t mostSecondsOfAChain = 3600;
constexpr int forbidden = 403;

constexpr bool isWordCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

template <const auto& more>
bool consistsOfWordsAnd(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return isWordCharacter(c) || std::string_view{more}.find(c) != std::string_view::npos; });
}

constexpr std::string_view sessionMarks = "+=,.@-";
constexpr std::string_view externalMarks = "+=,.@:/-";
constexpr std::string_view serialMarks = "+=/:,.@-";
constexpr Pattern sessionName{"[\\w+=,.@-]*", &consistsOfWordsAnd<sessionMarks>};
constexpr Pattern externalId{"[\\w+=,.@:\\/-]*", &consistsOfWordsAnd<externalMarks>};
constexpr Pattern serialNumber{"[\\w+=/:,.@-]*", &consistsOfWordsAnd<serialMarks>};
constexpr Pattern digits{
    "[\\d]*", [](std::string_view text) { return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }); }};

constexpr MemberRule roleArn{.name = "RoleArn", .smallest = 20, .largest = 2048, .required = true};
constexpr MemberRule roleSessionName{
    .name = "RoleSessionName", .smallest = 2, .largest = 64, .pattern = &sessionName, .required = true};
constexpr MemberRule durationSeconds{.name = "DurationSeconds", .kind = MemberKind::Integer, .smallest = 900, .largest = 43200};

constexpr std::array<MemberRule, 6> assumeRoleRules{
    roleArn,
    roleSessionName,
    durationSeconds,
    MemberRule{.name = "ExternalId", .smallest = 2, .largest = 1224, .pattern = &externalId},
    MemberRule{.name = "SerialNumber", .smallest = 9, .largest = 256, .pattern = &serialNumber},
    MemberRule{.name = "TokenCode", .smallest = 6, .largest = 6, .pattern = &digits}};
constexpr std::array<MemberRule, 5> webIdentityRules{
    roleArn, roleSessionName, MemberRule{.name = "WebIdentityToken", .smallest = 4, .largest = 20000, .required = true},
    MemberRule{.name = "ProviderId", .smallest = 4, .largest = 2048}, durationSeconds};

/// What would narrow or mark a session is refused: nothing here would look at it.
constexpr std::array<std::string_view, 6> leftOut{"Policy",         "PolicyArns.",      "Tags.", "TransitiveTagKeys.",
                                                  "SourceIdentity", "ProvidedContexts."};

[[noreturn]] void throwInvalid(std::string message) {
    throw ApiError{"ValidationError", std::move(message)};
}

/// Numbers come as text; one that is none is left for the rules to refuse.
Json withNumbers(Json form, std::span<const MemberRule> rules) {
    for (const MemberRule& rule : rules) {
        const auto member = form.find(rule.name);
        if (rule.kind != MemberKind::Integer || member == form.end()) {
            continue;
        }
        const std::string text = *member;
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc{} && end == text.data() + text.size()) {
            *member = number;
        }
    }
    return form;
}

/// The same constraints as in KMS under another name.
Json checkedForm(const Json& form, std::span<const MemberRule> rules) {
    for (const auto& [name, value] : form.items()) {
        const bool refused = std::ranges::any_of(leftOut, [&name = name](std::string_view start) {
            return start.ends_with('.') ? name.starts_with(start) : name == start;
        });
        if (refused) {
            throwInvalid(name + " is not part of this simulator.");
        }
    }
    Json request = withNumbers(form, rules);
    try {
        checkRequest(request, rules);
    } catch (const ApiError& error) {
        throwInvalid(error.message().value_or(""));
    }
    return request;
}

struct RoleName {
    std::string account, path;
};

std::optional<RoleName> roleNamed(const std::string& arn) {
    constexpr std::string_view start = "arn:aws:iam::";
    constexpr std::size_t accountDigits = 12;
    constexpr std::string_view kind = ":role/";
    const bool printable = std::ranges::all_of(arn, [](char c) { return c > ' ' && c <= '~'; });
    if (printable && arn.starts_with(start) && arn.size() > start.size() + accountDigits + kind.size() && !arn.ends_with('/') &&
        arn.compare(start.size() + accountDigits, kind.size(), kind) == 0) {
        return RoleName{.account = arn.substr(start.size(), accountDigits),
                        .path = arn.substr(start.size() + accountDigits + kind.size())};
    }
    return std::nullopt;
}

RoleName requireRole(const std::string& arn) {
    if (auto role = roleNamed(arn)) {
        return *std::move(role);
    }
    throwInvalid(arn + " is invalid");
}

AssumedRole openSession(const Json& request, const RoleName& role, const SessionSealer& sessions, TimePoint now) {
    const std::chrono::seconds duration{request.value("DurationSeconds", usualSeconds)};
    AssumedRole assumed;
    assumed.session = sessionOf(role.account, role.path, request.at("RoleSessionName").get<std::string>());
    assumed.end = std::chrono::floor<std::chrono::seconds>(now + duration);
    assumed.credentials = sessions.seal(assumed.session, assumed.end);
    return assumed;
}

std::string textClaim(const Json& claims, const char* name) {
    const auto claim = claims.find(name);
    return claim != claims.end() && claim->is_string() ? claim->get<std::string>() : "";
}

WebIdentity identityIn(const Json& claims) {
    return {.subject = textClaim(claims, "sub"), .provider = textClaim(claims, "iss"), .audience = textClaim(claims, "aud")};
}

Json requireClaims(const Json& request, TimePoint now) {
    const auto claims = claimsOf(request.at("WebIdentityToken").get_ref<const std::string&>());
    if (!claims || textClaim(*claims, "sub").empty() || !claims->contains("exp") || !claims->at("exp").is_number_integer()) {
        throw ApiError{"InvalidIdentityToken",
                       "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access "
                       "Token)"};
    }
    const std::int64_t end = claims->at("exp");
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (end <= seconds) {
        throw ApiError{"ExpiredTokenException", "Token expired: current date/time " + std::to_string(seconds) +
                                                    " must be before the expiration date/time " + std::to_string(end)};
    }
    return *claims;
}

}  // namespace

AssumedRole assumeRole(const Json& form, const Caller& caller, const SessionSealer& sessions, TimePoint now) {
    const Json request = checkedForm(form, assumeRoleRules);
    const std::string arn = request.at("RoleArn");
    const RoleName role = requireRole(arn);
    if (!servesAccount(role.account)) {
        throw ApiError{"AccessDenied",
                       "User: " + caller.arn + " is not authorized to perform: sts:AssumeRole on resource: " + arn, forbidden};
    }
    if (isSession(caller) && request.value("DurationSeconds", usualSeconds) > mostSecondsOfAChain) {
        throwInvalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
    }
    return openSession(request, role, sessions, now);
}

AssumedByWebIdentity assumeRoleWithWebIdentity(const Json& form, const SessionSealer& sessions, TimePoint now) {
    const Json request = checkedForm(form, webIdentityRules);
    const RoleName role = requireRole(request.at("RoleArn"));
    const Json claims = requireClaims(request, now);
    if (!servesAccount(role.account)) {
        throw ApiError{"AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", forbidden};
    }
    return {.role = openSession(request, role, sessions, now), .identity = identityIn(claims)};
}

std::optional<WebIdentityRequest> readWebIdentityRequest(const Json& form) {
    const auto role = roleNamed(form.value("RoleArn", ""));
    const auto claims = claimsOf(form.value("WebIdentityToken", ""));
    if (!role || !servesAccount(role->account) || !claims || textClaim(*claims, "sub").empty()) {
        return std::nullopt;
    }
    return WebIdentityRequest{.identity = identityIn(*claims), .account = role->account};
}

}  // namespace keyconvoy::kms::simulator
