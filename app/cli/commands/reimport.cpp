#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/inventory/kms_keys.h"
#include "core/text.h"

#include <algorithm>
#include <set>

namespace keyconvoy::cli {

namespace {

std::vector<app::FiledSheet> sheetsAbout(const kms::KeyIdentifier& key) {
    std::vector<app::FiledSheet> sheets = app::MaterialSheets{}.find();
    std::erase_if(sheets, [&key](const app::FiledSheet& filed) { return !filed.sheet.isOfKey(key.keyId()); });
    if (sheets.empty()) {
        throw Error{ErrorKind::NotFound, KC_TEXT("CommandLine", "option %1").with(option::sheet.name),
                    app::MaterialSheets{}.butSomeAreDamaged(
                        KC_TEXT("CommandLine", "this machine has no material sheet of the KMS key %1").with(key.str())),
                    KC_TEXT("CommandLine",
                            "name the sheet that the import wrote (*.kcmaterial.json), or use keyconvoy import with "
                            "--key, which compares nothing beforehand")};
    }
    return sheets;
}

bool areOfOneMaterial(const std::vector<app::FiledSheet>& sheets) {
    return std::ranges::all_of(
        sheets, [&](const app::FiledSheet& filed) { return filed.sheet.keyMaterialId == sheets.front().sheet.keyMaterialId; });
}

/// The newest sheet of each material, with the material that it is about.
[[noreturn]] void throwChoose(const std::vector<app::FiledSheet>& sheets) {
    std::vector<Text> files;
    std::set<std::optional<std::string>> named;
    for (const app::FiledSheet& filed : sheets) {
        if (named.insert(filed.sheet.keyMaterialId).second) {
            files.push_back(verbatim(filed.sheet.keyMaterialId.value_or("?") + ": " + filed.file.string()));
        }
    }
    throwBadOption(option::sheet, KC_TEXT("CommandLine", "this KMS key was given several materials, and lacks none of them now"),
                   KC_TEXT("CommandLine", "choose the sheet of one: %1").with(joinedBySemicolons(std::move(files))));
}

/// Of several materials the one that KMS lacks, in the order in which KMS lists them.
app::MaterialSheet sheetOfLackingMaterial(const std::vector<app::FiledSheet>& sheets, const kms::KeyIdentifier& key,
                                          const app::KmsStation& station) {
    kms::KmsClient client{station.client, &systemNow};
    const std::vector<app::KmsMaterial> missing = app::readKmsKey(client, key.str(), systemNow()).missing();
    for (const app::KmsMaterial& material : missing) {
        const auto found =
            std::ranges::find(sheets, material.id, [](const app::FiledSheet& filed) { return filed.sheet.keyMaterialId; });
        if (found != sheets.end()) {
            return found->sheet;
        }
    }
    if (missing.empty()) {
        throwChoose(sheets);
    }
    throw Error{ErrorKind::NotFound, KC_TEXT("CommandLine", "option %1").with(option::sheet.name),
                app::MaterialSheets{}.butSomeAreDamaged(
                    KC_TEXT("CommandLine", "KMS lacks the material %1, and this machine has no sheet of it")
                        .with(missing.front().id.value_or(""))),
                KC_TEXT("CommandLine",
                        "name the sheet that its import wrote (*.kcmaterial.json), or use keyconvoy import with "
                        "--key, which compares nothing beforehand")};
}

app::MaterialSheet sheetFrom(const ParsedOptions& options, const kms::KeyIdentifier& key, const app::KmsStation& station) {
    if (const std::optional<std::string> file = options.value(option::sheet)) {
        app::MaterialSheet sheet = sheetIn(*file);
        if (!sheet.isOfKey(key.keyId())) {
            throwBadOption(option::sheet, KC_TEXT("CommandLine", "it is about another KMS key, %1").with(sheet.keyArn),
                           KC_TEXT("CommandLine", "name a sheet of the KMS key %1").with(key.str()));
        }
        return sheet;
    }
    const std::vector<app::FiledSheet> sheets = sheetsAbout(key);
    return areOfOneMaterial(sheets) ? sheets.front().sheet : sheetOfLackingMaterial(sheets, key, station);
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
    app::ImportRequest request = importRequestFrom(options);
    const kms::KeyIdentifier key = kms::KeyIdentifier::parse(options.required(option::keyId));
    const app::MaterialSheet sheet = sheetFrom(options, key, request.kms);
    request.purpose = app::ImportPurpose::Again;
    request.keySpec = keySpecIn(sheet);
    request.kmsKey.existing = sheet.multiRegion ? key : kms::KeyIdentifier::parse(sheet.keyArn);
    findKey(options, sheet, request);
    request.sameAs = sheet;
    return runJob(options, console, &app::makeImportJob, std::move(request), {.account = &accountOfImport});
}

}  // namespace

Command reimportCommand() {
    return {.words = "reimport",
            .summary = "import the same material again, after expiry, deletion or loss",
            .description =
                "Finds the key by the material sheet that its import wrote: on the same token, or with --token on a backup. Of "
                "several "
                "materials it takes the one that KMS lacks, or that of --sheet. Before "
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
