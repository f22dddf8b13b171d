# The other ways to ship: the tables alone as a Debian package, and as a single header that must
# compile with nothing else in reach. Called with -D SOURCE_DIR, WORK_DIR, CXX, PYTHON.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

file(REMOVE_RECURSE "${WORK_DIR}")
set(example "${SOURCE_DIR}/examples/find_package/main.cpp")
set(answer "web-0 restarted 5 times on node-2\n")

run("${PYTHON}" "${SOURCE_DIR}/packaging/amalgamate.py" --with serialise.hpp --with print.hpp
    "${WORK_DIR}/single/crosstie/crosstie.hpp")
run("${CXX}" -std=c++23 -Wall -Wextra -Wpedantic -Werror "-I${WORK_DIR}/single" "${example}"
    -o "${WORK_DIR}/single/example")
run("${WORK_DIR}/single/example")
if(NOT output STREQUAL answer)
  message(FATAL_ERROR "unexpected answer: ${output}")
endif()

find_program(dpkg_deb dpkg-deb)
if(NOT dpkg_deb)
  message("dpkg-deb is not installed: THE DEBIAN PACKAGE IS NOT TESTED")
  return()
endif()
run("${CMAKE_COMMAND}" -S "${SOURCE_DIR}" -B "${WORK_DIR}/tables" -G Ninja
    "-DCMAKE_CXX_COMPILER=${CXX}" -DCROSSTIE_BUILD_SCHEDULER=OFF -DCROSSTIE_BUILD_TESTS=OFF)
run("${CMAKE_CPACK_COMMAND}" --config "${WORK_DIR}/tables/CPackConfig.cmake" -G DEB
    -B "${WORK_DIR}/deb")
file(GLOB package "${WORK_DIR}/deb/libcrosstie-dev_*_all.deb")
run("${dpkg_deb}" -x "${package}" "${WORK_DIR}/root")
foreach(file include/crosstie/crosstie.hpp share/cmake/crosstie/crosstie-config.cmake
        share/pkgconfig/crosstie.pc share/crosstie/crosstie_gdb.py)
  if(NOT EXISTS "${WORK_DIR}/root/usr/${file}")
    message(FATAL_ERROR "the package lacks usr/${file}")
  endif()
endforeach()
