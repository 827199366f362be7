#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms {

/// arn:<partition>:kms:<region>:<account>:key/<key id>
class KeyArn {
public:
    [[nodiscard]] static std::optional<KeyArn> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return m_text; }
    [[nodiscard]] std::string_view partition() const;
    [[nodiscard]] std::string_view region() const;
    [[nodiscard]] std::string_view account() const;
    [[nodiscard]] std::string_view keyId() const;
    friend auto operator<=>(const KeyArn&, const KeyArn&) = default;

private:
    explicit KeyArn(std::string text) : m_text{std::move(text)} {}
    std::string m_text;
};

/// What `--key-id` takes for the import calls: a key ID (UUID or mrk-…) or a key ARN; KMS refuses aliases there.
class KeyIdentifier {
public:
    /// Throws InvalidInput; for an alias with the remedy of resolving it first.
    [[nodiscard]] static KeyIdentifier parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return m_text; }
    [[nodiscard]] std::optional<KeyArn> arn() const { return KeyArn::parse(m_text); }
    /// By itself or at the end of the ARN.
    [[nodiscard]] std::string keyId() const {
        const auto named = arn();
        return named ? std::string{named->keyId()} : m_text;
    }
    friend auto operator<=>(const KeyIdentifier&, const KeyIdentifier&) = default;

private:
    explicit KeyIdentifier(std::string text) : m_text{std::move(text)} {}
    std::string m_text;
};

/// Accounts 000000000000 to 000000000009 belong to the simulator.
[[nodiscard]] bool isSimulatorAccount(std::string_view account);

}  // namespace keyconvoy::kms
