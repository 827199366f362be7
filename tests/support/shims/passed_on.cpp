#include "tests/support/shims/bend.h"
#include "tests/support/shims/options.h"

#include <algorithm>
#include <cstddef>

namespace keyconvoy::shim {

namespace {

template <std::size_t Size>
struct FunctionName {
    consteval FunctionName(const char (&name)[Size]) { std::copy_n(name, Size, text); }  // NOLINT: only a literal deduces Size
    char text[Size]{};  // NOLINT: structural, as a template wants
};

/// Passes a call on as it is; it is counted, held and failed like those that are bent.
template <FunctionName Name, auto Function>
struct PassedOn;
template <FunctionName Name, class... Arguments, CK_RV (*CK_FUNCTION_LIST::*Function)(Arguments...)>
struct PassedOn<Name, Function> {
    static CK_RV call(Arguments... arguments) {
        const auto code = failure(Name.text);
        return code ? *code : (state().real.*Function)(arguments...);
    }
};

}  // namespace

void passOn(CK_FUNCTION_LIST& list) {
    list.C_Finalize = &PassedOn<"C_Finalize", &CK_FUNCTION_LIST::C_Finalize>::call;
    list.C_GetInfo = &PassedOn<"C_GetInfo", &CK_FUNCTION_LIST::C_GetInfo>::call;
    list.C_GetSlotList = &PassedOn<"C_GetSlotList", &CK_FUNCTION_LIST::C_GetSlotList>::call;
    list.C_GetSlotInfo = &PassedOn<"C_GetSlotInfo", &CK_FUNCTION_LIST::C_GetSlotInfo>::call;
    list.C_CloseSession = &PassedOn<"C_CloseSession", &CK_FUNCTION_LIST::C_CloseSession>::call;
    list.C_GetSessionInfo = &PassedOn<"C_GetSessionInfo", &CK_FUNCTION_LIST::C_GetSessionInfo>::call;
    list.C_Logout = &PassedOn<"C_Logout", &CK_FUNCTION_LIST::C_Logout>::call;
    list.C_FindObjectsInit = &PassedOn<"C_FindObjectsInit", &CK_FUNCTION_LIST::C_FindObjectsInit>::call;
    list.C_FindObjectsFinal = &PassedOn<"C_FindObjectsFinal", &CK_FUNCTION_LIST::C_FindObjectsFinal>::call;
    list.C_Encrypt = &PassedOn<"C_Encrypt", &CK_FUNCTION_LIST::C_Encrypt>::call;
    list.C_Sign = &PassedOn<"C_Sign", &CK_FUNCTION_LIST::C_Sign>::call;
}

}  // namespace keyconvoy::shim
