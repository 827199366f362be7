#include "core/hex.h"
#include "core/text.h"
#include "core/text_json.h"
#include "wrapping/qualification/qualification.h"
#include "wrapping/qualification/recipe_names.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::wrapping::qualification {

namespace {

constexpr std::string_view schema = "keyconvoy.qualification.1";
constexpr const char* textSuffix = "Text";

// ---------------------------------------------------------------------------------------------------------------- writing

Json recipeToJson(const pkcs11::WrapRecipe& recipe) {
    return {{"method", nameOf(wrapMethodNames, recipe.method)},
            {"hash", nameOf(oaepHashNames, recipe.hash)},
            {"source", nameOf(oaepSourceNames, recipe.source)}};
}

/// "reason", in English for whoever reads the file, and "reasonText", from which it reads in any language.
void add(Json& json, const std::string& name, const Text& text) {
    json[name] = toEnglish(text);
    json[name + textSuffix] = textToJson(text);
}

Json attemptToJson(const Attempt& attempt) {
    Json json{{"recipe", recipeToJson(attempt.recipe)}, {"qualified", attempt.qualified}, {"code", attempt.code}};
    add(json, "reason", attempt.reason);
    return json;
}

Json throwAwayToJson(const ThrowAwayRecord& key) {
    return {{"type", key.typeName},
            {"label", key.label},
            {"id", toHex(key.id)},
            {"generatedAt", toRfc3339Milliseconds(key.generatedAt)},
            {"destroyedAt", toRfc3339Milliseconds(key.destroyedAt)}};
}

template <class Element, class Convert>
Json arrayOf(const std::vector<Element>& elements, Convert convert) {
    Json array = Json::array();
    for (const Element& element : elements) {
        array.push_back(convert(element));
    }
    return array;
}

// ---------------------------------------------------------------------------------------------------------------- reading

/// One value inside the document, with its path for the message.
class Reader {
public:
    Reader(const Json& value, const Text& place, std::string path) : m_value{value}, m_place{place}, m_path{std::move(path)} {}

    [[noreturn]] void refuse(Text cause) const {
        throw Error{ErrorKind::InvalidInput, m_place, std::move(cause),
                    KC_TEXT("QualificationFile", "delete this qualification and run it again (%1)")
                        .with(typedAs("keyconvoy token qualify"))};
    }
    [[nodiscard]] bool has(const char* name) const { return m_value.is_object() && m_value.contains(name); }
    [[nodiscard]] Reader member(const char* name) const {
        if (!has(name)) {
            refuse(KC_TEXT("QualificationFile", "%1 is missing").with(pathOf(name)));
        }
        return {m_value.at(name), m_place, pathOf(name)};
    }
    [[nodiscard]] std::string text(const char* name) const {
        const Reader found = member(name);
        if (!found.m_value.is_string()) {
            refuse(KC_TEXT("QualificationFile", "%1 is no text").with(found.m_path));
        }
        return found.m_value.get<std::string>();
    }
    /// The text stands beside its English sentence; older files have the sentence alone.
    [[nodiscard]] Text sentence(const char* name) const {
        std::string english = text(name);
        const std::string nameOfText = name + std::string{textSuffix};
        if (!has(nameOfText.c_str())) {
            return verbatim(std::move(english));
        }
        auto found = textFromJson(m_value.at(nameOfText), english);
        if (!found) {
            refuse(KC_TEXT("QualificationFile", "%1 does not read as %2").with(pathOf(nameOfText.c_str())).with(pathOf(name)));
        }
        return *std::move(found);
    }
    [[nodiscard]] bool boolean(const char* name) const {
        const Reader found = member(name);
        if (!found.m_value.is_boolean()) {
            refuse(KC_TEXT("QualificationFile", "%1 is neither true nor false").with(found.m_path));
        }
        return found.m_value.get<bool>();
    }
    [[nodiscard]] TimePoint time(const char* name) const {
        const auto found = parseRfc3339(text(name));
        if (!found) {
            refuse(KC_TEXT("QualificationFile", "%1 is no time in RFC 3339").with(pathOf(name)));
        }
        return *found;
    }
    [[nodiscard]] Bytes octets(const char* name) const {
        auto found = fromHex(text(name));
        if (!found) {
            refuse(KC_TEXT("QualificationFile", "%1 is not hexadecimal").with(pathOf(name)));
        }
        return std::move(*found);
    }
    template <class Enum, std::size_t Size>
    [[nodiscard]] Enum named(const char* name, const NameTable<Enum, Size>& table) const {
        const auto found = valueNamed(table, text(name));
        if (!found) {
            refuse(KC_TEXT("QualificationFile", "%1 has a value that is not known here").with(pathOf(name)));
        }
        return *found;
    }
    template <class Convert>
    [[nodiscard]] auto array(const char* name, Convert convert) const {
        const Reader found = member(name);
        if (!found.m_value.is_array()) {
            refuse(KC_TEXT("QualificationFile", "%1 is no list").with(found.m_path));
        }
        std::vector<decltype(convert(found))> elements;
        for (std::size_t i = 0; i < found.m_value.size(); ++i) {
            elements.push_back(convert(Reader{found.m_value.at(i), m_place, found.m_path + "[" + std::to_string(i) + "]"}));
        }
        return elements;
    }

private:
    [[nodiscard]] std::string pathOf(const char* name) const { return m_path.empty() ? std::string{name} : m_path + "." + name; }

