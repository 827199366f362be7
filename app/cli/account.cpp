#include "app/cli/account.h"

#include "app/cli/accounts/accounts.h"
#include "app/cli/printable.h"
#include "core/fingerprint.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <vector>

namespace keyconvoy::cli {

namespace {

constexpr std::size_t widestName = 28;

struct Spoken {
    std::string_view word, spoken;
};
constexpr std::array<Spoken, 22> spokenWords{{
    {"id", "ID"},      {"ids", "IDs"},   {"arn", "ARN"}, {"uri", "URI"}, {"url", "URL"},   {"sha256", "SHA-256"},
    {"sha1", "SHA-1"}, {"kms", "KMS"},   {"pin", "PIN"}, {"tls", "TLS"}, {"spki", "SPKI"}, {"der", "DER"},
    {"nist", "NIST"},  {"rsa", "RSA"},   {"aes", "AES"}, {"utc", "UTC"}, {"oaep", "OAEP"}, {"sts", "STS"},
    {"api", "API"},    {"json", "JSON"}, {"cka", "CKA"}, {"hsm", "HSM"},
}};

/// Members that are printed at the end, in this order, whatever the job's order is.
bool comesLast(std::string_view name) {
    return name == "findings" || name == "next";
}

bool isScalar(const Json& value) {
    const bool listOfScalars =
        value.is_array() && !value.empty() && std::ranges::none_of(value, [](const Json& item) { return item.is_structured(); });
    return value.is_primitive() || listOfScalars || (value.is_structured() && value.empty());
}

/// What is absent or empty is not worth a line; the words of a fingerprint are shown with it.
bool isShownInLine(const std::string& name, const Json& value) {
    return isScalar(value) && !value.is_null() && value != Json("") && !comesLast(name) && !name.ends_with("Words");
}

std::string scalarText(const Json& value) {
    if (value.is_boolean()) {
        return value.get<bool>() ? "yes" : "no";
    }
    if (value.is_string()) {
        return printable(value.get<std::string>());
    }
    if (value.is_structured() && value.empty()) {
        return "none";
    }
    if (!value.is_array()) {
        return value.dump();
    }
    std::string text;
    for (const Json& item : value) {
        text += (text.empty() ? "" : ", ") + scalarText(item);
    }
    return text;
}

/// A digest that people compare is shown in groups and, where it names a key, in words.
std::optional<Fingerprint> fingerprintIn(std::string_view name, const Json& value) {
    const bool named = name.ends_with("Sha256") || name.ends_with("ingerprint") || name == "sha256";
    return named && value.is_string() ? Fingerprint::parse(value.get<std::string>()) : std::nullopt;
}

bool namesKey(std::string_view name) {
    return name.find("rappingKey") != std::string_view::npos || name.find("ransportKey") != std::string_view::npos ||
           name == "fingerprint";
}

class Account {
public:
    void members(const Json& object, std::size_t indent) {
        const std::size_t width = nameWidth(object);
        for (const auto& [name, value] : object.items()) {
            if (isShownInLine(name, value)) {
                line(name, value, indent, width);
            }
        }
        for (const auto& [name, value] : object.items()) {
            if (!isScalar(value) && !comesLast(name)) {
                section(name, value, indent);
            }
        }
        findings(object, indent);
        next(object, indent);
    }

    [[nodiscard]] std::string take() { return std::move(m_text); }

private:
    static std::size_t nameWidth(const Json& object) {
        std::size_t width = 0;
        for (const auto& [name, value] : object.items()) {
            if (isShownInLine(name, value)) {
                width = std::max(width, std::min(widestName, spokenName(name).size() + 1));
            }
        }
        return width;
    }

    void line(const std::string& name, const Json& value, std::size_t indent, std::size_t width) {
        std::string head = std::string(indent, ' ') + spokenName(name) + ":";
        head.resize(std::max(head.size(), indent + width), ' ');
        const std::size_t column = head.size() + 1;
        m_text += head + " ";
        const std::optional<Fingerprint> fingerprint = fingerprintIn(name, value);
        if (!fingerprint) {
            m_text += wrapped(scalarText(value), column, accountWidth) + "\n";
            return;
        }
        m_text += wrapped(fingerprint->hexGroups(), column, accountWidth) + "\n";
        if (namesKey(name)) {
            m_text += std::string(column, ' ') + wrapped(fingerprint->words(), column, accountWidth) + "\n";
        }
    }

