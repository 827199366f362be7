#include "tests/support/shims/bend.h"
#include "tests/support/shims/options.h"

#include <dlfcn.h>

namespace {

using keyconvoy::shim::Options;
using keyconvoy::shim::state;

CK_RV initialise(void* arguments);

/// Stays open to the end of the process: the function list points into it.
CK_FUNCTION_LIST* realFunctions() {
    const auto path = state().options.value("module");
    void* library = path ? dlopen(path->c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
    void* symbol = library != nullptr ? dlsym(library, "C_GetFunctionList") : nullptr;
    CK_FUNCTION_LIST* functions = nullptr;
    if (symbol == nullptr || reinterpret_cast<CK_C_GetFunctionList>(symbol)(&functions) != CKR_OK) {
        return nullptr;
    }
    return functions;
}

CK_FUNCTION_LIST& bentFunctions() {
    static CK_FUNCTION_LIST list{};
    return list;
}

CK_RV getFunctionList(CK_FUNCTION_LIST** list) {
    state().options = Options::fromEnvironment();
    const CK_FUNCTION_LIST* real = realFunctions();
    if (real == nullptr) {
        return CKR_LIBRARY_LOAD_FAILED;
    }
    state().real = *real;
    bentFunctions() = *real;
    bentFunctions().C_Initialize = &initialise;
    bentFunctions().C_GetFunctionList = &getFunctionList;
    keyconvoy::shim::bend(bentFunctions());
    keyconvoy::shim::passOn(bentFunctions());
    *list = &bentFunctions();
    return CKR_OK;
}

CK_RV initialise(void* arguments) {
    state().options = Options::fromEnvironment();
    state().calls.clear();
    const auto code = keyconvoy::shim::failure("C_Initialize");
    return code ? *code : state().real.C_Initialize(arguments);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
    return getFunctionList(list);
}
