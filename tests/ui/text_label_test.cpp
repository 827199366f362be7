#include "ui/widgets/text_label.h"
#include "ui/widgets/parts.h"

#include <gtest/gtest.h>

namespace keyconvoy::tests {
namespace {

constexpr int narrow = 120;
const char* const someText = "Some words that need more than one line where there is little room for them";

/// What the toolkit itself says of such a label.
int heightBy(const QLabel& label, int width) {
    QLabel plain{label.text()};
    plain.setTextFormat(label.textFormat());
    plain.setWordWrap(label.wordWrap());
    plain.setTextInteractionFlags(label.textInteractionFlags());
    plain.setFont(label.font());
    plain.setContentsMargins(label.contentsMargins());
    return plain.heightForWidth(width);
}

/// What is remembered must go with whatever it depends on.
TEST(TextLabel, RemembersNoHeightThatIsNotTrueAnyMore) {
    ui::TextLabel label{QString::fromLatin1(someText)};
    label.setWordWrap(true);
    label.setTextInteractionFlags(Qt::TextSelectableByMouse);
    const int before = label.heightForWidth(narrow);
    EXPECT_EQ(before, heightBy(label, narrow));
    EXPECT_EQ(label.heightForWidth(narrow), before);
    EXPECT_EQ(label.heightForWidth(3 * narrow), heightBy(label, 3 * narrow));
    EXPECT_LT(label.heightForWidth(3 * narrow), before);

    label.setText(label.text() + QLatin1Char{' '} + QString::fromLatin1(someText));
    EXPECT_EQ(label.heightForWidth(narrow), heightBy(label, narrow));
    EXPECT_GT(label.heightForWidth(narrow), before);

    QFont larger = label.font();
    larger.setPointSizeF(2 * larger.pointSizeF());
    label.setFont(larger);
    EXPECT_EQ(label.heightForWidth(narrow), heightBy(label, narrow));

    label.setContentsMargins(20, 0, 20, 0);
    EXPECT_EQ(label.heightForWidth(narrow), heightBy(label, narrow));
}

}  // namespace
}  // namespace keyconvoy::tests
