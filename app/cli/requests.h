#pragma once

#include "app/ceremony/check_after_import.h"
#include "app/ceremony/import_job.h"
#include "app/ceremony/plan.h"
#include "app/cli/command.h"
#include "app/station/station.h"
#include "wrapping/qualification/qualification.h"

#include <filesystem>
#include <optional>
#include <vector>

/// Options turned into the parts of requests. Each throws InvalidInput naming the option, what is wrong with its value, and what
/// to give.
namespace keyconvoy::cli {

/// The module of --module and its companions, or of --module-profile.
[[nodiscard]] pkcs11::ModuleProfile moduleFrom(const ParsedOptions& options);
/// Module and token; the token may also come from the token part of --key.
[[nodiscard]] app::TokenStation tokenStationFrom(const ParsedOptions& options);
/// The same of the --to options; the module of --module where they name none.
[[nodiscard]] app::TokenStation backupStationFrom(const ParsedOptions& options);
[[nodiscard]] app::KmsStation kmsStationFrom(const ParsedOptions& options);
/// Every profile with every Region that is named.
[[nodiscard]] std::vector<app::KmsStation> kmsStationsFrom(const ParsedOptions& options);

/// Whether any option of --module and its companions was given.
[[nodiscard]] bool namesModule(const ParsedOptions& options);
/// Whether any option that says how to find KMS was given.
[[nodiscard]] bool namesKms(const ParsedOptions& options);

[[nodiscard]] pkcs11::KeySelector keyFrom(const ParsedOptions& options);
[[nodiscard]] pkcs11::ObjectLabel labelFrom(const ParsedOptions& options);
/// Exactly one of --label (generate) and --key (take what is there).
[[nodiscard]] app::KeySource keySourceFrom(const ParsedOptions& options);

[[nodiscard]] wrapping::KeySpec keySpecFrom(const ParsedOptions& options);
[[nodiscard]] std::optional<wrapping::KeyUsage> keyUsageFrom(const ParsedOptions& options, wrapping::KeySpec keySpec);
/// The key policy in the file of --policy, looked at as KMS will.
[[nodiscard]] std::optional<std::string> keyPolicyFrom(const ParsedOptions& options);
[[nodiscard]] std::vector<kms::Tag> tagsFrom(const ParsedOptions& options);
[[nodiscard]] std::optional<std::string> sha1ReasonFrom(const ParsedOptions& options);
[[nodiscard]] std::optional<Fingerprint> pinnedWrappingKeyFrom(const ParsedOptions& options);
[[nodiscard]] std::optional<pkcs11::KeySelector> wrappingKeyOnTokenFrom(const ParsedOptions& options);
/// Absent for `strongest`.
[[nodiscard]] std::optional<wrapping::WrappingAlgorithm> wrappingAlgorithmFrom(const ParsedOptions& options);
[[nodiscard]] app::WrappingWish wrappingWishFrom(const ParsedOptions& options);
/// The size that RSA_2048, RSA_3072 or RSA_4096 names; without the option the largest.
[[nodiscard]] int rsaBitsFrom(const ParsedOptions& options, const Option& option);
/// Every --key-spec with every --wrapping-algorithm and --wrapping-key-spec.
[[nodiscard]] std::vector<wrapping::qualification::Combination> combinationsFrom(const ParsedOptions& options);

/// The material sheet in a file.
[[nodiscard]] app::MaterialSheet sheetIn(const std::string& file);
[[nodiscard]] app::Expiry expiryFrom(const ParsedOptions& options);
[[nodiscard]] app::CheckWish checkWishFrom(const ParsedOptions& options);

/// What every import says alike: KMS, wrapping, expiry, check.
[[nodiscard]] app::ImportRequest importRequestFrom(const ParsedOptions& options);

[[nodiscard]] app::KeyKind keyKindFrom(const ParsedOptions& options);
/// The plan in the file of --plan, sound or not.
[[nodiscard]] app::PlanReading planFrom(const ParsedOptions& options);

[[nodiscard]] std::optional<std::filesystem::path> pathFrom(const ParsedOptions& options, const Option& option);
/// A text that must not be blank, such as a reason.
[[nodiscard]] std::optional<std::string> reasonFrom(const ParsedOptions& options, const Option& option);

[[noreturn]] void throwBadOption(const Option& option, Text cause, Text remedy);

}  // namespace keyconvoy::cli
