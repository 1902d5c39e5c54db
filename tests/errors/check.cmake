# cmake -D source=FILE -D compile=COMMAND;... -P check.cmake
# FILE must not compile, and the first error must hold the sentence of its comment "// error: ...".
file(STRINGS ${source} line REGEX "^// error: ")
string(REGEX REPLACE "^// error: " "" sentence "${line}")
if(NOT sentence MATCHES "^hillock: ")
  message(FATAL_ERROR "${source} states no sentence that begins with hillock:")
endif()

execute_process(COMMAND ${compile} -fsyntax-only ${source} RESULT_VARIABLE failed ERROR_VARIABLE said)
if(NOT failed)
  message(FATAL_ERROR "this compiles, but must not")
endif()
string(REGEX MATCH "error: [^\n]*" first "${said}")
string(FIND "${first}" "${sentence}" found)
if(found EQUAL -1)
  message(FATAL_ERROR "the first error does not say\n  ${sentence}\nbut\n${said}")
endif()
