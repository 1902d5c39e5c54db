set(VCPKG_BUILD_TYPE release) # header-only

# The checkout that this port lies in.
cmake_path(SET SOURCE_PATH NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../../../..")

vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        -DHILLOCK_BUILD_BENCH=OFF
        -DHILLOCK_BUILD_DOCS=OFF
        -DHILLOCK_BUILD_EXAMPLES=OFF
        -DHILLOCK_BUILD_TESTS=OFF
        -DHILLOCK_FETCH_DEPS=OFF
)

vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/hillock)
vcpkg_fixup_pkgconfig()

vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
