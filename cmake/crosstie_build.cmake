# What every target of this repository is compiled with, and how a room declares its targets.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

add_library(crosstie_build INTERFACE)
target_compile_options(crosstie_build INTERFACE -Wall -Wextra -Wpedantic -Werror)
if(CROSSTIE_SANITIZE)
  target_compile_options(crosstie_build INTERFACE
    -fsanitize=${CROSSTIE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(crosstie_build INTERFACE -fsanitize=${CROSSTIE_SANITIZE})
endif()

# crosstie_room(NAME SOURCES a.cpp ... DEPENDS targets...): one folder of src/ as a static library.
function(crosstie_room name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(crosstie_${name} STATIC ${arg_SOURCES})
  target_include_directories(crosstie_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(crosstie_${name} PUBLIC crosstie::crosstie ${arg_DEPENDS}
                        PRIVATE crosstie_build ${arg_PRIVATE_DEPENDS})
endfunction()

# crosstie_test(ROOM SOURCES a_test.cpp ... DEPENDS targets...): the tests of one room.
function(crosstie_test room)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${room}_test ${arg_SOURCES})
  target_include_directories(${room}_test PRIVATE ${PROJECT_SOURCE_DIR}/test)
  target_link_libraries(${room}_test PRIVATE ${arg_DEPENDS} crosstie::crosstie crosstie_build
                        GTest::gtest_main)
  target_compile_definitions(${room}_test PRIVATE CROSSTIE_SHARED="${CROSSTIE_SHARED}"
                             CROSSTIE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${room}_test TEST_PREFIX "${room}." DISCOVERY_TIMEOUT 60)
endfunction()
