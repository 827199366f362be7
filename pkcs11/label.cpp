#include "pkcs11/label.h"

#include "core/error.h"
#include "core/utf8.h"

namespace keyconvoy::pkcs11 {

namespace {

[[noreturn]] void throwBadLabel(Text cause) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("Label", "label of the new object"), std::move(cause),
                KC_TEXT("Label",
                        "give it a name by which people will find it again: at most %1 bytes of UTF-8 without control "
                        "characters, line feeds, or blanks at the ends")
                    .with(std::uint64_t{longestLabel})};
}

void checkCharacters(ByteView text) {
    while (!text.empty()) {
        const std::optional<Character> character = firstCharacter(text);
        if (!character) {
            throwBadLabel(KC_TEXT("Label", "it is no UTF-8"));
        }
        if (steersTheTerminal(character->code)) {
            throwBadLabel(
                KC_TEXT("Label", "it holds control characters, line feeds or marks that turn the direction of writing"));
        }
        text = text.subspan(character->size);
    }
}

}  // namespace

void checkNewLabel(const ObjectLabel& label) {
    const std::string& text = label.str();
    if (text.empty()) {
        throwBadLabel(KC_TEXT("Label", "it is empty"));
    }
    checkCharacters(asBytes(text));
    if (text.front() == ' ' || text.back() == ' ') {
        throwBadLabel(KC_TEXT("Label", "it begins or ends with a blank, or is nothing else"));
    }
    if (text.starts_with("pkcs11:")) {  // it could never be told from the URI of a key
        throwBadLabel(KC_TEXT("Label", "it begins with pkcs11:, as URIs do"));
    }
    if (text.size() > longestLabel) {
        throwBadLabel(KC_TEXT("Label", "it has %1 bytes").with(std::uint64_t{text.size()}));
    }
}

}  // namespace keyconvoy::pkcs11
