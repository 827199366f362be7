#include "core/files.h"
#include "pkcs11/module_impl.h"
#include "pkcs11/return_value.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>

namespace keyconvoy::pkcs11 {

namespace {

constexpr std::size_t largestLibrary = std::size_t{512} * 1024U * 1024U;

/// Cryptoki is initialised once per library and process, and C_Finalize ends it for everybody, so a library that is loaded twice
/// must be one Module: a backup from one SoftHSM token to another asks for it twice.
struct LoadedModules {
    std::mutex mutex;
    std::vector<std::weak_ptr<Module>> modules;
};

LoadedModules& loadedModules() {
    static LoadedModules modules;
    return modules;
}

bool isSameLibrary(const std::filesystem::path& running, const std::filesystem::path& asked) {
    std::error_code none;
    return asked.has_parent_path() ? std::filesystem::equivalent(running, asked, none) : running.filename() == asked;
}

bool sameStart(const ModuleProfile& a, const ModuleProfile& b) {
    const auto sameVariable = [](const ModuleVariable& x, const ModuleVariable& y) {
        return x.name == y.name && x.value == y.value;
    };
    return a.initString == b.initString &&
           std::equal(a.environment.begin(), a.environment.end(), b.environment.begin(), b.environment.end(), sameVariable);
}

void checkSameStart(const ModuleProfile& running, const ModuleProfile& asked) {
    if (!sameStart(running, asked)) {
        throw Error{
            ErrorKind::Refused, KC_TEXT("Module", "PKCS#11 module %1").with(asked.library.string()),
            KC_TEXT("Module",
                    "it is loaded already, with another initialisation string or environment; a module starts once per process"),
            KC_TEXT("Module", "use the same settings, or a second run of the program")};
    }
}

/// Each part with its length before it, so that no two settings read alike.
Fingerprint settingsOf(const ModuleProfile& profile) {
    std::string text;
    const auto add = [&text](const std::string& part) { text += std::to_string(part.size()) + ":" + part; };
    add(profile.initString.value_or(""));
    for (const ModuleVariable& variable : profile.environment) {
        add(variable.name);
        add(variable.value);
    }
    return Fingerprint::of(asBytes(text));
}

ModuleDescription describeModule(const LoadedLibrary& loaded) {
    CK_INFO info{};
    check(loaded.functions().C_GetInfo(&info), "C_GetInfo");
    ModuleDescription description;
    description.path = loaded.library().path().string();
    description.sha256 = Fingerprint::of(readFile(loaded.library().path(), largestLibrary));
    description.settings = settingsOf(loaded.profile());
    description.manufacturer = unpadded(info.manufacturerID);
    description.description = unpadded(info.libraryDescription);
    description.libraryVersion = toText(info.libraryVersion);
    description.cryptokiVersion = toText(info.cryptokiVersion);
    return description;
}

std::vector<CK_SLOT_ID> slotIds(const CK_FUNCTION_LIST& functions) {
    std::vector<CK_SLOT_ID> slots;
    CK_RV code = CKR_BUFFER_TOO_SMALL;
    while (code == CKR_BUFFER_TOO_SMALL) {  // a token may arrive between the two calls
        CK_ULONG count = 0;
        check(functions.C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
        slots.resize(count);
        code = functions.C_GetSlotList(CK_TRUE, slots.data(), &count);
        slots.resize(std::min<std::size_t>(count, slots.size()));
    }
    check(code, "C_GetSlotList");
    return slots;
}

std::optional<SlotToken> readSlot(const CK_FUNCTION_LIST& functions, CK_SLOT_ID slot) {
    CK_SLOT_INFO slotInfo{};
    SlotToken token{.slot = slot, .info = {}, .description = {}};
    CK_RV code = functions.C_GetSlotInfo(slot, &slotInfo);
    if (code == CKR_OK) {
        code = functions.C_GetTokenInfo(slot, &token.info);
    }
    if (code == CKR_TOKEN_NOT_PRESENT || code == CKR_DEVICE_REMOVED || code == CKR_SLOT_ID_INVALID) {
        return std::nullopt;
    }
    if (code != CKR_OK) {
        token.description.slotDescription = unpadded(slotInfo.slotDescription);
        token.description.flags = {"cannot be read: " + describeReturnValue(code).name};
        token.description.userPin = PinState::NotInitialised;
        token.description.officerPin = PinState::NotInitialised;
        return token;
    }
    token.description = toDescription(token.info, slotInfo);
    return token;
}

}  // namespace

ModuleVariables::ModuleVariables(const ModuleProfile& profile) {
    for (const ModuleVariable& variable : profile.environment) {
        ModuleVariable checked = ModuleVariable::parse(variable.name + "=" + variable.value);
        const char* before = std::getenv(checked.name.c_str());  // NOLINT(concurrency-mt-unsafe): on the modules' one thread
        std::optional<std::string> kept = before == nullptr ? std::nullopt : std::optional<std::string>{before};
        ::setenv(checked.name.c_str(), checked.value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): likewise
        m_before.push_back({std::move(checked), std::move(kept)});
    }
}

/// What somebody else has set meanwhile is left alone.
ModuleVariables::~ModuleVariables() {
    for (const Before& before : m_before) {
        const char* now = std::getenv(before.ours.name.c_str());  // NOLINT(concurrency-mt-unsafe): on the modules' one thread
        if (now == nullptr || before.ours.value != now) {
            continue;
        }
        if (before.value) {
            ::setenv(before.ours.name.c_str(), before.value->c_str(), 1);  // NOLINT(concurrency-mt-unsafe): likewise
        } else {
            ::unsetenv(before.ours.name.c_str());  // NOLINT(concurrency-mt-unsafe): likewise
        }
    }
}

Module::Impl::Impl(const ModuleProfile& profile)
    : variables{profile}, library{SharedLibrary{profile.library}, profile}, description{describeModule(library)} {
}

std::vector<SlotToken> Module::Impl::slots() const {
    std::vector<SlotToken> tokens;
    for (const CK_SLOT_ID slot : slotIds(functions())) {
        if (auto token = readSlot(functions(), slot)) {
            tokens.push_back(std::move(*token));
        }
    }
    return tokens;
}

Module::Module(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {
}

Module::~Module() = default;

std::shared_ptr<Module> Module::load(const ModuleProfile& profile) {
    LoadedModules& loaded = loadedModules();
    const std::lock_guard lock{loaded.mutex};
    std::erase_if(loaded.modules, [](const std::weak_ptr<Module>& module) { return module.expired(); });
    for (const std::weak_ptr<Module>& known : loaded.modules) {
        auto running = known.lock();
        if (running && isSameLibrary(running->impl().library.library().path(), profile.library)) {
            checkSameStart(running->impl().library.profile(), profile);
            return running;
        }
    }
    std::shared_ptr<Module> module{new Module{std::make_unique<Impl>(profile)}};
    loaded.modules.push_back(module);
    return module;
}

const ModuleDescription& Module::description() const {
    return m_impl->description;
}

std::vector<TokenDescription> Module::tokens() const {
    std::vector<TokenDescription> tokens;
    for (SlotToken& slot : m_impl->slots()) {
        tokens.push_back(std::move(slot.description));
    }
    return tokens;
}

}  // namespace keyconvoy::pkcs11
