# Collects every text into the .ts files FILES:  cmake -DLUPDATE=… -DROOT=<project> -DLIST_FILE=<scratch> "-DFILES=a.ts;b.ts" -P update_translations.cmake
# The command line and the simulator stay English, so their texts are left out.
cmake_minimum_required(VERSION 3.25)
set(sources "")
foreach(folder core pkcs11 wrapping kmsclient app ui)
  file(GLOB_RECURSE found "${ROOT}/${folder}/*.cpp" "${ROOT}/${folder}/*.h")
  list(APPEND sources ${found})
endforeach()
list(FILTER sources EXCLUDE REGEX "/app/cli/|/kmsclient/simulator/")
list(SORT sources)
string(REPLACE ";" "\n" list_of_sources "${sources}")
file(WRITE "${LIST_FILE}" "${list_of_sources}\n")
execute_process(
  COMMAND "${LUPDATE}" -silent "-I${ROOT}" -no-obsolete -locations none -tr-function-alias QT_TRANSLATE_NOOP+=KC_TEXT "@${LIST_FILE}" -ts ${FILES}
  COMMAND_ERROR_IS_FATAL ANY)
