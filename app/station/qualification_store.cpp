#include "app/station/qualification_store.h"

#include "app/station/state_files.h"
#include "core/fingerprint.h"

#include <nlohmann/json.hpp>
#include <string>

namespace keyconvoy::app {
namespace {

using wrapping::qualification::Combination;
using wrapping::qualification::Result;
using wrapping::qualification::TokenIdentity;

/// One name per token and combination: the hash of all that a result is bound to.
std::string fileNameFor(const TokenIdentity& token, const Combination& combination) {
    const Json key = {token.moduleSha256,
                      token.moduleSettings,
                      token.serial,
                      token.model,
                      token.firmwareVersion,
                      nameOf(wrapping::keySpecNames, combination.keySpec),
                      nameOf(wrapping::wrappingAlgorithmNames, combination.choice.algorithm),
                      nameOf(wrapping::wrappingKeySpecNames, combination.choice.keySpec)};
    const std::string text = key.dump(-1, ' ', true, Json::error_handler_t::replace);
    return Fingerprint::of(asBytes(text)).hex() + ".json";
}

}  // namespace

QualificationStore::QualificationStore(std::optional<std::filesystem::path> folder)
    : m_folder{folder ? *std::move(folder) : defaultStateFolder() / "qualifications"} {
}

std::optional<Result> QualificationStore::find(const TokenIdentity& token, const Combination& combination) const {
    const std::filesystem::path file = m_folder / fileNameFor(token, combination);
    const std::optional<Json> json = readStateFile(file);
    if (!json) {
        return std::nullopt;
    }
    try {
        Result result = wrapping::qualification::resultFromJson(*json, verbatim(file.string()));
        const bool ours = result.token == token && result.combination == combination;
        return ours ? std::optional{std::move(result)} : std::nullopt;
    } catch (const Error&) {  // a damaged or foreign file: the run is made again
        return std::nullopt;
    }
}

void QualificationStore::keep(const Result& result) const {
    replaceStateFile(m_folder / fileNameFor(result.token, result.combination), toJson(result));
}

}  // namespace keyconvoy::app
