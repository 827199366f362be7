#pragma once

/// The one include of toml++. It takes for granted that a name follows "[" and that a value has begun, and asserts it: a file in
/// which a line ends there would end the program, or, without assertions, be undefined behaviour. Here it is an error in the
/// file.
namespace keyconvoy {

/// Throws InvalidInput.
[[noreturn]] void throwUnfinishedToml();

}  // namespace keyconvoy

#include <toml++/impl/preprocessor.h>
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(expr) ((expr) ? static_cast<void>(0) : ::keyconvoy::throwUnfinishedToml())
#include <toml++/toml.h>
