#include "core/toml.h"

#include "core/error.h"

namespace keyconvoy {

void throwUnfinishedToml() {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("Toml", "TOML"),
                KC_TEXT("Toml", "a line ends, or something else follows, where a name or a value belongs"),
                KC_TEXT("Toml", "look for brackets that are not closed on their line: a table is begun with [name] or [[name]]")};
}

}  // namespace keyconvoy
