# Installs Stoker into an empty prefix, builds the host project against it, and runs the host.
#
# Takes: build (Stoker's build folder), source (this folder), compiler.
cmake_minimum_required(VERSION 3.25)
set(scratch "${build}/tests/install")
file(REMOVE_RECURSE "${scratch}")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nfailed (${result}):\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install "${build}" --prefix "${scratch}/prefix")
run(${CMAKE_COMMAND} -G Ninja -S "${source}" -B "${scratch}/host" "-DCMAKE_PREFIX_PATH=${scratch}/prefix"
    "-DCMAKE_CXX_COMPILER=${compiler}" "-DCMAKE_CXX_FLAGS=${flags}")
run(${CMAKE_COMMAND} --build "${scratch}/host")
run("${scratch}/host/host")
if(NOT output STREQUAL "works\n")
  message(FATAL_ERROR "the host printed:\n${output}")
endif()
file(GLOB installed LIST_DIRECTORIES true RELATIVE "${scratch}/prefix/include" "${scratch}/prefix/include/*")
if(NOT installed STREQUAL "stoker")
  message(FATAL_ERROR "the include folder holds more than stoker/: ${installed}")
endif()
