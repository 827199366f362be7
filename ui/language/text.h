#pragma once

#include "core/error.h"

#include <QString>
#include <string>
#include <string_view>

namespace keyconvoy::ui {

/// The text in the window's language, placeholders filled in.
[[nodiscard]] QString translated(const Text& text);
/// The same beginning with a capital letter: texts of the engine are fragments, and a heading or sentence is not.
[[nodiscard]] QString translatedSentence(const Text& text);

[[nodiscard]] QString toQString(std::string_view utf8);
[[nodiscard]] std::string toUtf8(const QString& text);

}  // namespace keyconvoy::ui
