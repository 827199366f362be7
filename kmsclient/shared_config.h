#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms {

/// One AWS configuration or credentials file: sections of `name = value`, read the way botocore reads it (Python's
/// RawConfigParser): names in lower case, `=` or `:`, whole-line comments with # or ;, values continued on indented lines.
class SharedConfig {
public:
    using Section = std::map<std::string, std::string>;

    SharedConfig() = default;
    SharedConfig(const SharedConfig&) = delete;
    SharedConfig& operator=(const SharedConfig&) = delete;
    SharedConfig(SharedConfig&&) noexcept = default;
    SharedConfig& operator=(SharedConfig&&) noexcept = default;
    ~SharedConfig();  ///< wipes the values; secret keys are among them

    /// Throws InvalidInput naming file and line.
    [[nodiscard]] static SharedConfig parse(std::string_view text, const std::filesystem::path& path);
    /// Empty when there is no such file; throws when it cannot be read.
    [[nodiscard]] static SharedConfig load(const std::filesystem::path& path);

    /// Null when there is no such section.
    [[nodiscard]] const Section* section(std::string_view name) const;
    [[nodiscard]] const std::map<std::string, Section, std::less<>>& sections() const { return m_sections; }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    /// Whether the file was there.
    [[nodiscard]] bool present() const { return m_present; }

private:
    std::filesystem::path m_path;
    bool m_present = false;
    std::map<std::string, Section, std::less<>> m_sections;
};

/// The `name = value` lines inside a nested setting: what stands indented below `kms =` in a services section.
[[nodiscard]] std::optional<std::string> nestedSetting(std::string_view value, std::string_view name);

}  // namespace keyconvoy::kms
