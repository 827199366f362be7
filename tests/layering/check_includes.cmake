# Checks who includes whom, in every source file of ours below ROOT. Prints one line for each violation and fails if there is one.
#   cmake -DROOT=<project> -P check_includes.cmake
cmake_minimum_required(VERSION 3.25)

# The floors, lowest first: a folder includes itself and what stands before it.
set(floors core pkcs11 wrapping kmsclient app ui)

# Folders that only some may include: "<included>|<who may, as a regular expression>".
set(restricted
  "wrapping/opening|wrapping/(opening|qualification)|kmsclient/simulator"  # the code that opens a blob
  "kmsclient/simulator|kmsclient/simulator"                                # never part of the other programs
  "app/cli|app/cli"                                                        # use cases know no command line
)

# System headers that only some files may include.
set(restricted_system
  "<(p11-kit/)?pkcs11[a-z]*\\.h>|pkcs11/cryptoki\\.h"                      # its macros cannot differ between files
  "<(libp11|p11-kit/[a-z]+)\\.h>|pkcs11/.*"
  "<curl/.*>|kmsclient/[^/]*"
  "<httplib\\.h>|kmsclient/simulator/.*\\.cpp"
  "<pugixml\\.hpp>|kmsclient/.*\\.cpp"
  "<nlohmann/json\\.hpp>|.*\\.cpp"                                         # heavy: seconds for each file that includes them
  "<CLI/.*>|app/cli/.*\\.cpp"
  "<toml\\+\\+/.*>|core/toml\\.h"                                         # which mends its assertions; heavy too
  "<Q[A-Z].*>|ui/.*"
)

# Headers for the floors above that speak our words only: "<file>|<what must not occur>".
set(plain_words
  "pkcs11/token.h|(CK|CKA|CKM|CKR|CKF|CKK|CKO)_[A-Z]"
  "pkcs11/token.h|EVP_"
  "kmsclient/kms_client.h|EVP_|CURL"
)

set_property(GLOBAL PROPERTY violations "")
function(violation file text)
  message("violation: ${file}: ${text}")
  set_property(GLOBAL APPEND PROPERTY violations "${file}")
endfunction()

function(split_rule rule left right)
  string(FIND "${rule}" "|" bar)
  string(SUBSTRING "${rule}" 0 ${bar} first)
  math(EXPR bar "${bar} + 1")
  string(SUBSTRING "${rule}" ${bar} -1 rest)
  set(${left} "${first}" PARENT_SCOPE)
  set(${right} "${rest}" PARENT_SCOPE)
endfunction()

function(check_own_include file folder included)
  string(REGEX REPLACE "/.*" "" target "${included}")
  list(FIND floors "${folder}" own_floor)
  list(FIND floors "${target}" target_floor)
  if(target_floor EQUAL -1)
    violation("${file}" "\"${included}\" does not start with a folder of the project")
  elseif(target_floor GREATER own_floor)
    violation("${file}" "${folder} must not include ${included}: it stands above")
  elseif(NOT EXISTS "${ROOT}/${included}")
    violation("${file}" "there is no ${included}")
  endif()
  foreach(rule IN LISTS restricted)
    split_rule("${rule}" where who)
    if(included MATCHES "^${where}/" AND NOT file MATCHES "^(${who})/")
      violation("${file}" "must not include ${included}")
    endif()
  endforeach()
endfunction()

function(check_system_include file included)
  foreach(rule IN LISTS restricted_system)
    string(REGEX MATCH "^<.*>" what "${rule}")
    string(LENGTH "${what}|" length)
    string(SUBSTRING "${rule}" ${length} -1 who)
    if(included MATCHES "^${what}$")
      if(NOT file MATCHES "^(${who})$")
        violation("${file}" "must not include ${included}")
      endif()
      return()  # the first rule that fits decides
    endif()
  endforeach()
endfunction()

function(check_file file folder)
  file(STRINGS "${ROOT}/${file}" lines REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS lines)
    if(line MATCHES "include[ \t]*\"([^\"]+)\"")
      check_own_include("${file}" "${folder}" "${CMAKE_MATCH_1}")
    elseif(line MATCHES "include[ \t]*(<[^>]+>)")
      check_system_include("${file}" "${CMAKE_MATCH_1}")
    endif()
  endforeach()
endfunction()

set(checked 0)
foreach(folder IN LISTS floors)
  file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/${folder}/*.h" "${ROOT}/${folder}/*.cpp")
  foreach(file IN LISTS files)
    check_file("${file}" "${folder}")
    math(EXPR checked "${checked} + 1")
  endforeach()
endforeach()

foreach(rule IN LISTS plain_words)
  split_rule("${rule}" file words)
  if(EXISTS "${ROOT}/${file}")
    file(STRINGS "${ROOT}/${file}" lines REGEX "^[^/]*(${words})")
    foreach(line IN LISTS lines)
      violation("${file}" "speaks a library's words: ${line}")
    endforeach()
  endif()
endforeach()

get_property(violations GLOBAL PROPERTY violations)
list(LENGTH violations count)
message("${checked} files checked, ${count} violations")
if(count GREATER 0 OR checked EQUAL 0)
  message(FATAL_ERROR "The floors are not kept; see the table in tests/layering/check_includes.cmake.")
endif()
