# keyconvoy::compiler carries warnings, hardening and sanitizers; every target of ours links it privately.
include(CheckPIESupported)
check_pie_supported()

add_library(keyconvoy_compiler INTERFACE)
add_library(keyconvoy::compiler ALIAS keyconvoy_compiler)

target_compile_options(keyconvoy_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wformat=2 -Wmissing-declarations
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi>
  # In a unity build a local name meets those of other sources, which it does not shadow elsewhere, and every source counts as
  # a header, whose types must not rest on local ones.
  $<IF:$<BOOL:${CMAKE_UNITY_BUILD}>,$<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>,-Wshadow>
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>
  # False alarms of g++ 12 over std::string's operator+ (GCC bug 105329).
  $<$<AND:$<COMPILE_LANG_AND_ID:CXX,GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-ftrivial-auto-var-init=zero>
)
target_compile_definitions(keyconvoy_compiler INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(keyconvoy_compiler INTERFACE
  -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--as-needed)

if(KEYCONVOY_SANITIZE)
  target_compile_options(keyconvoy_compiler INTERFACE -fsanitize=${KEYCONVOY_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all
    # g++ 12 sees uninitialised members in std::regex once the sanitizers have moved its code about (GCC bug 105562).
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
  target_link_options(keyconvoy_compiler INTERFACE -fsanitize=${KEYCONVOY_SANITIZE})
  target_sources(keyconvoy_compiler INTERFACE
    $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${CMAKE_CURRENT_LIST_DIR}/sanitizer_settings.c>)
else()
  # _FORTIFY_SOURCE needs an optimising build and does not mix with the sanitizers.
  target_compile_options(keyconvoy_compiler INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>)
endif()

if(KEYCONVOY_FUZZ)
  # Coverage for the fuzzer in every library; the targets themselves link its main.
  target_compile_options(keyconvoy_compiler INTERFACE -fsanitize=fuzzer-no-link)
endif()
