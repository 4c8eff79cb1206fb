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
    -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
target_compile_definitions(ballast_settings INTERFACE _FILE_OFFSET_BITS=64)
target_include_directories(ballast_settings INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)

if(BALLAST_SANITIZE)
  target_compile_options(ballast_settings INTERFACE -fsanitize=${BALLAST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(ballast_settings INTERFACE -fsanitize=${BALLAST_SANITIZE})
endif()
if(BALLAST_FUZZ)
  target_compile_options(ballast_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# ballast_folder(NAME DEPS...): all .cpp files directly in the current folder become the static library
# ballast_NAME, which may use the folders that DEPS names (tests/layers.py holds the order).
function(ballast_folder name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_library(ballast_${name} STATIC ${sources})
  target_link_libraries(ballast_${name} PUBLIC ballast_settings)
  foreach(dep IN LISTS ARGN)
    target_link_libraries(ballast_${name} PUBLIC ${dep})
  endforeach()
endfunction()
