# Runs the port's portfile.cmake with stand-ins for vcpkg's own functions, and checks what vcpkg
# would: cmake -D port=DIR -D work=DIR -D "configure=OPTION;..." -P check.cmake
# The package lands in work/hillock_any, as find_package and pkg-config find it under vcpkg.

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" SOURCE_PATH OPTIONS)
  run(${CMAKE_COMMAND} -S ${arg_SOURCE_PATH} -B ${work}/build ${arg_OPTIONS} ${configure}
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} --warn-uninitialized)
endfunction()

function(vcpkg_cmake_install)
  run(${CMAKE_COMMAND} --build ${work}/build --target install)
endfunction()

function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" CONFIG_PATH "")
  file(GLOB configs ${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/*.cmake)
  if(NOT configs)
    message(FATAL_ERROR "nothing in ${arg_CONFIG_PATH}")
  endif()
  file(COPY ${configs} DESTINATION ${CURRENT_PACKAGES_DIR}/share/${PORT})
  file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR}/share/cmake)
  file(READ ${CURRENT_PACKAGES_DIR}/share/${PORT}/hillockTargets.cmake targets)
  # One folder less lies between these files and the prefix.
  string(REPLACE "get_filename_component(_IMPORT_PREFIX \"\${_IMPORT_PREFIX}\" PATH)\nget_filename_component"
    "get_filename_component" targets "${targets}")
  file(WRITE ${CURRENT_PACKAGES_DIR}/share/${PORT}/hillockTargets.cmake "${targets}")
endfunction()

function(vcpkg_fixup_pkgconfig)
  if(NOT EXISTS ${CURRENT_PACKAGES_DIR}/share/pkgconfig/${PORT}.pc)
    message(FATAL_ERROR "no ${PORT}.pc under share/pkgconfig")
  endif()
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" FILE_LIST)
  configure_file(${arg_FILE_LIST} ${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright COPYONLY)
endfunction()

set(PORT hillock)
set(CURRENT_PACKAGES_DIR ${work}/hillock_any)
file(REMOVE_RECURSE ${work})
include(${port}/portfile.cmake)

if(NOT VCPKG_BUILD_TYPE STREQUAL release)
  message(FATAL_ERROR "a port of headers alone builds once, for release")
endif()
file(GLOB top RELATIVE ${CURRENT_PACKAGES_DIR} ${CURRENT_PACKAGES_DIR}/*)
if(NOT top STREQUAL "include;share")
  message(FATAL_ERROR "beside include and share vcpkg wants nothing, but there is: ${top}")
endif()
file(READ ${CURRENT_PACKAGES_DIR}/share/${PORT}/hillockConfig.cmake config)
if(NOT EXISTS ${CURRENT_PACKAGES_DIR}/include/hillock/hillock.hpp)
  message(FATAL_ERROR "the headers are not under include/hillock")
endif()
file(GLOB_RECURSE all ${CURRENT_PACKAGES_DIR}/*)
foreach(file ${all})
  file(READ ${file} text)
  string(FIND "${text}" "${CURRENT_PACKAGES_DIR}" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "${file} holds the path it was installed to")
  endif()
endforeach()
