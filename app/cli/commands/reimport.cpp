#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "core/text.h"

#include <algorithm>
#include <set>

namespace keyconvoy::cli {

namespace {

/// The KMS key by its ARN, or by the ID at the end of it.
bool isAbout(const app::MaterialSheet& sheet, const kms::KeyIdentifier& key) {
    return sheet.keyArn == key.str() || sheet.keyArn.ends_with("/" + key.str());
}

[[noreturn]] void throwChoose(const std::vector<app::FiledSheet>& sheets) {
    std::vector<Text> files;
    files.reserve(sheets.size());
    for (const app::FiledSheet& filed : sheets) {
        files.push_back(verbatim(filed.file.string()));
    }
    throwBadOption(option::sheet, KC_TEXT("CommandLine", "this KMS key was given several materials"),
                   KC_TEXT("CommandLine", "choose the sheet of one: %1").with(joinedByCommas(files)));
}

/// The newest sheet of the key, which must not have several materials: which of them is meant nobody can guess.
app::MaterialSheet sheetOfKey(const kms::KeyIdentifier& key) {
    std::vector<app::FiledSheet> sheets = app::MaterialSheets{}.find();
    std::erase_if(sheets, [&key](const app::FiledSheet& filed) { return !isAbout(filed.sheet, key); });
    if (sheets.empty()) {
        throw Error{ErrorKind::NotFound, KC_TEXT("CommandLine", "option %1").with(option::sheet.name),
                    KC_TEXT("CommandLine", "this machine has no material sheet of the KMS key %1").with(key.str()),
                    KC_TEXT("CommandLine",
                            "name the sheet that the import wrote (*.kcmaterial.json), or use keyconvoy import with "
                            "--key, which compares nothing beforehand")};
    }
    std::set<std::optional<std::string>> materials;
    for (const app::FiledSheet& filed : sheets) {
        materials.insert(filed.sheet.keyMaterialId);
    }
    if (materials.size() > 1) {
        throwChoose(sheets);
    }
    return sheets.front().sheet;
}

app::MaterialSheet sheetFrom(const ParsedOptions& options) {
    const kms::KeyIdentifier key = kms::KeyIdentifier::parse(options.required(option::keyId));
    const std::optional<std::string> file = options.value(option::sheet);
    app::MaterialSheet sheet = file ? sheetIn(*file) : sheetOfKey(key);
    if (!isAbout(sheet, key)) {
        throwBadOption(option::sheet, KC_TEXT("CommandLine", "it is about another KMS key, %1").with(sheet.keyArn),
                       KC_TEXT("CommandLine", "name a sheet of the KMS key %1").with(key.str()));
    }
    return sheet;
}

wrapping::KeySpec keySpecIn(const app::MaterialSheet& sheet) {
    const auto spec = valueNamed(wrapping::keySpecNames, sheet.keySpec);
    if (!spec) {
        throwBadOption(option::sheet, KC_TEXT("CommandLine", "its key spec %1 is not known here").with(sheet.keySpec),
                       KC_TEXT("CommandLine", "use a newer version of this program"));
    }
    return *spec;
}

/// The token and the key of the sheet, where the options name no others, such as a copy on a backup token.
void findKey(const ParsedOptions& options, const app::MaterialSheet& sheet, app::ImportRequest& request) {
    if (options.given(option::token) || options.given(option::key)) {
        request.token = tokenStationFrom(options);
    } else {
        request.token = {moduleFrom(options),
                         {.label = {}, .manufacturer = {}, .model = sheet.token.model, .serial = sheet.token.serial}};
    }
    request.key.existing =
        options.given(option::key) ? keyFrom(options) : pkcs11::KeySelector{.label = {}, .id = sheet.keyId, .objectClass = {}};
}

ExitCode runReimport(const ParsedOptions& options, Console& console) {
    app::ImportRequest request;
    const app::MaterialSheet sheet = sheetFrom(options);
    request.purpose = app::ImportPurpose::Again;
    request.keySpec = keySpecIn(sheet);
    request.kmsKey.existing = kms::KeyIdentifier::parse(sheet.keyArn);
    request.expiry = expiryFrom(options);
    request.check = checkWishFrom(options);
    request.wrapping = wrappingWishFrom(options);
    request.kms = kmsStationFrom(options);
    findKey(options, sheet, request);
    request.sameAs = sheet;
    return runJob(options, console, &app::makeImportJob, std::move(request), {.account = &accountOfImport});
}

}  // namespace

Command reimportCommand() {
    return {
        .words = "reimport",
        .summary = "import the same material again, after expiry, deletion or loss",
        .description =
            "Finds the key by the material sheet that its import wrote: on the same token, or with --token on a backup. Before "
            "anything is sent its check value must equal the sheet's: KMS takes the very same material only. Then it is "
            "wrapped, imported and checked as in keyconvoy import; the expiry is chosen anew.",
        .example =
            "keyconvoy reimport --module /usr/lib/softhsm/libsofthsm2.so --key-id 1234abcd-12ab-34cd-56ef-1234567890ab \\\n"
            "    --expires P364D --region eu-central-1",
        .options = Options{&option::sheet, &option::check, &option::keyId, &option::expires} + kmsOptions() +
                   Options{&option::wrappingAlgorithm, &option::wrappingKeySpec, &option::allowSha1, &option::key} +
                   logInOptions() + questionOptions(),
        .run = &runReimport};
}

}  // namespace keyconvoy::cli
