#pragma once

#include "app/cli/command.h"

/// Every option there is, once. AWS words are used as the AWS CLI has them.
namespace keyconvoy::cli::option {

// ------------------------------------------------------------------------------------------------------------------ output
inline constexpr Option json{"--json", "", OptionGroup::Output, "print one JSON object on stdout, also on failure"};
inline constexpr Option quiet{"--quiet", "", OptionGroup::Output,
                              "nothing on stderr but failures and warnings; what is asked at the terminal is shown all the same"};
inline constexpr Option yes{"--yes", "", OptionGroup::Output,
                            "answer confirmations with yes (never a consent such as the final try of a PIN)"};
inline constexpr Option help{"--help", "", OptionGroup::Output, "this text"};

// ------------------------------------------------------------------------------------------------------------------- token
inline constexpr Option module{"--module", "FILE", OptionGroup::Token, "the PKCS#11 module (library) of the token"};
inline constexpr Option moduleInit{"--module-init", "TEXT", OptionGroup::Token,
                                   "initialisation string of the module; NSS softokn needs one, SoftHSM refuses any"};
inline constexpr Option moduleEnv{
    "--module-env", "NAME=VALUE", OptionGroup::Token,
    "environment variable for the module, set before it is loaded; may be repeated; LD_* is refused", Occurrence::Repeatable};
inline constexpr Option moduleProfile{"--module-profile", "FILE.toml", OptionGroup::Token,
                                      "instead of the three: a file with library, init and [environment]"};
inline constexpr Option token{"--token", "URI|LABEL", OptionGroup::Token,
                              "the token, as an RFC 7512 URI (pkcs11:serial=...) or by its label"};
inline constexpr Option pinSource{
    "--pin-source", "SOURCE", OptionGroup::Token,
    "where the PIN comes from: prompt (default), file:PATH or fd:NUMBER; never an argument or a variable"};
inline constexpr Option soPinSource{"--so-pin-source", "SOURCE", OptionGroup::Token,
                                    "the same for the PIN of the security officer (SO), which is never taken from --pin-source"};
inline constexpr Option allowFinalTry{"--allow-final-try", "", OptionGroup::Token,
                                      "consent to a PIN try that locks the token when the PIN is wrong"};
inline constexpr Option key{"--key", "URI|LABEL", OptionGroup::Token,
                            "the key on the token: its label, or pkcs11:object=LABEL;id=%.. (see: keyconvoy key list)"};
inline constexpr Option label{"--label", "LABEL", OptionGroup::Token,
                              "the label of the new object: at most 255 bytes of UTF-8; must be free on the token"};

inline constexpr Option to{"--to", "URI|LABEL", OptionGroup::BackupToken, "the backup token"};
inline constexpr Option toModule{"--to-module", "FILE", OptionGroup::BackupToken, "its module; without it that of --module"};
inline constexpr Option toModuleInit{"--to-module-init", "TEXT", OptionGroup::BackupToken,
                                     "initialisation string of that module"};
inline constexpr Option toModuleEnv{"--to-module-env", "NAME=VALUE", OptionGroup::BackupToken,
                                    "environment variable for that module; may be repeated", Occurrence::Repeatable};
inline constexpr Option toModuleProfile{"--to-module-profile", "FILE.toml", OptionGroup::BackupToken,
                                        "instead of the three: a profile file"};
inline constexpr Option toPinSource{"--to-pin-source", "SOURCE", OptionGroup::BackupToken,
                                    "where the backup token's PIN comes from"};

inline constexpr Option transportKeySpec{
    "--transport-key-spec", "SPEC", OptionGroup::BackupToken,
    "RSA_2048, RSA_3072 or RSA_4096 (default): the key pair of the backup token that unwraps"};

// --------------------------------------------------------------------------------------------------------------------- KMS
inline constexpr Option profile{"--profile", "NAME", OptionGroup::Kms, "profile of the AWS configuration files"};
inline constexpr Option region{"--region", "REGION", OptionGroup::Kms, "AWS Region"};
inline constexpr Option profiles{"--profile", "NAME", OptionGroup::Kms, "profile of the AWS configuration files; may be repeated",
                                 Occurrence::Repeatable};
inline constexpr Option regions{"--region", "REGION", OptionGroup::Kms, "AWS Region; may be repeated", Occurrence::Repeatable};
inline constexpr Option endpointUrl{"--endpoint-url", "URL", OptionGroup::Kms,
                                    "another endpoint for KMS and STS; plain http only to this machine"};
inline constexpr Option caBundle{"--ca-bundle", "FILE", OptionGroup::Kms, "certificates (PEM) to check the endpoint with"};
inline constexpr Option requireAmazonRoots{
    "--require-amazon-roots", "", OptionGroup::Kms,
    "refuse an endpoint whose certificate chain does not end at an Amazon Trust Services root"};
inline constexpr Option connectTimeout{"--connect-timeout", "SECONDS", OptionGroup::Kms,
                                       "how long one connection may take (default 10)"};
inline constexpr Option replyTimeout{"--reply-timeout", "SECONDS", OptionGroup::Kms, "how long one reply may take (default 60)"};
inline constexpr Option rehearsal{"--rehearsal", "", OptionGroup::Kms,
                                  "declares that KMS is a simulator; stops when the evidence disagrees"};
inline constexpr Option keyId{"--key-id", "ID|ARN", OptionGroup::Kms, "the KMS key, by ID or ARN (no alias)"};
inline constexpr Option description{"--description", "TEXT", OptionGroup::Kms, "description of the new KMS key"};
inline constexpr Option alias{"--alias", "alias/NAME", OptionGroup::Kms, "alias of the new KMS key; must be free"};
inline constexpr Option keyPolicy{"--policy", "FILE.json", OptionGroup::Kms,
                                  "key policy of the new KMS key (keyconvoy policy shows one); without it IAM policies decide"};
inline constexpr Option tags{"--tag", "KEY=VALUE", OptionGroup::Kms, "a tag of the new KMS key; may be repeated",
                             Occurrence::Repeatable};
inline constexpr Option multiRegion{"--multi-region", "", OptionGroup::Kms,
                                    "make it a multi-Region primary key; this can never be changed"};
inline constexpr Option keyMaterialDescription{"--key-material-description", "TEXT", OptionGroup::Kms,
                                               "description of the key material"};
inline constexpr Option keySpec{
    "--key-spec", "SPEC", OptionGroup::Kms,
    "SYMMETRIC_DEFAULT, HMAC_224, _256, _384, _512, RSA_2048, _3072, _4096, ECC_NIST_P256, _P384, _P521, ECC_SECG_P256K1 or "
    "ECC_NIST_EDWARDS25519"};
inline constexpr Option keySpecs{"--key-spec", "SPEC", OptionGroup::Kms,
                                 "a KMS key spec, such as SYMMETRIC_DEFAULT or RSA_2048; may be repeated",
                                 Occurrence::Repeatable};
inline constexpr Option keyUsage{
    "--key-usage", "USAGE", OptionGroup::Kms,
    "ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC or KEY_AGREEMENT; default: the usual one of the key spec"};
inline constexpr Option expires{
    "--expires", "TIME|PERIOD|never", OptionGroup::Kms,
    "when the imported material expires: RFC 3339 with offset (2027-06-17T12:00:00Z), a period from the import call (P364D, at "
    "most 365 days less an hour) or never; must be chosen"};
inline constexpr Option expiresAfterWrap{
    "--expires", "TIME|PERIOD|never", OptionGroup::Kms,
    "when the imported material expires: RFC 3339 with offset (2027-06-17T12:00:00Z), a period (P364D, at most 365 days less an "
    "hour) or never; must be chosen. A period counts from the wrap, not from the import call made later; the result names the "
    "time"};

// ---------------------------------------------------------------------------------------------------------------- wrapping
inline constexpr Option wrappingAlgorithm{
    "--wrapping-algorithm", "NAME", OptionGroup::Wrapping,
    "RSAES_OAEP_SHA_256, RSA_AES_KEY_WRAP_SHA_256, RSAES_OAEP_SHA_1, RSA_AES_KEY_WRAP_SHA_1 or strongest (default)"};
inline constexpr Option wrappingAlgorithmRequired{"--wrapping-algorithm", "NAME", OptionGroup::Wrapping,
                                                  "the algorithm that the wrapping public key was asked for with; must be named"};
inline constexpr Option wrappingAlgorithms{"--wrapping-algorithm", "NAME", OptionGroup::Wrapping,
                                           "a wrapping algorithm or strongest (default); may be repeated",
                                           Occurrence::Repeatable};
inline constexpr Option wrappingKeySpec{"--wrapping-key-spec", "SPEC", OptionGroup::Wrapping,
                                        "RSA_2048, RSA_3072 or RSA_4096 (default)"};
inline constexpr Option wrappingKeySpecs{"--wrapping-key-spec", "SPEC", OptionGroup::Wrapping,
                                         "RSA_2048, RSA_3072 or RSA_4096 (default); may be repeated", Occurrence::Repeatable};
inline constexpr Option wrappingKey{
    "--wrapping-key", "URI|LABEL", OptionGroup::Wrapping,
    "use this public key on the token (its label, or pkcs11:object=...) after it was found equal to the one of KMS"};
inline constexpr Option wrappingKeySha256{"--wrapping-key-sha256", "HEX", OptionGroup::Wrapping,
                                          "refuse every wrapping public key (DER) with another SHA-256 than this"};
inline constexpr Option allowSha1{"--allow-sha1", "REASON", OptionGroup::Wrapping,
                                  "allow OAEP with SHA-1 where the token can do no better; the reason is kept in the result"};

// ---------------------------------------------------------------------------------------------------- of single commands
inline constexpr Option sheet{"--sheet", "FILE", OptionGroup::Command,
                              "the material sheet (*.kcmaterial.json) of the material; without it the newest of this KMS key"};
inline constexpr Option sheets{"--sheet", "FILE", OptionGroup::Command,
                               "a material sheet (*.kcmaterial.json) that is not on this machine's record; may be repeated",
                               Occurrence::Repeatable};
inline constexpr Option replicaRegions{"--replica-region", "REGION", OptionGroup::Command,
                                       "a Region that is to have a replica, made where it is missing; may be repeated. Replicas "
                                       "that are there take part anyway",
                                       Occurrence::Repeatable};
inline constexpr Option confirm{"--confirm", "CHARACTERS", OptionGroup::Command,
                                "the last four characters of the key's ID, typed by whoever means this key"};
inline constexpr Option keyMaterialId{"--key-material-id", "HEX", OptionGroup::Command,
                                      "the material, where the KMS key holds several (keyconvoy kms show)"};
inline constexpr Option lead{"--lead", "DAYS", OptionGroup::Command,
                             "how long before an end a ceremony must be called, such as 60d (the default)"};
inline constexpr Option calendarFile{"--calendar", "FILE.ics", OptionGroup::Command,
                                     "also write an iCalendar file; nothing is overwritten"};
inline constexpr Option alarmFile{"--alarms", "FILE.json", OptionGroup::Command,
                                  "also write a CloudFormation template of CloudWatch alarms; nothing is overwritten"};
inline constexpr Option plan{"--plan", "FILE", OptionGroup::Command, "the plan of a ceremony, *.kcplan.toml"};
inline constexpr Option planFile{"--plan", "FILE", OptionGroup::Command,
                                 "the plan to be written, *.kcplan.toml; nothing is overwritten"};
inline constexpr Option fromSheet{"--from-sheet", "FILE", OptionGroup::Command,
                                  "a material sheet whose material is to be imported again, *.kcmaterial.json"};
inline constexpr Option keyKind{"--kind", "KIND", OptionGroup::Command,
                                "what becomes of the key: new (the default), existing, rotate, restore, destroy"};
inline constexpr Option importRole{"--import-role", "ARN", OptionGroup::Command, "the IAM role that imports"};
inline constexpr Option checkRole{"--check-role", "ARN", OptionGroup::Command,
                                  "the IAM role that uses the key for the check after the import"};
inline constexpr Option auditorRole{"--auditor-role", "ARN", OptionGroup::Command, "the IAM role that only looks"};
inline constexpr Option adminRole{"--admin-role", "ARN", OptionGroup::Command,
                                  "the IAM role that changes policies and retires the key, but neither imports nor uses it"};
inline constexpr Option logIn{"--login", "", OptionGroup::Command, "log in as well, to see the keys and try the PIN"};
inline constexpr Option kms{"--kms", "", OptionGroup::Command,
                            "look at KMS as well, with what environment and configuration say"};
inline constexpr Option again{"--again", "", OptionGroup::Command, "run even where a kept result still holds"};
inline constexpr Option acceptLoss{"--accept-loss", "REASON", OptionGroup::Command,
                                   "go on without a verified backup; the reason is kept in the result"};
inline constexpr Option check{
    "--check", "strongest|works", OptionGroup::Command,
    "how to check after the import: as strongly as KMS allows (default), or only that encrypting and decrypting works"};
inline constexpr Option parameters{"--parameters", "FILE.json", OptionGroup::Command,
                                   "the output of: aws kms get-parameters-for-import"};
inline constexpr Option consoleFiles{
    "--console-files", "FOLDER", OptionGroup::Command,
    "the folder with the two files that the KMS console gave (WrappingPublicKey.bin, ImportToken.bin)"};
inline constexpr Option wrappingPublicKey{"--wrapping-public-key", "FILE", OptionGroup::Command, "the wrapping public key (DER)"};
inline constexpr Option importToken{"--import-token", "FILE", OptionGroup::Command, "the import token that came with it"};
inline constexpr Option parametersValidTo{
    "--parameters-valid-to", "TIME", OptionGroup::Command,
    "until when these two can be used (RFC 3339 with offset); needed where it is in no JSON"};
inline constexpr Option outputFolder{"--out", "FOLDER", OptionGroup::Command,
                                     "where the output files go; nothing is overwritten"};
inline constexpr Option resultFile{"--result", "FILE", OptionGroup::Command,
                                   "where the JSON result goes; without it a new file in this folder"};
inline constexpr Option scenario{
    "--scenario", "import|life|restore", OptionGroup::Command,
    "import (default): the main job with keys of several kinds. life: create, import, expire, import again, "
    "second material, rotate, replicate, delete, cancel, on a simulated clock. restore: the first token is "
    "destroyed, and the same material comes back from the backup token"};
inline constexpr Option simulator{"--simulator", "FILE", OptionGroup::Command,
                                  "the program keyconvoy-kms-simulator; without it looked for beside this one and on PATH"};

}  // namespace keyconvoy::cli::option
