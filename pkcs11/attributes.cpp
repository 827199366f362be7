#include "pkcs11/attributes.h"

#include "core/hex.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace keyconvoy::pkcs11 {

namespace {

constexpr std::size_t blockBytes = 512;

/// How much of a value is taken at the first try; a longer one is asked for again by itself. Small blocks matter: reading the
/// attributes of a key into 16 KB took as long as the token's own work.
constexpr std::size_t roomFor(CK_ATTRIBUTE_TYPE type) {
    switch (type) {
        case CKA_LABEL:
        case CKA_ID: return 256;
        case CKA_MODULUS:
        case CKA_PUBLIC_EXPONENT:
        case CKA_EC_PARAMS:
        case CKA_EC_POINT: return 640;     // holds the modulus of RSA-4096
        default: return sizeof(CK_ULONG);  // flags and numbers
    }
}

struct AttributeName {
    CK_ATTRIBUTE_TYPE type;
    const char* name;
};

constexpr AttributeName attributeNames[] = {
    {CKA_CLASS, "CKA_CLASS"},
    {CKA_TOKEN, "CKA_TOKEN"},
    {CKA_PRIVATE, "CKA_PRIVATE"},
    {CKA_LABEL, "CKA_LABEL"},
    {CKA_TRUSTED, "CKA_TRUSTED"},
    {CKA_KEY_TYPE, "CKA_KEY_TYPE"},
    {CKA_ID, "CKA_ID"},
    {CKA_SENSITIVE, "CKA_SENSITIVE"},
    {CKA_ENCRYPT, "CKA_ENCRYPT"},
    {CKA_DECRYPT, "CKA_DECRYPT"},
    {CKA_WRAP, "CKA_WRAP"},
    {CKA_UNWRAP, "CKA_UNWRAP"},
    {CKA_SIGN, "CKA_SIGN"},
    {CKA_SIGN_RECOVER, "CKA_SIGN_RECOVER"},
    {CKA_VERIFY, "CKA_VERIFY"},
    {CKA_VERIFY_RECOVER, "CKA_VERIFY_RECOVER"},
    {CKA_DERIVE, "CKA_DERIVE"},
    {CKA_MODULUS, "CKA_MODULUS"},
    {CKA_MODULUS_BITS, "CKA_MODULUS_BITS"},
    {CKA_PUBLIC_EXPONENT, "CKA_PUBLIC_EXPONENT"},
    {CKA_VALUE_LEN, "CKA_VALUE_LEN"},
    {CKA_EXTRACTABLE, "CKA_EXTRACTABLE"},
    {CKA_LOCAL, "CKA_LOCAL"},
    {CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE"},
    {CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE"},
    {CKA_KEY_GEN_MECHANISM, "CKA_KEY_GEN_MECHANISM"},
    {CKA_MODIFIABLE, "CKA_MODIFIABLE"},
    {CKA_COPYABLE, "CKA_COPYABLE"},
    {CKA_DESTROYABLE, "CKA_DESTROYABLE"},
    {CKA_EC_PARAMS, "CKA_EC_PARAMS"},
    {CKA_EC_POINT, "CKA_EC_POINT"},
    {CKA_WRAP_WITH_TRUSTED, "CKA_WRAP_WITH_TRUSTED"},
};

constexpr CK_ATTRIBUTE_TYPE secretTypes[] = {CKA_VALUE,      CKA_PRIVATE_EXPONENT, CKA_PRIME_1,    CKA_PRIME_2,
                                             CKA_EXPONENT_1, CKA_EXPONENT_2,       CKA_COEFFICIENT};

/// Promise 1 at the one place where attributes are read.
void checkNotSecret(std::span<const CK_ATTRIBUTE_TYPE> types) {
    if (std::ranges::find_first_of(types, secretTypes) != types.end()) {
        throw Error{ErrorKind::Internal, KC_TEXT("Attributes", "reading attributes"),
                    KC_TEXT("Attributes", "this program was about to ask a token for key material; it never does"),
                    KC_TEXT("Attributes", "report this as a defect")};
    }
}

/// Codes after which single attributes may still be readable (PKCS#11 2.40 base, 5.7, C_GetAttributeValue).
bool concernsSingleAttributes(CK_RV code) {
    return code == CKR_ATTRIBUTE_SENSITIVE || code == CKR_ATTRIBUTE_TYPE_INVALID || code == CKR_BUFFER_TOO_SMALL ||
           code == CKR_ATTRIBUTE_VALUE_INVALID;
}

/// The value of one attribute, asked by itself: size first, then value. Absent when the token does not report it.
std::optional<Bytes> readOne(const Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
    CK_ATTRIBUTE attribute{type, nullptr, 0};
    const auto& functions = session.functions();
    CK_RV code = functions.C_GetAttributeValue(session.handle(), object, &attribute, 1);
    if (concernsSingleAttributes(code) || (code == CKR_OK && attribute.ulValueLen == ckUnavailable)) {
        return std::nullopt;
    }
    session.check(code, "C_GetAttributeValue");
    Bytes value(attribute.ulValueLen);
    attribute.pValue = value.data();
    code = functions.C_GetAttributeValue(session.handle(), object, &attribute, 1);
    session.check(code, "C_GetAttributeValue");
    value.resize(std::min<std::size_t>(attribute.ulValueLen, value.size()));
    return value;
}

template <class Value>
std::optional<Value> fixedSize(std::optional<ByteView> bytes) {
    Value value{};
    if (!bytes || bytes->size() != sizeof value) {
        return std::nullopt;
    }
    std::memcpy(&value, bytes->data(), sizeof value);
    return value;
}

}  // namespace

ByteView withoutLeadingZeros(ByteView number) {
    const auto first = std::ranges::find_if(number, [](std::uint8_t octet) { return octet != 0; });
    return number.subspan(static_cast<std::size_t>(std::distance(number.begin(), first)));
}

void* AttributeTemplate::store(const void* value, std::size_t size) {
    if (size > m_room || m_blocks.empty()) {
        m_room = std::max(blockBytes, size);
        m_used = 0;
        m_blocks.push_back(std::make_unique<std::byte[]>(m_room));
    }
    std::byte* place = m_blocks.back().get() + m_used;
    if (size != 0) {
        std::memcpy(place, value, size);
    }
    const std::size_t aligned = std::min(m_room, (size + alignof(CK_ULONG) - 1) / alignof(CK_ULONG) * alignof(CK_ULONG));
    m_used += aligned;
    m_room -= aligned;
    return place;
}

AttributeTemplate& AttributeTemplate::add(CK_ATTRIBUTE_TYPE type, bool value) {
    const CK_BBOOL octet = value ? CK_TRUE : CK_FALSE;  // CK_BBOOL is one byte, whatever bool is
    m_attributes.push_back({type, store(&octet, sizeof octet), sizeof octet});
    return *this;
}

AttributeTemplate& AttributeTemplate::add(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    m_attributes.push_back({type, store(&value, sizeof value), sizeof value});
    return *this;
}

AttributeTemplate& AttributeTemplate::add(CK_ATTRIBUTE_TYPE type, ByteView value) {
    m_attributes.push_back({type, store(value.data(), value.size()), value.size()});
    return *this;
}

AttributeTemplate& AttributeTemplate::addAll(std::initializer_list<CK_ATTRIBUTE_TYPE> types, bool value) {
    for (const CK_ATTRIBUTE_TYPE type : types) {
        add(type, value);
    }
    return *this;
}

std::optional<ByteView> AttributeValues::bytes(CK_ATTRIBUTE_TYPE type) const {
    const auto entry = std::ranges::find(m_entries, type, &Entry::type);
    if (entry == m_entries.end()) {
        return std::nullopt;
    }
    return ByteView{m_storage}.subspan(entry->offset, entry->size);
}

std::optional<bool> AttributeValues::flag(CK_ATTRIBUTE_TYPE type) const {
    const auto octet = fixedSize<CK_BBOOL>(bytes(type));
    return octet ? std::optional{*octet != CK_FALSE} : std::nullopt;
}

std::optional<CK_ULONG> AttributeValues::number(CK_ATTRIBUTE_TYPE type) const {
    return fixedSize<CK_ULONG>(bytes(type));
}

std::string AttributeValues::text(CK_ATTRIBUTE_TYPE type) const {
    return std::string{asText(bytes(type).value_or(ByteView{}))};
}

AttributeValues readAttributes(const Session& session, CK_OBJECT_HANDLE object, std::span<const CK_ATTRIBUTE_TYPE> types) {
    checkNotSecret(types);
    AttributeValues values;
    values.m_entries.reserve(types.size());
    std::size_t room = 0;
    for (const CK_ATTRIBUTE_TYPE type : types) {
        room += roomFor(type);
    }
    values.m_storage.resize(room);
    std::vector<CK_ATTRIBUTE> attributes;
    attributes.reserve(types.size());
    std::uint8_t* place = values.m_storage.data();
    for (const CK_ATTRIBUTE_TYPE type : types) {
        attributes.push_back({type, place, roomFor(type)});
        place += roomFor(type);
    }
    const CK_RV code = session.functions().C_GetAttributeValue(session.handle(), object, attributes.data(), attributes.size());
    if (code == CKR_OK) {
        std::size_t offset = 0;
        for (const CK_ATTRIBUTE& attribute : attributes) {
            if (attribute.ulValueLen <= roomFor(attribute.type)) {  // CK_UNAVAILABLE_INFORMATION is larger
                values.m_entries.push_back({attribute.type, offset, attribute.ulValueLen});
            }
            offset += roomFor(attribute.type);
        }
        return values;
    }
    if (!concernsSingleAttributes(code)) {
        session.check(code, "C_GetAttributeValue");
    }
    // A module may have stopped at the first attribute it does not like, so nothing of that answer counts.
    values.m_storage.clear();
    for (const CK_ATTRIBUTE_TYPE type : types) {
        if (const auto value = readOne(session, object, type)) {
            values.m_entries.push_back({type, values.m_storage.size(), value->size()});
            values.m_storage.insert(values.m_storage.end(), value->begin(), value->end());
        }
    }
    return values;
}

AttributeValues readAttributes(const Session& session, CK_OBJECT_HANDLE object, std::initializer_list<CK_ATTRIBUTE_TYPE> types) {
    return readAttributes(session, object, std::span{types.begin(), types.size()});
}

std::string attributeName(CK_ATTRIBUTE_TYPE type) {
    const auto* row = std::ranges::find(attributeNames, type, &AttributeName::type);
    if (row != std::end(attributeNames)) {
        return row->name;
    }
    const std::uint8_t octets[] = {static_cast<std::uint8_t>(type >> 24U), static_cast<std::uint8_t>(type >> 16U),
                                   static_cast<std::uint8_t>(type >> 8U), static_cast<std::uint8_t>(type)};
    return "attribute 0x" + toHex(octets);
}

}  // namespace keyconvoy::pkcs11
