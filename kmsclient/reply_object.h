#pragma once

#include "core/bytes.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/strict_json.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyconvoy::kms::wire {

/// Reads the members of one JSON object of a reply. Whatever is not as the KMS API says throws Integrity, naming the member.
class ReplyObject {
public:
    ReplyObject(std::string_view body, const Text& place);
    ~ReplyObject();
    ReplyObject(const ReplyObject&) = delete;
    ReplyObject& operator=(const ReplyObject&) = delete;
    ReplyObject(ReplyObject&&) noexcept;
    ReplyObject& operator=(ReplyObject&&) noexcept;

    [[nodiscard]] std::string text(const char* name) const;
    [[nodiscard]] std::optional<std::string> optionalText(const char* name) const;  ///< null counts as absent
    [[nodiscard]] bool flag(const char* name) const;                                ///< absent is false
    [[nodiscard]] std::optional<int> optionalInteger(const char* name) const;
    [[nodiscard]] bool has(const char* name) const { return find(name) != nullptr; }  ///< null counts as absent
    [[nodiscard]] Bytes blob(const char* name) const;                                 ///< Base64; at least one octet
    /// A JSON number of seconds since 1970 in any of its forms: 1480632737, 1480632737.044, 1.480632737044E9.
    [[nodiscard]] TimePoint time(const char* name) const;
    [[nodiscard]] std::optional<TimePoint> optionalTime(const char* name) const;
    [[nodiscard]] std::vector<std::string> texts(const char* name) const;
    [[nodiscard]] ReplyObject object(const char* name) const;
    [[nodiscard]] std::vector<ReplyObject> objects(const char* name) const;

private:
    ReplyObject(std::unique_ptr<Json> json, const Text& place);
    [[nodiscard]] const Json* find(const char* name) const;  ///< null when absent
    [[nodiscard]] const Json& required(const char* name) const;
    [[noreturn]] void fail(const char* name, Text cause) const;

    std::unique_ptr<Json> m_json;
    Text m_place;
};

}  // namespace keyconvoy::kms::wire
