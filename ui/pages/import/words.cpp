#include "ui/pages/import/words.h"

#include "app/ceremony/question.h"
#include "ui/language/text.h"

#include <QCoreApplication>

namespace keyconvoy::ui {

using wrapping::KeySpec;
using wrapping::KeyUsage;

namespace {

QString words(const char* english) {
    return QCoreApplication::translate("ImportWords", english);
}

}  // namespace

QString nameOfSpec(KeySpec spec) {
    return toQString(nameOf(wrapping::keySpecNames, spec));
}

QString meaningOfSpec(KeySpec spec) {
    switch (spec) {
        case KeySpec::SymmetricDefault: return words(QT_TRANSLATE_NOOP("ImportWords", "AES-256, encrypt and decrypt"));
        case KeySpec::Hmac224: return words(QT_TRANSLATE_NOOP("ImportWords", "224-bit key for MACs with SHA-224"));
        case KeySpec::Hmac256: return words(QT_TRANSLATE_NOOP("ImportWords", "256-bit key for MACs with SHA-256"));
        case KeySpec::Hmac384: return words(QT_TRANSLATE_NOOP("ImportWords", "384-bit key for MACs with SHA-384"));
        case KeySpec::Hmac512: return words(QT_TRANSLATE_NOOP("ImportWords", "512-bit key for MACs with SHA-512"));
        case KeySpec::Rsa2048: return words(QT_TRANSLATE_NOOP("ImportWords", "2048-bit RSA key pair"));
        case KeySpec::Rsa3072: return words(QT_TRANSLATE_NOOP("ImportWords", "3072-bit RSA key pair"));
        case KeySpec::Rsa4096: return words(QT_TRANSLATE_NOOP("ImportWords", "4096-bit RSA key pair"));
        case KeySpec::EccNistP256: return words(QT_TRANSLATE_NOOP("ImportWords", "key pair on NIST P-256"));
        case KeySpec::EccNistP384: return words(QT_TRANSLATE_NOOP("ImportWords", "key pair on NIST P-384"));
        case KeySpec::EccNistP521: return words(QT_TRANSLATE_NOOP("ImportWords", "key pair on NIST P-521"));
        case KeySpec::EccSecgP256k1: return words(QT_TRANSLATE_NOOP("ImportWords", "key pair on secp256k1"));
        case KeySpec::EccNistEdwards25519: return words(QT_TRANSLATE_NOOP("ImportWords", "Ed25519 key pair"));
    }
    return {};
}

QString nameOfUsage(KeyUsage usage) {
    return toQString(nameOf(wrapping::keyUsageNames, usage));
}

QString meaningOfUsage(KeyUsage usage) {
    switch (usage) {
        case KeyUsage::EncryptDecrypt: return words(QT_TRANSLATE_NOOP("ImportWords", "encrypt and decrypt"));
        case KeyUsage::SignVerify: return words(QT_TRANSLATE_NOOP("ImportWords", "sign and verify"));
        case KeyUsage::GenerateVerifyMac: return words(QT_TRANSLATE_NOOP("ImportWords", "make and verify MACs"));
        case KeyUsage::KeyAgreement: return words(QT_TRANSLATE_NOOP("ImportWords", "agree on keys (ECDH)"));
    }
    return {};
}

std::vector<KeyUsage> usagesOf(KeySpec spec) {
    std::vector<KeyUsage> usages{wrapping::usualUsage(spec)};
    for (const auto& [usage, name] : wrapping::keyUsageNames) {
        if (usage != usages.front() && wrapping::allows(spec, usage)) {
            usages.push_back(usage);
        }
    }
    return usages;
}

QString rehearsalHint(const Desk& desk, const app::Question& question) {
    if (desk.rehearsalState() != Desk::RehearsalState::Open || question.kind != app::QuestionKind::UserPin) {
        return {};
    }
    const RehearsalToken& token = desk.rehearsalTokens().at(static_cast<std::size_t>(desk.chosenRehearsalToken()));
    return words(QT_TRANSLATE_NOOP("ImportWords", "This rehearsal's PIN is %1. It guards throw-away keys only.")).arg(token.pin);
}

}  // namespace keyconvoy::ui
