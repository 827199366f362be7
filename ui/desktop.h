#pragma once

#include <QStringList>

namespace keyconvoy::ui {

/// The whole program `keyconvoy-desktop`; gives its exit code (design, section 7).
[[nodiscard]] int runDesktop(int& argc, char** argv);

}  // namespace keyconvoy::ui
