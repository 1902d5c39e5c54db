# Runs an example and compares what it prints with the comment at the end of its source, if it has
# one: cmake -D program=FILE -D source=FILE -P check.cmake
execute_process(COMMAND ${program} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
file(READ ${source} text)
if(NOT text MATCHES "\n// prints\n(.*)")
  return()
endif()
string(REGEX REPLACE "(^|\n)// ?" "\\1" wanted "${CMAKE_MATCH_1}")
string(REGEX REPLACE " +\n" "\n" printed "${printed}")
if(NOT printed STREQUAL wanted)
  message(FATAL_ERROR "${source} says that it prints\n${wanted}but it printed\n${printed}")
endif()
