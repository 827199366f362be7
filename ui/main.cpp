#include "ui/desktop.h"

int main(int argc, char** argv) {
    return keyconvoy::ui::runDesktop(argc, argv);
}
