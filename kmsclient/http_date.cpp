#include "kmsclient/http_date.h"

#include <curl/curl.h>
#include <string>

namespace keyconvoy::kms {

std::optional<TimePoint> parseHttpDate(std::string_view text) {
    const std::time_t seconds = curl_getdate(std::string{text}.c_str(), nullptr);
    return seconds < 0 ? std::nullopt : std::optional{TimePoint{std::chrono::seconds{seconds}}};
}

}  // namespace keyconvoy::kms
