# Installs the tables into an empty prefix, builds examples/find_package against that prefix alone,
# and runs it. Called with -D BUILD_DIR, SOURCE_DIR, WORK_DIR, CXX.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "failed (${code}): ${ARGV}\n${text}")
  endif()
  set(output "${text}" PARENT_SCOPE)
endfunction()

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
