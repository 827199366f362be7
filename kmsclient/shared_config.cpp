#include "kmsclient/shared_config.h"

#include "core/error.h"
#include "core/files.h"
#include "kmsclient/environment.h"

#include <openssl/crypto.h>

namespace keyconvoy::kms {

namespace {

constexpr std::size_t largestFile = 1U << 20U;

/// Reads line by line; knows the section and setting that a continued line belongs to.
class Parser {
public:
    Parser(const std::filesystem::path& path, std::map<std::string, SharedConfig::Section, std::less<>>& sections)
        : m_path{path}, m_sections{sections} {}

    void line(std::string_view text) {
        ++m_line;
        const std::string_view content = trimmed(text);
        if (content.empty() || content.front() == '#' || content.front() == ';') {
            return;
        }
        const bool indented = text.front() == ' ' || text.front() == '\t';
        if (indented && m_value != nullptr) {
            m_value->append("\n").append(content);
        } else if (content.front() == '[') {
            header(content);
        } else {
            setting(content);
        }
    }

private:
    [[noreturn]] void fail(Text cause) const {
        throw Error{ErrorKind::InvalidInput,
                    KC_TEXT("SharedConfig", "file %1, line %2").with(m_path.string()).with(static_cast<std::uint64_t>(m_line)),
                    std::move(cause), KC_TEXT("SharedConfig", "correct this line; the AWS command line reads the same file")};
    }

    void header(std::string_view content) {
        if (content.back() != ']' || trimmed(content.substr(1, content.size() - 2)).empty()) {
            fail(KC_TEXT("SharedConfig", "a section is written [name]"));
        }
        const auto [place, fresh] = m_sections.try_emplace(std::string{trimmed(content.substr(1, content.size() - 2))});
        if (!fresh) {
            fail(KC_TEXT("SharedConfig", "the section [%1] is there twice").with(place->first));
        }
        m_section = &place->second;
        m_value = nullptr;
    }

    void setting(std::string_view content) {
        const auto separator = content.find_first_of("=:");
        if (m_section == nullptr) {
            fail(KC_TEXT("SharedConfig", "a setting stands before the first [section]"));
        }
        if (separator == std::string_view::npos || separator == 0) {
            fail(KC_TEXT("SharedConfig", "this is neither a [section] nor name = value"));
        }
        const std::string name = toLower(trimmed(content.substr(0, separator)));
        const auto [place, fresh] = m_section->try_emplace(name, trimmed(content.substr(separator + 1)));
        if (!fresh) {
            fail(KC_TEXT("SharedConfig", "the setting %1 is there twice in its section").with(name));
        }
        m_value = &place->second;
    }

    const std::filesystem::path& m_path;
    std::map<std::string, SharedConfig::Section, std::less<>>& m_sections;
    SharedConfig::Section* m_section = nullptr;
    std::string* m_value = nullptr;
    std::size_t m_line = 0;
};

template <class Use>
void forEachLine(std::string_view text, Use use) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        use(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

/// The content of a file that may hold secrets.
class WipedBytes {
public:
    explicit WipedBytes(Bytes bytes) : m_bytes{std::move(bytes)} {}
    WipedBytes(const WipedBytes&) = delete;
    WipedBytes& operator=(const WipedBytes&) = delete;
    ~WipedBytes() { OPENSSL_cleanse(m_bytes.data(), m_bytes.size()); }
    [[nodiscard]] ByteView view() const noexcept { return m_bytes; }

private:
    Bytes m_bytes;
};

std::string_view withoutByteOrderMark(std::string_view text) {
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

}  // namespace

SharedConfig::~SharedConfig() {
    for (auto& [name, section] : m_sections) {
        for (auto& [setting, value] : section) {
            OPENSSL_cleanse(value.data(), value.size());
        }
    }
}

SharedConfig SharedConfig::parse(std::string_view text, const std::filesystem::path& path) {
    SharedConfig config;
    config.m_path = path;
    config.m_present = true;
    Parser parser{path, config.m_sections};
    forEachLine(withoutByteOrderMark(text), [&parser](std::string_view line) {
        if (!line.empty()) {
            parser.line(line);
        } else {
            parser.line("\n");
        }
    });
    return config;
}

SharedConfig SharedConfig::load(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        SharedConfig absent;
        absent.m_path = path;
        return absent;
    }
    const WipedBytes content{readFile(path, largestFile)};
    return parse(asText(content.view()), path);
}

const SharedConfig::Section* SharedConfig::section(std::string_view name) const {
    const auto place = m_sections.find(name);
    return place == m_sections.end() ? nullptr : &place->second;
}

std::optional<std::string> nestedSetting(std::string_view value, std::string_view name) {
    std::optional<std::string> found;
    forEachLine(value, [&](std::string_view line) {
        const auto separator = line.find('=');
        if (separator != std::string_view::npos && trimmed(line.substr(0, separator)) == name) {
            found = trimmed(line.substr(separator + 1));
        }
    });
    return found;
}

}  // namespace keyconvoy::kms
