#pragma once

#include "kmsclient/model.h"

#include <string>
#include <vector>

/// What KMS wants of the parts of a new key, looked at before anything is sent. Each throws InvalidInput or Refused with the
/// rule.
namespace keyconvoy::app {

/// CreateKey, KeyUsage: not every spec has every usage.
void checkSpecAndUsage(wrapping::KeySpec keySpec, wrapping::KeyUsage usage);
/// CreateKey, Policy: a JSON object of at most 32 KiB.
void checkKeyPolicy(const std::string& policy);
/// Tag: 1 to 128 and 0 to 256 characters, no key twice, none that begins with aws:, at most 49 beside the one that a new key is
/// found by.
void checkTags(const std::vector<kms::Tag>& tags);
/// CreateAlias, AliasName: alias/ and letters, digits, / _ -, at most 256 in all; alias/aws/ is AWS's.
void checkAliasName(const std::string& alias);
/// CreateKey, Description: at most 8192 characters.
void checkKeyDescription(const std::string& description);

}  // namespace keyconvoy::app
