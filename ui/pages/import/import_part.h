#pragma once

#include "app/ceremony/import_job.h"
#include "kmsclient/model.h"

#include <optional>
#include <QWidget>

namespace keyconvoy::ui {

/// What the sub pages of the import put together.
struct ImportDraft {
    app::ImportRequest request;
    std::optional<pkcs11::TokenDescription> token;  ///< once it was looked at
    std::optional<kms::KeyMetadata> kmsKey;         ///< an existing one, once it was looked at
};

/// One sub page of the import: it keeps what was entered, and says it when the draft is put together.
class ImportPart : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// It comes to the front; `soFar` is what the sub pages before it said.
    virtual void enter(const ImportDraft& soFar) = 0;
    /// Adds what was chosen here. Throws Error where something is missing or would be refused.
    virtual void contribute(ImportDraft& draft) const = 0;
    /// After contribute() threw: the keyboard goes to what is missing.
    virtual void goToMissing() {}
    [[nodiscard]] virtual bool busy() const { return false; }
    virtual void cancel() {}

Q_SIGNALS:
    void busyChanged();
    void revealWanted(QWidget* part);
};

}  // namespace keyconvoy::ui
