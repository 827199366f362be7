#pragma once

#include "kmsclient/kms_error.h"
#include "kmsclient/model.h"
#include "kmsclient/wire.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

namespace keyconvoy::kms {

/// Throws Integrity when this page was here before: a list that goes round in circles.
inline void checkNewPage(std::set<std::string>& seen, const std::string& marker, const Text& place) {
    if (!marker.empty() && !seen.insert(marker).second) {
        throw Error{ErrorKind::Integrity, place, KC_TEXT("KmsClient", "the list repeats its page"),
                    KC_TEXT("KmsClient", "check the endpoint: whoever answers there does not answer like KMS")};
    }
}

/// All pages of a list operation, one after the other. `fetch(marker)` gives the reply to the call for one page, an empty marker
/// standing for the first; `read(body, place)` its wire::Page. A marker that is refused on the way (InvalidMarkerException: the
/// list changed) makes it begin once more.
template <class Entry, class Fetch, class Read>
[[nodiscard]] Listing<Entry> allPages(Fetch fetch, Read read) {
    Listing<Entry> result;
    std::set<std::string> seen;
    std::string marker;
    bool begunAgain = false;
    for (;;) {
        try {
            auto reply = fetch(marker);
            wire::Page<Entry> page = read(reply.body, reply.place);
            checkNewPage(seen, page.nextMarker, reply.place);
            std::ranges::move(page.entries, std::back_inserter(result.entries));
            if (page.nextMarker.empty()) {
                result.facts = std::move(reply.facts);
                return result;
            }
            marker = std::move(page.nextMarker);
        } catch (const KmsError& error) {
            if (begunAgain || marker.empty() || error.failure().code != "InvalidMarkerException") {
                throw;
            }
            begunAgain = true;
            marker.clear();
            seen.clear();
            result.entries.clear();
        }
    }
}

}  // namespace keyconvoy::kms
