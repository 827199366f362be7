#include "kmsclient/proxy.h"

namespace keyconvoy::kms {

namespace {

/// One entry of NO_PROXY: "*", a host, a domain with or without its leading dot, each with an optional port.
bool covers(std::string_view entry, const Endpoint& endpoint) {
    if (entry == "*") {
        return true;
    }
    const std::string port = ":" + std::to_string(endpoint.port);
    if (endpoint.host.find(':') == std::string::npos && entry.find(':') != std::string_view::npos) {
        if (!entry.ends_with(port)) {
            return false;
        }
        entry.remove_suffix(port.size());
    }
    if (entry.starts_with('.')) {
        entry.remove_prefix(1);
    }
    const std::string name = toLower(entry);
    return !name.empty() && (endpoint.host == name || endpoint.host.ends_with("." + name));
}

bool exempt(std::string_view list, const Endpoint& endpoint) {
    while (!list.empty()) {
        const auto end = std::min(list.find_first_of(", "), list.size());
        if (covers(list.substr(0, end), endpoint)) {
            return true;
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

}  // namespace

std::string proxyFor(const Environment& environment, const Endpoint& endpoint) {
    const auto proxy = lookUpFirst(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    if (!proxy || !endpoint.tls || isLoopback(endpoint.host)) {
        return {};
    }
    const auto list = lookUpFirst(environment, {"no_proxy", "NO_PROXY"});
    return list && exempt(*list, endpoint) ? std::string{} : *proxy;
}

std::string withoutUserInfo(std::string_view proxy) {
    const auto scheme = proxy.find("://");
    const auto start = scheme == std::string_view::npos ? 0 : scheme + 3;
    const auto at = proxy.rfind('@');
    if (at == std::string_view::npos || at < start) {
        return std::string{proxy};
    }
    return std::string{proxy.substr(0, start)} + std::string{proxy.substr(at + 1)};
}

}  // namespace keyconvoy::kms
