#include "app/inventory/material_sheet.h"

#include "app/inventory/stored_names.h"
#include "app/station/state_files.h"
#include "app/station/to_json.h"
#include "core/files.h"
#include "core/hex.h"
#include "core/text.h"
#include "kmsclient/key_arn.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* sheetSchema = "keyconvoy.material/1";
constexpr const char* extension = ".kcmaterial.json";
constexpr std::size_t largestSheet = 1U << 20U;

Json checkValueJson(const std::optional<pkcs11::CheckValue>& value) {
    return value ? Json{{"method", nameOf(checkValueMethodNames, value->method)}, {"value", toHex(value->value)}} : Json(nullptr);
}

/// A member of the wrong kind, which the JSON library would name by a number of its own.
[[noreturn]] void throwNoSheet(const Text& place, Text cause) {
    throw Error{ErrorKind::InvalidInput, place, std::move(cause),
                KC_TEXT("MaterialSheet", "name a material sheet (*.kcmaterial.json) that an import of this program wrote")};
}

TimePoint timeFrom(const Json& json, const Text& place, const char* member) {
    if (const auto time = parseRfc3339(json.at(member).get<std::string>())) {
        return *time;
    }
    throwNoSheet(place, KC_TEXT("MaterialSheet", "its \"%1\" is no time").with(member));
}

Bytes bytesFrom(const Json& json, const Text& place, const char* member) {
    if (auto bytes = fromHex(json.at(member).get<std::string>())) {
        return *std::move(bytes);
    }
    throwNoSheet(place, KC_TEXT("MaterialSheet", "its \"%1\" is not in hexadecimal digits").with(member));
}

Mode modeFrom(std::string_view text, const Text& place) {
    if (const auto mode = modeNamed(text)) {
        return *mode;
    }
    throwNoSheet(place, KC_TEXT("MaterialSheet", "its mode is neither production nor rehearsal"));
}

std::optional<std::string> textOrNull(const Json& value) {
    return value.is_null() ? std::nullopt : std::optional{value.get<std::string>()};
}

std::optional<pkcs11::CheckValue> checkValueFrom(const Json& json, const Text& place) {
    if (json.is_null()) {
        return std::nullopt;
    }
    const auto method = valueNamed(checkValueMethodNames, json.at("method").get<std::string>());
    if (!method) {
        throwNoSheet(place, KC_TEXT("MaterialSheet", "the method of its check value is not known"));
    }
    return pkcs11::CheckValue{*method, bytesFrom(json, place, "value")};
}

void readKms(const Json& kms, const Text& place, MaterialSheet& sheet) {
    sheet.keyArn = kms.at("keyArn").get<std::string>();
    if (!kms::KeyArn::parse(sheet.keyArn)) {
        throwNoSheet(place, KC_TEXT("MaterialSheet", "its \"%1\" is no ARN of a KMS key").with("keyArn"));
    }
    sheet.keySpec = kms.at("keySpec").get<std::string>();
    sheet.keyUsage = kms.at("keyUsage").get<std::string>();
    sheet.multiRegion = kms.at("multiRegion").get<bool>();
    sheet.keyMaterialId = textOrNull(kms.at("keyMaterialId"));
    sheet.keyMaterialDescription = textOrNull(kms.at("keyMaterialDescription"));
    if (!kms.at("validTo").is_null()) {
        sheet.validTo = timeFrom(kms, place, "validTo");
    }
    sheet.parametersRequestId = kms.at("parametersRequestId").get<std::string>();
    sheet.importRequestId = kms.at("importRequestId").get<std::string>();
}

void readKey(const Json& key, const Text& place, MaterialSheet& sheet) {
    sheet.token = tokenNameFrom(key.at("token"));
    sheet.keyId = bytesFrom(key, place, "id");
    sheet.keyLabel = key.at("label").get<std::string>();
    sheet.typeName = key.at("type").get<std::string>();
    sheet.checkValue = checkValueFrom(key.at("checkValue"), place);
    for (const Json& backup : key.at("backups")) {
        sheet.backups.push_back({tokenNameFrom(backup.at("token")), timeFrom(backup, place, "date")});
    }
}

/// "KEY-ID_MATERIAL-ID_TIME": what belongs together stands together in a listing.
std::string fileNameOf(const MaterialSheet& sheet, int again) {
    constexpr std::size_t enoughOfId = 16;
    const auto arn = kms::KeyArn::parse(sheet.keyArn);
    std::string time = toRfc3339(sheet.importedAt);
    std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
    return std::string{arn ? arn->keyId() : "key"} + "_" +
           (sheet.keyMaterialId ? sheet.keyMaterialId->substr(0, enoughOfId) : std::string{"material"}) + "_" + time +
           (again == 0 ? "" : "_" + std::to_string(again)) + extension;
}

}  // namespace

