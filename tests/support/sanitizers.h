#pragma once

#if !defined(__has_feature)
#define __has_feature(feature) 0
#define KEYCONVOY_REMOVE_HAS_FEATURE
#endif

/// For the few tests that see a sanitizer's run-time at work where they look for the program's own doing.
namespace keyconvoy::tests {

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
inline constexpr bool underAddressSanitizer = true;
#else
inline constexpr bool underAddressSanitizer = false;
#endif

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
inline constexpr bool underThreadSanitizer = true;
#else
inline constexpr bool underThreadSanitizer = false;
#endif

}  // namespace keyconvoy::tests

#if defined(KEYCONVOY_REMOVE_HAS_FEATURE)
#undef KEYCONVOY_REMOVE_HAS_FEATURE
#undef __has_feature
#endif
