#pragma once

#include "core/strict_json.h"

#include <initializer_list>
#include <string>
#include <string_view>

/// Results as a person reads them; `--json` has everything. Each turns a job's result into a calm account.
namespace keyconvoy::cli {

/// Token and module in the few values that tell them apart, the rest as it is.
[[nodiscard]] std::string accountInBrief(const Json& result);
/// The check first, then the KMS key, the token key, and what the import rests on. For import and check.
[[nodiscard]] std::string accountOfImport(const Json& result);
[[nodiscard]] std::string accountOfWrap(const Json& result);
[[nodiscard]] std::string accountOfDoctor(const Json& result);
[[nodiscard]] std::string accountOfKeys(const Json& result);
[[nodiscard]] std::string accountOfQualification(const Json& result);
/// One line for each key, the most urgent first, and what could not be read.
[[nodiscard]] std::string accountOfKmsKeys(const Json& result);
[[nodiscard]] std::string accountOfKmsKey(const Json& result);
[[nodiscard]] std::string accountOfNewKmsKey(const Json& result);
/// One line for each Region, then what was done.
/// "FILE:LINE: problem: FIELD: what", as compilers say it, each with its remedy.
[[nodiscard]] std::string accountOfPlanFindings(const Json& result, const std::string& file);
[[nodiscard]] std::string accountOfReplication(const Json& result);
[[nodiscard]] std::string accountOfRehearsal(const Json& result);
/// The story of a rehearsed scenario, a paragraph for each thing that happened.
[[nodiscard]] std::string accountOfStory(const Json& result);

/// The named members first, in this order, where they are there; then the others.
[[nodiscard]] Json arranged(const Json& object, std::initializer_list<std::string_view> order);
/// A copy without the named members.
[[nodiscard]] Json without(Json object, std::initializer_list<std::string_view> names);
/// Only the named members, in this order, where they are there.
[[nodiscard]] Json only(const Json& object, std::initializer_list<std::string_view> names);
/// Token and module members cut down to what tells them apart.
[[nodiscard]] Json inBrief(Json result);

}  // namespace keyconvoy::cli
