# `cmake --install`: the headers and their package (component "tables"), so that another project
# says find_package(crosstie) and links crosstie::crosstie; and the executable (component "crosstie").
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/crosstie")
install(TARGETS crosstie_tables EXPORT crosstie_targets)
install(DIRECTORY include/crosstie DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT tables
        FILES_MATCHING PATTERN "*.hpp")
install(EXPORT crosstie_targets NAMESPACE crosstie:: DESTINATION "${package_dir}" COMPONENT tables)
configure_package_config_file(cmake/crosstie-config.cmake.in
  "${PROJECT_BINARY_DIR}/crosstie-config.cmake" INSTALL_DESTINATION "${package_dir}"
  NO_SET_AND_CHECK_MACRO)
# Headers carry no word size of the build, and before 1.0 a minor version may change an interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/crosstie-config-version.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/crosstie-config.cmake"
              "${PROJECT_BINARY_DIR}/crosstie-config-version.cmake"
        DESTINATION "${package_dir}" COMPONENT tables)
# For builds without CMake. It finds its headers from where it lies itself, so it may be moved.
configure_file(cmake/crosstie.pc.in "${PROJECT_BINARY_DIR}/crosstie.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/crosstie.pc"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig" COMPONENT tables)
# How debuggers show the tables; docs/tables/debuggers.md tells how to load them.
install(FILES packaging/debuggers/crosstie_gdb.py packaging/debuggers/crosstie_lldb.py
              packaging/debuggers/crosstie.natvis
        DESTINATION "${CMAKE_INSTALL_DATADIR}/crosstie" COMPONENT tables)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT tables)

if(TARGET crosstie)
  install(TARGETS crosstie RUNTIME COMPONENT crosstie)
endif()

# `cpack -G DEB` in the build tree: libcrosstie-dev (the headers) and, where it is built, crosstie.
set(CPACK_PACKAGE_NAME crosstie)
set(CPACK_PACKAGE_VENDOR "The Crosstie authors")
set(CPACK_PACKAGE_CONTACT "The Crosstie authors <crosstie@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL tables)
if(TARGET crosstie)
  list(APPEND CPACK_COMPONENTS_ALL crosstie)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_TABLES_PACKAGE_NAME libcrosstie-dev)
set(CPACK_DEBIAN_TABLES_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_TABLES_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_TABLES_DESCRIPTION "Hash tables, relations and matrices with two-dimensional keys
 Header-only C++23 tables: flat_set, flat_map, relation, assignment, matrix, interner, lru_map,
 concurrent_map and digest_map, with their CMake package, pkg-config file and debugger scripts.")
set(CPACK_DEBIAN_CROSSTIE_PACKAGE_NAME crosstie)
set(CPACK_DEBIAN_CROSSTIE_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_CROSSTIE_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_CROSSTIE_DESCRIPTION "Kubernetes scheduler and what-if simulator
 Tells where every pending pod of a cluster dump would go, and why not elsewhere.")
include(CPack)
