#include "tests/support/shims/options.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace keyconvoy::shim {

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return parts;
}

CK_ULONG fromHexNumber(const std::string& digits) {
    return std::strtoul(digits.c_str(), nullptr, 16);
}

Options Options::fromEnvironment() {
    Options options;
    const char* text = std::getenv("KEYCONVOY_SHIM");
    for (const std::string& part : split(text == nullptr ? "" : text, ';')) {
        const auto equals = part.find('=');
        options.m_values[part.substr(0, equals)] = equals == std::string::npos ? "" : part.substr(equals + 1);
    }
    return options;
}

std::optional<std::string> Options::value(std::string_view name) const {
    const auto entry = m_values.find(name);
    return entry == m_values.end() ? std::nullopt : std::optional{entry->second};
}

std::vector<std::string> Options::list(std::string_view name) const {
    return split(value(name).value_or(""), ',');
}

bool Options::holds(std::string_view name, CK_ULONG number) const {
    return std::ranges::any_of(list(name), [&](const std::string& digits) { return fromHexNumber(digits) == number; });
}

State& state() {
    static State instance;
    return instance;
}

namespace {

constexpr std::chrono::milliseconds gateIsLookedAtEvery{5};

/// Says that the call stands at its gate, and waits until somebody opens it.
void waitAtGate(std::string_view function) {
    const auto folder = state().options.value("gate");
    if (!folder) {
        return;
    }
    std::ofstream{std::filesystem::path{*folder} / "calls", std::ios::app} << function << "\n";
    const std::filesystem::path gate = std::filesystem::path{*folder} / function;
    if (std::filesystem::exists(gate)) {
        std::ofstream{gate.string() + ".reached"} << "\n";
    }
    while (std::filesystem::exists(gate)) {
        std::this_thread::sleep_for(gateIsLookedAtEvery);
    }
}

}  // namespace

std::optional<CK_RV> failure(std::string_view function) {
    waitAtGate(function);
    const int count = ++state().calls[std::string{function}];
    for (const std::string& rule : state().options.list("fail")) {
        const auto parts = split(rule, ':');
        if (parts.size() == 3 && parts[0] == function && (parts[1] == "all" || parts[1] == std::to_string(count))) {
            return fromHexNumber(parts[2]);
        }
    }
    return std::nullopt;
}

}  // namespace keyconvoy::shim
