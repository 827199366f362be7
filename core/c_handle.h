#pragma once

#include <memory>

namespace keyconvoy {

/// Calls the C function `Free` as a unique_ptr deleter.
template <auto Free>
struct CDeleter {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);  // NOLINT(cppcoreguidelines-no-malloc): this is the owner
    }
};

/// Owns a C object; `Free` never sees null.
template <class T, auto Free>
using CHandle = std::unique_ptr<T, CDeleter<Free>>;

}  // namespace keyconvoy
