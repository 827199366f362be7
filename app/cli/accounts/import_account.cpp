#include "app/ceremony/expiry.h"
#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

std::string textAt(const Json& object, const char* section, const char* member) {
    const Json value = object.value(section, Json::object()).value(member, Json{});
    return value.is_string() ? value.get<std::string>() : "";
}

/// The expiry as people read it: UTC, local time with zone, weekday, days left at the moment of the import.
Json expiryOf(const Json& result) {
    const std::optional<TimePoint> importedAt = parseRfc3339(textAt(result, "import", "time"));
    Json expiry = Json::object();
    if (importedAt) {
        for (const app::Detail& detail : app::describeExpiry(parseRfc3339(textAt(result, "import", "validTo")), *importedAt)) {
            expiry[toEnglish(detail.name)] = toEnglish(detail.value);
        }
    }
    return expiry;
}

/// What a person has to keep in mind from now on.
Json nextAfterImport(const Json& result) {
    Json next = result.value("next", Json::array());
    if (!next.empty()) {
        return next;
    }
    next.push_back("keep the key on the token: KMS needs the same material again after expiry, deletion or loss");
    next.push_back("make a copy on a second token while you can: keyconvoy key backup --help");
    if (const std::string validTo = textAt(result, "import", "validTo"); !validTo.empty()) {
        next.push_back("import the same material again before " + validTo +
                       "; at that moment KMS deletes it and the KMS key stops working");
    }
    return next;
}

}  // namespace

std::string accountOfImport(const Json& result) {
    Json account = inBrief(without(result, {"startedAt"}));
    if (const auto found = account.find("qualification"); found != account.end() && found->is_object()) {
        *found = without(*found, {"tried"});
    }
    if (Json expiry = expiryOf(result); !expiry.empty()) {
        account["expiry"] = std::move(expiry);
    }
    account["next"] = nextAfterImport(result);
    const std::string outcome = textAt(result, "check", "result");
    const std::string rotated =
        result.at("kms").value("rotatedInThisRun", false) ? "; it is the current material of the KMS key now" : "";
    const std::string headline = outcome == "works" ? "done: the KMS key works; whether it holds the token's key was not checked"
                                                    : "done: the key is in KMS, and the check says " + outcome;
    return headline + rotated + "\n\n" +
           accountOf(arranged(account, {"check", "kms", "expiry", "materialSheet", "import", "key", "wrapping", "parameters",
                                        "qualification", "tokenDetails", "module"}));
}

}  // namespace keyconvoy::cli