Json toJson(const MaterialSheet& sheet) {
    Json backups = Json::array();
    for (const MaterialSheet::Backup& backup : sheet.backups) {
        backups.push_back({{"token", toJson(backup.token)}, {"date", toRfc3339(backup.date)}});
    }
    return {{"schema", sheetSchema},
            {"mode", toString(sheet.mode)},
            {"importedAt", toRfc3339Milliseconds(sheet.importedAt)},
            {"kms",
             {{"keyArn", sheet.keyArn},
              {"keySpec", sheet.keySpec},
              {"keyUsage", sheet.keyUsage},
              {"multiRegion", sheet.multiRegion},
              {"keyMaterialId", orNull(sheet.keyMaterialId)},
              {"keyMaterialDescription", orNull(sheet.keyMaterialDescription)},
              {"validTo", orNull(sheet.validTo)},
              {"parametersRequestId", sheet.parametersRequestId},
              {"importRequestId", sheet.importRequestId}}},
            {"key",
             {{"token", toJson(sheet.token)},
              {"id", toHex(sheet.keyId)},
              {"label", sheet.keyLabel},
              {"type", sheet.typeName},
              {"checkValue", checkValueJson(sheet.checkValue)},
              {"backups", std::move(backups)}}},
            {"wrapping",
             {{"algorithm", sheet.wrappingAlgorithm},
              {"wrappingKeySpec", sheet.wrappingKeySpec},
              {"paddedPlaintextBytes", sheet.paddedPlaintextBytes ? Json(*sheet.paddedPlaintextBytes) : Json(nullptr)}}},
            {"check", orNull(sheet.check)}};
}

MaterialSheet parseMaterialSheet(std::string_view text, const Text& place) {
    const Json json = parseStrictJson(text, place);
    try {
        if (!json.is_object() || json.value("schema", Json{}) != sheetSchema) {
            throwNoSheet(place, KC_TEXT("MaterialSheet", "it is no material sheet of this version (%1)").with(sheetSchema));
        }
        MaterialSheet sheet;
        sheet.mode = modeFrom(json.at("mode").get<std::string>(), place);
        sheet.importedAt = timeFrom(json, place, "importedAt");
        readKms(json.at("kms"), place, sheet);
        readKey(json.at("key"), place, sheet);
        const Json& wrapping = json.at("wrapping");
        sheet.wrappingAlgorithm = wrapping.at("algorithm").get<std::string>();
        sheet.wrappingKeySpec = wrapping.at("wrappingKeySpec").get<std::string>();
        if (const Json& bytes = wrapping.at("paddedPlaintextBytes"); !bytes.is_null()) {
            sheet.paddedPlaintextBytes = bytes.get<std::size_t>();
        }
        sheet.check = textOrNull(json.at("check"));
        return sheet;
    } catch (const Json::exception& error) {
        const std::string_view what = error.what();  // "[json.exception.out_of_range.403] key 'check' not found"
        const std::size_t mark = what.find("] ");
        throwNoSheet(place, KC_TEXT("MaterialSheet", "something is missing in it or of another kind: %1")
                                .with(std::string{mark == std::string_view::npos ? what : what.substr(mark + 2)}));
    }
}

namespace {

/// Nothing for somebody else's file, or half of one.
std::optional<MaterialSheet> sheetIn(const fs::path& file) {
    try {
        const Bytes content = readFile(file, largestSheet);
        return parseMaterialSheet(asText(content), verbatim(file.string()));
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

Text MaterialSheets::butSomeAreDamaged(Text sentence) const {
    std::vector<Text> damaged;
    for (const fs::path& file : files()) {
        if (!sheetIn(file)) {
            damaged.push_back(verbatim(file.string()));
        }
    }
    return damaged.empty() ? std::move(sentence)
                           : KC_TEXT("MaterialSheet", "%1 (files that cannot be read as sheets: %2)")
                                 .with(std::move(sentence))
                                 .with(joinedByCommas(std::move(damaged)));
}

MaterialSheets::MaterialSheets(const std::optional<fs::path>& folder)
    : m_folder{folder ? *folder : defaultStateFolder() / "materials"} {
}

void MaterialSheets::checkTakesSheets() const {
    makeStateFolder(m_folder);
    checkFolderTakesFiles(m_folder);
}

MaterialSheets::Written MaterialSheets::add(const MaterialSheet& sheet) const {
    makeStateFolder(m_folder);
    int again = 0;
    while (fs::exists(m_folder / fileNameOf(sheet, again))) {
        ++again;
    }
    const fs::path file = m_folder / fileNameOf(sheet, again);
    const std::string text = toJson(sheet).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    return {file, writeNewFile(file, asBytes(text), FileAccess::OwnerOnly)};
}

MaterialSheets::Written MaterialSheets::replace(const Written& earlier, const MaterialSheet& sheet) const {
    replaceStateFile(earlier.file, toJson(sheet));
    return {earlier.file, Fingerprint::of(readFile(earlier.file, largestSheet))};
}

std::vector<fs::path> MaterialSheets::files() const {
    std::vector<fs::path> files;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{m_folder, error}) {
        if (entry.path().filename().string().ends_with(extension)) {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    return files;
}

std::vector<FiledSheet> MaterialSheets::find(const std::optional<std::string>& keyArn) const {
    std::vector<FiledSheet> found;
    for (const fs::path& file : files()) {
        if (auto sheet = sheetIn(file); sheet && (!keyArn || sheet->keyArn == *keyArn)) {
            found.push_back({file, *std::move(sheet)});
        }
    }
    std::ranges::sort(found, std::ranges::greater{}, [](const FiledSheet& filed) { return filed.sheet.importedAt; });
    return found;
}

}  // namespace keyconvoy::app
