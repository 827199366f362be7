#pragma once

#include "core/bytes.h"
#include "pkcs11/cryptoki.h"
#include "pkcs11/session.h"

#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace keyconvoy::pkcs11 {

/// Builds a CK_ATTRIBUTE array. Values are copied into storage whose address does not change; move-only for that reason.
class AttributeTemplate {
public:
    AttributeTemplate() { m_attributes.reserve(usualSize); }
    AttributeTemplate(const AttributeTemplate&) = delete;
    AttributeTemplate& operator=(const AttributeTemplate&) = delete;
    AttributeTemplate(AttributeTemplate&&) noexcept = default;
    AttributeTemplate& operator=(AttributeTemplate&&) noexcept = default;
    ~AttributeTemplate() = default;

    AttributeTemplate& add(CK_ATTRIBUTE_TYPE type, bool value);
    AttributeTemplate& add(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
    AttributeTemplate& add(CK_ATTRIBUTE_TYPE type, ByteView value);
    AttributeTemplate& add(CK_ATTRIBUTE_TYPE type, std::string_view value) { return add(type, asBytes(value)); }
    /// Each of these usage bits, set to `value`.
    AttributeTemplate& addAll(std::initializer_list<CK_ATTRIBUTE_TYPE> types, bool value);

    /// For Cryptoki, whose prototypes lack const.
    [[nodiscard]] CK_ATTRIBUTE* data() noexcept { return m_attributes.data(); }
    [[nodiscard]] CK_ULONG size() const noexcept { return m_attributes.size(); }
    [[nodiscard]] std::span<const CK_ATTRIBUTE> view() const noexcept { return m_attributes; }

private:
    static constexpr std::size_t usualSize = 24;
    void* store(const void* value, std::size_t size);

    std::vector<CK_ATTRIBUTE> m_attributes;
    std::vector<std::unique_ptr<std::byte[]>> m_blocks;
    std::size_t m_used = 0;
    std::size_t m_room = 0;
};

/// A "Big integer" (PKCS#11 v2.40, 4.1: big-endian, unsigned): some modules put zeros before it.
[[nodiscard]] ByteView withoutLeadingZeros(ByteView number);

/// What C_GetAttributeValue gave for one object; an attribute that the token does not report is absent. Never asked for a value
/// that is secret: the types are checked.
class AttributeValues {
public:
    [[nodiscard]] std::optional<ByteView> bytes(CK_ATTRIBUTE_TYPE type) const;
    [[nodiscard]] std::optional<bool> flag(CK_ATTRIBUTE_TYPE type) const;
    [[nodiscard]] std::optional<CK_ULONG> number(CK_ATTRIBUTE_TYPE type) const;
    [[nodiscard]] std::string text(CK_ATTRIBUTE_TYPE type) const;  ///< empty when absent

private:
    friend AttributeValues readAttributes(const Session&, CK_OBJECT_HANDLE, std::span<const CK_ATTRIBUTE_TYPE>);
    struct Entry {
        CK_ATTRIBUTE_TYPE type = 0;
        std::size_t offset = 0;
        std::size_t size = 0;
    };
    std::vector<Entry> m_entries;  // present ones only
    Bytes m_storage;
};

/// Reads these attributes in one call where the token allows it. Throws Internal for CKA_VALUE and the private components of a
/// key: no code of this program asks a token for them.
[[nodiscard]] AttributeValues readAttributes(const Session& session, CK_OBJECT_HANDLE object,
                                             std::span<const CK_ATTRIBUTE_TYPE> types);
[[nodiscard]] AttributeValues readAttributes(const Session& session, CK_OBJECT_HANDLE object,
                                             std::initializer_list<CK_ATTRIBUTE_TYPE> types);

/// "CKA_SENSITIVE"; unknown ones in hex.
[[nodiscard]] std::string attributeName(CK_ATTRIBUTE_TYPE type);

}  // namespace keyconvoy::pkcs11
