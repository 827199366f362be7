#pragma once

#include <QString>

class QCoreApplication;

namespace keyconvoy::ui {

/// Installs the translators for this language ("de", "en"; empty: the desktop's), ours and Qt's own. To be called before the
/// first text is made.
void installLanguage(QCoreApplication& application, const QString& language);

/// Lengthens and accents every text, so that a picture shows what is not translated or has too little room: "[Ímpórt··· á·
/// kéý··]".
void installPseudoLanguage(QCoreApplication& application);

}  // namespace keyconvoy::ui
