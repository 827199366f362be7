#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

void shorten(Json& result, const char* name, std::initializer_list<std::string_view> members) {
    if (const auto found = result.find(name); found != result.end() && found->is_object()) {
        *found = only(*found, members);
    }
}

/// Every account of work with a software token says so in this form.
Json kindOf(const Json& token) {
    return token.value("software", false) ? "software (its keys are files of this user and memory of this process)"
                                          : "not known as a software token";
}

Json tokenInBrief(const Json& token) {
    Json brief;
    brief["token"] = kindOf(token);
    brief.update(only(token, {"label", "serial", "model", "firmwareVersion", "login"}));
    return brief;
}

}  // namespace

Json arranged(const Json& object, std::initializer_list<std::string_view> order) {
    Json result = only(object, order);
    for (const auto& [name, value] : object.items()) {
        if (!result.contains(name)) {
            result[name] = value;
        }
    }
    return result;
}

Json without(Json object, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        object.erase(std::string{name});
    }
    return object;
}

Json only(const Json& object, std::initializer_list<std::string_view> names) {
    Json result = Json::object();
    for (const std::string_view name : names) {
        if (const auto found = object.find(std::string{name}); found != object.end()) {
            result[std::string{name}] = *found;
        }
    }
    return result;
}

Json inBrief(Json result) {
    if (result.contains("tokenDetails")) {
        result.erase("token");  // the details say it, too
    }
    for (const char* name : {"token", "tokenDetails", "backupToken"}) {
        if (const auto found = result.find(name); found != result.end() && found->is_object() && found->contains("serial")) {
            *found = tokenInBrief(*found);
        }
    }
    shorten(result, "module", {"path", "description", "libraryVersion", "sha256"});
    return result;
}

std::string accountInBrief(const Json& result) {
    return accountOf(arranged(inBrief(result), {"key"}));
}

}  // namespace keyconvoy::cli
