# Installs the tables into an empty prefix, builds examples/find_package against that prefix alone,
# and runs it; then the same source by pkg-config, without CMake. Called with -D BUILD_DIR, SOURCE_DIR, WORK_DIR, CXX.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

file(REMOVE_RECURSE "${WORK_DIR}")
run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${WORK_DIR}/prefix" --component tables)
run("${CMAKE_COMMAND}" -S "${SOURCE_DIR}/examples/find_package" -B "${WORK_DIR}/build" -G Ninja
    "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix"
    -DCMAKE_BUILD_TYPE=Release)
run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
run("${WORK_DIR}/build/example")
if(NOT output STREQUAL "web-0 restarted 5 times on node-2\n")
  message(FATAL_ERROR "unexpected answer: ${output}")
endif()

find_program(pkg_config pkg-config)
if(NOT pkg_config)
  message("pkg-config is not installed: crosstie.pc IS NOT TESTED")
  return()
endif()
run("${CMAKE_COMMAND}" -E env "PKG_CONFIG_PATH=${WORK_DIR}/prefix/share/pkgconfig"
    "${pkg_config}" --cflags "crosstie >= 0.1")
separate_arguments(flags UNIX_COMMAND "${output}")
run("${CXX}" -std=c++23 ${flags} "${SOURCE_DIR}/examples/find_package/main.cpp"
    -o "${WORK_DIR}/by_pkg_config")
run("${WORK_DIR}/by_pkg_config")
if(NOT output STREQUAL "web-0 restarted 5 times on node-2\n")
  message(FATAL_ERROR "unexpected answer: ${output}")
endif()
