# What every target of this repository is compiled with, and how a room declares its targets.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

# A compiler cache is a convenience of the machine, so the presets do not ask for one.
find_program(CROSSTIE_CCACHE ccache)
mark_as_advanced(CROSSTIE_CCACHE)
if(CROSSTIE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CROSSTIE_CCACHE}")
endif()

add_library(crosstie_build INTERFACE)
target_compile_options(crosstie_build INTERFACE -Wall -Wextra -Wpedantic -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees overlapping copies in `"text" + std::string` where there are none (its bug 105651).
  target_compile_options(crosstie_build INTERFACE -Wno-restrict)
endif()
if(CROSSTIE_SANITIZE)
  target_compile_options(crosstie_build INTERFACE
    -fsanitize=${CROSSTIE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    $<$<CXX_COMPILER_ID:Clang>:-fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/sanitizer_ignore.txt>)
  target_link_options(crosstie_build INTERFACE -fsanitize=${CROSSTIE_SANITIZE})
endif()
if(CROSSTIE_BUILD_FUZZERS)
  # A fuzzer steers by the branches it sees, so the rooms it reads into are instrumented too.
  target_compile_options(crosstie_build INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Reading headers is most of what compiling takes, so the presets see to it that they are read for
# several files at once: `release` and `lint` compile files in batches (CMAKE_UNITY_BUILD), the
# sanitizers' presets have common headers precompiled. `clang` does neither, so that a file that
# forgets an include is noticed.

# crosstie_precompile(TARGET headers...): the headers that most files of the target include, compiled
# once. Only with clang (g++ 12 warns of more than there is where a header comes precompiled).
function(crosstie_precompile target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_precompile_headers(${target} PRIVATE <algorithm> <expected> <map> <memory> <optional>
                              <span> <string> <vector> ${ARGN})
  endif()
endfunction()

# crosstie_room(NAME SOURCES a.cpp ... DEPENDS targets... PRECOMPILED headers...): one folder of src/
# as a static library.
function(crosstie_room name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS;PRECOMPILED" ${ARGN})
  add_library(crosstie_${name} STATIC ${arg_SOURCES})
  target_include_directories(crosstie_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(crosstie_${name} PUBLIC crosstie::crosstie ${arg_DEPENDS}
                        PRIVATE crosstie_build ${arg_PRIVATE_DEPENDS})
  crosstie_precompile(crosstie_${name} ${arg_PRECOMPILED})
endfunction()

# crosstie_test(ROOM SOURCES a_test.cpp ... DEPENDS targets... PRECOMPILED headers...): the tests of
# one room.
function(crosstie_test room)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRECOMPILED" ${ARGN})
  add_executable(${room}_test ${arg_SOURCES})
  target_include_directories(${room}_test PRIVATE ${PROJECT_SOURCE_DIR}/test)
  target_link_libraries(${room}_test PRIVATE ${arg_DEPENDS} crosstie::crosstie crosstie_build
                        GTest::gtest_main)
  crosstie_precompile(${room}_test <gtest/gtest.h> ${arg_PRECOMPILED})
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${room}_test PRIVATE -O1)  # two thirds of the time to compile
  endif()
  target_compile_definitions(${room}_test PRIVATE CROSSTIE_SHARED="${CROSSTIE_SHARED}"
                             CROSSTIE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${room}_test TEST_PREFIX "${room}." DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300)
endfunction()

# crosstie_fuzzer(NAME SOURCES a_fuzz.cpp ... DEPENDS targets...): one libFuzzer target.
# Its seed inputs lie in corpus/NAME beside the calling CMakeLists.txt, its words, if any, in
# NAME.dict. The test fuzz.NAME (label "fuzz") runs it for CROSSTIE_FUZZ_SECONDS; what it finds
# stays in fuzz/NAME of the build tree, and the seeds are never written to.
function(crosstie_fuzzer name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} crosstie::crosstie crosstie_build)
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer -O1)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)

  set(found "${PROJECT_BINARY_DIR}/fuzz/${name}")
  file(MAKE_DIRECTORY "${found}/corpus")
  set(inputs "${found}/corpus")
  if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}")
    list(APPEND inputs "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}")
  endif()
  set(words "")
  if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${name}.dict")
    set(words "-dict=${CMAKE_CURRENT_SOURCE_DIR}/${name}.dict")
  endif()
  math(EXPR limit "${CROSSTIE_FUZZ_SECONDS} + 240")
  add_test(NAME fuzz.${name}
           COMMAND ${name} -max_total_time=${CROSSTIE_FUZZ_SECONDS} -seed=${CROSSTIE_FUZZ_SEED}
                   -timeout=30 -rss_limit_mb=4096
                   -print_final_stats=1 -artifact_prefix=${found}/ ${words} ${inputs})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT ${limit})
endfunction()
