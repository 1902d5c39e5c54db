# What package managers are told twice must be what CMakeLists.txt and version.hpp say.
# cmake -D source=DIR -D version=V -D description=D -P facts.cmake

function(expect what is wanted)
  if(NOT is STREQUAL wanted)
    message(SEND_ERROR "${what} is \"${is}\", but should be \"${wanted}\"")
  endif()
endfunction()

file(READ ${source}/packaging/vcpkg/ports/hillock/vcpkg.json port)
string(JSON value GET "${port}" version-semver)
expect("the version of vcpkg's port" "${value}" "${version}")
string(JSON value GET "${port}" description)
expect("the description of vcpkg's port" "${value}" "${description}")

file(READ ${source}/vcpkg.json manifest)
foreach(member name version version-semver) # it is for hillock's own development
  string(JSON value ERROR_VARIABLE none GET "${manifest}" ${member})
  if(NOT none)
    message(SEND_ERROR "vcpkg.json should have no ${member}")
  endif()
endforeach()

file(STRINGS ${source}/conanfile.py line REGEX "^    description = ")
string(REGEX REPLACE ".*\"(.*)\"" "\\1" line "${line}")
expect("the description in conanfile.py" "${line}" "${description}")

file(READ ${source}/CHANGELOG.md changelog)
string(REGEX MATCH "\n## ([0-9.]+)" first "${changelog}")
expect("the newest version in CHANGELOG.md" "${CMAKE_MATCH_1}" "${version}")