    /// A key's many yes-or-no attributes in three lines.
    void attributes(const Json& object, std::size_t indent) {
        Json lines;
        for (const auto& [name, value] : object.items()) {
            const char* list = value.is_null() ? "notReported" : !value.is_boolean() ? "" : value.get<bool>() ? "yes" : "no";
            if (*list == '\0') {
                lines[name] = value;
            } else {
                lines[list].push_back(spokenName(name));
            }
        }
        members(arranged(lines, {"yes", "no", "notReported"}), indent);
    }

    void section(const std::string& name, const Json& value, std::size_t indent) {
        if (indent == 0 && !m_text.empty()) {
            m_text += "\n";
        }
        m_text += std::string(indent, ' ') + spokenName(name) + "\n";
        if (name == "attributes" && value.is_object()) {
            attributes(value, indent + 2);
            return;
        }
        if (value.is_object()) {
            members(value, indent + 2);
            return;
        }
        for (const Json& item : value) {
            listItem(item, indent + 2);
        }
    }

    /// The first line of an item carries a dash in place of its indentation.
    void listItem(const Json& item, std::size_t indent) {
        const std::size_t start = m_text.size();
        if (item.is_object() && !item.empty()) {
            members(item, indent + 2);
        } else {
            m_text += std::string(indent + 2, ' ') + wrapped(scalarText(item), indent + 2, accountWidth) + "\n";
        }
        if (m_text.size() > start + indent) {
            m_text[start + indent] = '-';
        }
    }

    void findings(const Json& object, std::size_t indent) {
        const auto found = object.find("findings");
        if (found == object.end() || !found->is_array()) {
            return;
        }
        for (const Json& finding : *found) {
            const std::string head = std::string(indent, ' ') + finding.value("level", "note") + ": ";
            m_text +=
                (indent == 0 ? "\n" : "") + head + wrapped(printable(finding.value("what", "")), indent + 2, accountWidth) + "\n";
            if (const std::string remedy = finding.value("remedy", ""); !remedy.empty()) {
                m_text +=
                    std::string(indent + 2, ' ') + "what to do: " + wrappedWithLines(remedy, indent + 4, accountWidth) + "\n";
            }
        }
    }

    void next(const Json& object, std::size_t indent) {
        const auto found = object.find("next");
        if (found == object.end() || !found->is_array() || found->empty()) {
            return;
        }
        m_text += "\n" + std::string(indent, ' ') + "what to do next\n";
        for (const Json& sentence : *found) {
            m_text += std::string(indent, ' ') + "  - " + wrapped(scalarText(sentence), indent + 4, accountWidth) + "\n";
        }
    }

    std::string m_text;
};

void endWord(std::string& result, std::string& word) {
    if (word.empty()) {
        return;
    }
    const auto row = std::ranges::find(spokenWords, word, &Spoken::word);
    result += (result.empty() ? "" : " ") + (row == spokenWords.end() ? word : std::string{row->spoken});
    word.clear();
}

}  // namespace

std::string spokenName(std::string_view member) {
    if (member == "tokenDetails") {
        return "the token";
    }
    const bool foreign = member.find_first_of("_ .:/-") != std::string_view::npos ||
                         (!member.empty() && std::isupper(static_cast<unsigned char>(member.front())) != 0);
    if (foreign) {
        return printable(member);
    }
    std::string result;
    std::string word;
    for (const char character : member) {
        if (std::isupper(static_cast<unsigned char>(character)) != 0) {
            endWord(result, word);
        }
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    }
    endWord(result, word);
    return result;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
    std::string result;
    std::size_t column = indent;
    while (!text.empty()) {
        const std::size_t blank = text.find(' ');
        const std::string_view word = text.substr(0, blank);
        const bool tooLong = column + word.size() + 1 > width && column > indent;
        if (tooLong) {
            result += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (!result.empty()) {
            result += ' ';
            ++column;
        }
        result += word;
        column += word.size();
        text = blank == std::string_view::npos ? std::string_view{} : text.substr(blank + 1);
    }
    return result;
}

std::string wrappedWithLines(std::string_view text, std::size_t indent, std::size_t width) {
    const std::size_t end = text.find('\n');
    std::string result = wrapped(printable(text.substr(0, end)), indent, width);
    while (!text.empty() && text.find('\n') != std::string_view::npos) {
        text = text.substr(text.find('\n') + 1);
        result += "\n" + std::string(indent, ' ') + printable(text.substr(0, text.find('\n')));
    }
    return result;
}

std::string accountOf(const Json& result) {
    Account account;
    if (result.is_object()) {
        account.members(result, 0);
    }
    return account.take();
}

}  // namespace keyconvoy::cli
