# cmake -D source=FILE -D compile=COMMAND;... -P check.cmake
# FILE must not compile, and the first error must hold the sentence of its comment "// error: ...".
file(READ ${source} text)
string(REGEX MATCH "\n// error: ([^\n]*)" line "${text}")
set(sentence "${CMAKE_MATCH_1}")
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
  message("${said}")
  message(FATAL_ERROR "the first error does not say\n  ${sentence}")
endif()
