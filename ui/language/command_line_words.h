#pragma once

#include <optional>
#include <QString>
#include <string_view>
#include <vector>

namespace keyconvoy::ui {

/// What the window says in place of something that is typed on the command line (typedAs in core/text.h): the name of the field
/// and where it stands, as the pages themselves name them, in the window's language. Placeholders stay in it. Absent for a
/// spelling that the table does not know.
[[nodiscard]] std::optional<QString> windowWordsFor(std::string_view spelling);

/// All that it knows.
[[nodiscard]] std::vector<std::string_view> spellingsWithWords();

/// A text of a page, as the page itself has it translated.
struct PageText {
    const char* context = nullptr;
    const char* english = nullptr;
};
/// Every text of a page that the table relies on, so that a test can see whether the pages still have it.
[[nodiscard]] std::vector<PageText> pageTextsReliedOn();

}  // namespace keyconvoy::ui
