#pragma once

#include "ui/widgets/text_label.h"

namespace keyconvoy::ui {

/// Text that breaks inside of a long word where a line has no room for it: a path, a URI, a hash. A QLabel breaks between words
/// only, so that one long one would make the whole window wider. What is copied is the text as it was given.
class FlowingLabel final : public TextLabel {
    Q_OBJECT

public:
    FlowingLabel(const QString& text, QWidget* parent);

    void show(const QString& text);
    using TextLabel::show;
    /// The text of a label as it was given.
    [[nodiscard]] static QString given(const QLabel& label);

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
};

}  // namespace keyconvoy::ui
