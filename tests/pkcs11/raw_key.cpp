#include "tests/pkcs11/raw_key.h"

#include "pkcs11/module_impl.h"

#include <algorithm>
#include <stdexcept>

namespace keyconvoy::tests {

namespace {

CK_SLOT_ID slotOf(const pkcs11::Module& module, const std::string& label) {
    for (const pkcs11::SlotToken& slot : module.impl().slots()) {
        if (slot.description.label == label) {
            return slot.slot;
        }
    }
    throw std::runtime_error{"no such token"};
}

}  // namespace

RawSession::RawSession(const std::shared_ptr<pkcs11::Module>& module, const std::string& label)
    : m_session{module, slotOf(*module, label), label} {
}

CK_OBJECT_HANDLE RawSession::generateAes(const std::string& label, std::initializer_list<CK_ATTRIBUTE_TYPE> uses, bool sensitive,
                                         bool extractable) const {
    pkcs11::AttributeTemplate attributes;
    attributes.add(CKA_TOKEN, true).add(CKA_PRIVATE, true).add(CKA_SENSITIVE, sensitive).add(CKA_EXTRACTABLE, extractable);
    attributes.add(CKA_LABEL, std::string_view{label}).add(CKA_ID, asBytes("id of " + label)).add(CKA_VALUE_LEN, CK_ULONG{32});
    for (const CK_ATTRIBUTE_TYPE use : {CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_VERIFY, CKA_WRAP, CKA_UNWRAP}) {
        attributes.add(use, std::ranges::find(uses, use) != uses.end());
    }
    if (std::ranges::find(uses, CK_ATTRIBUTE_TYPE{CKA_WRAP_WITH_TRUSTED}) != uses.end()) {
        attributes.add(CKA_WRAP_WITH_TRUSTED, true);
    }
    CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    m_session.check(
        m_session.functions().C_GenerateKey(m_session.handle(), &mechanism, attributes.data(), attributes.size(), &key),
        "C_GenerateKey");
    return key;
}

CK_OBJECT_HANDLE RawSession::create(pkcs11::AttributeTemplate& attributes) const {
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
    m_session.check(m_session.functions().C_CreateObject(m_session.handle(), attributes.data(), attributes.size(), &object),
                    "C_CreateObject");
    return object;
}

}  // namespace keyconvoy::tests
