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
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT tables)

if(TARGET crosstie)
  install(TARGETS crosstie RUNTIME COMPONENT crosstie)
endif()
