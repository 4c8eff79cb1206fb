# The compile settings that every target of ours shares, and the function that makes a folder a target.

add_library(ballast_settings INTERFACE)
target_compile_options(ballast_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wnull-dereference -Wformat=2
  # Fields left out of a designated initialiser have the defaults that their struct gives them.
  -Wno-missing-field-initializers)
if(BALLAST_WARNINGS_AS_ERRORS)
  target_compile_options(ballast_settings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these falsely through std::string, std::optional and fmt when it inlines at -O2.
  target_compile_options(ballast_settings INTERFACE
    -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
endif()
# One set of objects for the programs and for libballast.so: -fPIE, which GCC takes by itself in Debian, lost, since a
# shared library cannot have it.
target_compile_options(ballast_settings INTERFACE -fPIC)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Else objcopy cannot make symbols of libballast.a local: "unique" ones stay global.
  target_compile_options(ballast_settings INTERFACE -fno-gnu-unique)
endif()
# So that the linker drops what ballast-run does not call.
target_compile_options(ballast_settings INTERFACE -ffunction-sections -fdata-sections)
target_compile_definitions(ballast_settings INTERFACE _FILE_OFFSET_BITS=64)
target_include_directories(ballast_settings INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)

if(BALLAST_SANITIZE)
  target_compile_options(ballast_settings INTERFACE -fsanitize=${BALLAST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(ballast_settings INTERFACE -fsanitize=${BALLAST_SANITIZE})
endif()
if(BALLAST_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Asio has fences, which ThreadSanitizer does not follow: it may report falsely there.
  target_compile_options(ballast_settings INTERFACE -Wno-tsan)
endif()
if(BALLAST_FUZZ)
  target_compile_options(ballast_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Headers that nearly every file reads, compiled once for what is built for speed and once for what is built for size. All other
# targets take those of ballast_base or ballast_store, so they must be built with the same settings. nlohmann/json.hpp is not among
# them: files that do not need it would take half a second longer each. Off for clang-tidy, which cannot read GCC's.
option(BALLAST_PCH "Precompile common headers" ON)
function(ballast_precompile target like)
  if(NOT BALLAST_PCH)
    return()
  endif()
  if(target STREQUAL like)
    target_precompile_headers(${target} PRIVATE
      <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <span> <string> <string_view>
      <unordered_map> <vector> <fmt/format.h> ${PROJECT_SOURCE_DIR}/src/base/result.hpp)
  else()
    target_precompile_headers(${target} REUSE_FROM ${like})
  endif()
endfunction()

# ballast_folder(NAME [SMALL] DEPS...): all .cpp files in the current folder and below, but a program's main.cpp, become the static
# library ballast_NAME, which may use the folders that DEPS names (tests/lint/layers.py holds the order). SMALL: it is built for
# size, since no time is spent in it: half a megabyte of ballast-run, which travels in every package.
function(ballast_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 folder SMALL "" "")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(ballast_${name} STATIC ${sources})
  target_link_libraries(ballast_${name} PUBLIC ballast_settings ${folder_UNPARSED_ARGUMENTS})
  if(folder_SMALL)
    target_compile_options(ballast_${name} PRIVATE $<$<CONFIG:Release>:-Os>)
    ballast_precompile(ballast_${name} ballast_store)
  else()
    ballast_precompile(ballast_${name} ballast_base)
  endif()
endfunction()

# ballast_program(NAME): where a program is built, and that it is installed.
function(ballast_program name)
  ballast_precompile(${name} ballast_base)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()