    const Json& m_value;
    const Text& m_place;
    std::string m_path;
};

pkcs11::WrapRecipe readRecipe(const Reader& reader) {
    return {.method = reader.named("method", wrapMethodNames),
            .hash = reader.named("hash", oaepHashNames),
            .source = reader.named("source", oaepSourceNames)};
}

Attempt readAttempt(const Reader& reader) {
    return {.recipe = readRecipe(reader.member("recipe")),
            .qualified = reader.boolean("qualified"),
            .reason = reader.sentence("reason"),
            .code = reader.text("code")};
}

ThrowAwayRecord readThrowAway(const Reader& reader) {
    return {.typeName = reader.text("type"),
            .label = reader.text("label"),
            .id = reader.octets("id"),
            .generatedAt = reader.time("generatedAt"),
            .destroyedAt = reader.time("destroyedAt")};
}

Combination readCombination(const Reader& reader) {
    return {.keySpec = reader.named("keySpec", keySpecNames),
            .choice = {.algorithm = reader.named("wrappingAlgorithm", wrappingAlgorithmNames),
                       .keySpec = reader.named("wrappingKeySpec", wrappingKeySpecNames)}};
}

TokenIdentity readToken(const Reader& reader) {
    return {.moduleSha256 = reader.text("moduleSha256"),
            .moduleSettings = reader.text("moduleSettings"),
            .serial = reader.text("serial"),
            .model = reader.text("model"),
            .firmwareVersion = reader.text("firmwareVersion")};
}

/// The choice must be the first attempt that qualified, and KMS must take the combination: a file that says otherwise was
/// altered.
void checkConsistent(const Result& result, const Reader& reader) {
    const auto qualified = std::ranges::find(result.attempts, true, &Attempt::qualified);
    const auto first = qualified == result.attempts.end() ? std::nullopt : std::optional{qualified->recipe};
    if (result.chosen != first) {
        reader.refuse(KC_TEXT("QualificationFile", "chosen is not the first attempt that qualified"));
    }
    if (whyRefused(result.combination.keySpec, result.combination.choice)) {
        reader.refuse(KC_TEXT("QualificationFile", "combination is one that KMS refuses"));
    }
    const auto algorithm = result.combination.choice.algorithm;
    const bool oaep = familyOf(algorithm) == WrappingFamily::RsaesOaep;
    const bool fits = !first || (first->hash == hashOf(algorithm) && oaep == (first->method == pkcs11::WrapMethod::Oaep));
    if (!fits) {
        reader.refuse(KC_TEXT("QualificationFile", "chosen does not fit the wrapping algorithm"));
    }
}

}  // namespace

Json toJson(const Result& result) {
    Json json{{"schema", schema},
              {"combination",
               {{"keySpec", nameOf(keySpecNames, result.combination.keySpec)},
                {"wrappingAlgorithm", nameOf(wrappingAlgorithmNames, result.combination.choice.algorithm)},
                {"wrappingKeySpec", nameOf(wrappingKeySpecNames, result.combination.choice.keySpec)}}},
              {"token",
               {{"moduleSha256", result.token.moduleSha256},
                {"moduleSettings", result.token.moduleSettings},
                {"serial", result.token.serial},
                {"model", result.token.model},
                {"firmwareVersion", result.token.firmwareVersion}}},
              {"date", toRfc3339Milliseconds(result.date)},
              {"attempts", arrayOf(result.attempts, attemptToJson)},
              {"throwAwayKeys", arrayOf(result.throwAwayKeys, throwAwayToJson)}};
    if (result.chosen) {
        json["chosen"] = recipeToJson(*result.chosen);
    }
    add(json, "explanation", result.explanation);
    return json;
}

Result resultFromJson(const Json& json, const Text& place) {
    const Reader reader{json, place, {}};
    if (reader.text("schema") != schema) {
        reader.refuse(KC_TEXT("QualificationFile", "schema is not %1").with(schema));
    }
    Result result;
    result.combination = readCombination(reader.member("combination"));
    result.token = readToken(reader.member("token"));
    result.date = reader.time("date");
    result.attempts = reader.array("attempts", readAttempt);
    result.throwAwayKeys = reader.array("throwAwayKeys", readThrowAway);
    if (reader.has("chosen")) {
        result.chosen = readRecipe(reader.member("chosen"));
    }
    result.explanation = reader.sentence("explanation");
    checkConsistent(result, reader);
    return result;
}

}  // namespace keyconvoy::wrapping::qualification
