#pragma once

#include "tests/pkcs11/memory_scan.h"
#include "tests/support/fault_proxy.h"
#include "tests/ui/import_page_fixture.h"
#include "ui/widgets/job_panel.h"

#include <memory>
#include <string>
#include <vector>

namespace keyconvoy::tests {

/// A token whose PIN stands nowhere in this process: a child makes it up, and here it is masked.
class MaskedPinToken {
public:
    MaskedPinToken();

    [[nodiscard]] pkcs11::ModuleProfile profile() const;
    [[nodiscard]] const MaskedPattern& pattern() const { return *m_pattern; }
    void typeInto(QWidget& field) const;
    [[nodiscard]] SecretBytes pin() const;

private:
    TemporaryFolder m_folder{"keyconvoy-masked-pin"};
    Bytes m_masked;
    std::unique_ptr<MaskedPattern> m_pattern;
};

/// The import page in a rehearsal whose token is shimmed and whose simulator stands behind a proxy, so that any call of the
/// import can be held.
class HeldImport : public ImportPageTest {
protected:
    HeldImport();
    ~HeldImport() override;

    /// A rehearsal at the review of a key that is to be generated.
    void prepare(const char* spec);
    void useExistingKmsKey() { m_existing = true; }
    /// Begins, and answers what is asked until `reached`; false when the import ended before.
    [[nodiscard]] bool goOnUntil(const std::function<bool()>& reached);
    /// The same up to this question, which is left open.
    [[nodiscard]] bool goOnToQuestion(const std::string& id);
    [[nodiscard]] std::string failureText();

    [[nodiscard]] Gate& gate() { return m_gate; }
    [[nodiscard]] FaultProxy& proxy() { return *m_proxy; }
    [[nodiscard]] std::vector<std::string> tokenCalls() const;

    /// Something else can be done in the window while the call is held.
    void expectTheEventLoopGoesOn();
    /// What the token holds and KMS was made to create is what the window tells, and nothing else.
    void expectThatWhatExistsIsTold();
    /// To be called last: closes everything.
    void expectThatNothingIsLeft();

private:
    [[nodiscard]] QPushButton& yes() { return *run().findChild<QPushButton*>(QStringLiteral("question.yes")); }
    [[nodiscard]] bool asksYes() { return yes().isVisible() && yes().isEnabled() && openPinField() == nullptr; }
    [[nodiscard]] std::vector<pkcs11::ObjectSummary> objectsOnToken();

    bool m_existing = false;
    std::string m_asked;  ///< the question that came last
    TemporaryFolder m_temporary{"keyconvoy-held"};
    std::size_t m_socketsBefore = 0;
    Gate m_gate;
    MaskedPinToken m_token;
    std::unique_ptr<FaultProxy> m_proxy;
    pkcs11::ModuleProfile m_shimmed;
};

}  // namespace keyconvoy::tests
