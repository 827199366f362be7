#include "app/ceremony/document_findings.h"

#include "app/station/to_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

bool hasProblem(const DocumentFindings& findings) {
    return std::ranges::any_of(findings, [](const DocumentFinding& each) { return each.finding.level == FindingLevel::Problem; });
}

Json toJson(const DocumentFindings& findings) {
    DocumentFindings sorted = findings;
    std::ranges::stable_sort(sorted, {}, &DocumentFinding::line);
    Json list = Json::array();
    for (const DocumentFinding& each : sorted) {
        Json json = toJson(Findings{each.finding}).front();
        json["line"] = each.line;
        json["field"] = each.field;
        list.push_back(std::move(json));
    }
    return list;
}

}  // namespace keyconvoy::app
