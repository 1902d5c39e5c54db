include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# Headers only: everything is architecture independent, so it goes under share/.
set(config_dir ${CMAKE_INSTALL_DATADIR}/cmake/hillock)

# INCLUDES DESTINATION is for users whose CMake is older than 3.23: file sets are invisible to them.
install(TARGETS hillock EXPORT hillockTargets
  FILE_SET HEADERS INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT hillockTargets NAMESPACE hillock:: DESTINATION ${config_dir})

configure_package_config_file(cmake/hillockConfig.cmake.in hillockConfig.cmake
  INSTALL_DESTINATION ${config_dir} NO_SET_AND_CHECK_MACRO)
# While the major version is 0, every minor version may break.
write_basic_package_version_file(hillockConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/hillockConfig.cmake ${PROJECT_BINARY_DIR}/hillockConfigVersion.cmake
  DESTINATION ${config_dir})

configure_file(cmake/hillock.pc.in hillock.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/hillock.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)

if(PROJECT_IS_TOP_LEVEL)
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
  set(CPACK_GENERATOR "TGZ;DEB")
  set(CPACK_PACKAGE_NAME hillock)
  set(CPACK_PACKAGE_FILE_NAME hillock-${PROJECT_VERSION}) # no system, no processor: headers only
  set(CPACK_PACKAGE_VENDOR "The hillock authors")
  set(CPACK_PACKAGE_CONTACT "The hillock authors")
  set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
  set(CPACK_DEBIAN_PACKAGE_NAME libhillock-dev)
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE all)
  set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "libeigen3-dev (>= 3.4)")
  include(CPack)
endif()
