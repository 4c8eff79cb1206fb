# The libraries that Ballast stands on, each as one target. All come from Debian packages (scripts/setup).
# The ones that ballast-run links are taken as static archives, so that it runs on any Linux.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt 9 REQUIRED)        # its headers; cmake/fmt_objects.cpp is the rest
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(libelf REQUIRED IMPORTED_TARGET libelf)
find_program(FLATC flatc REQUIRED)

function(ballast_static_archive target file)
  find_library(archive_${target} NAMES ${file} REQUIRED)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${archive_${target}})
endfunction()
ballast_static_archive(static_zstd libzstd.a)
ballast_static_archive(static_lz4 liblz4.a)
ballast_static_archive(static_crypto libcrypto.a)
ballast_static_archive(static_ssl libssl.a)
target_link_libraries(static_ssl INTERFACE static_crypto)
ballast_static_archive(static_expat libexpat.a)
find_package(Boost 1.81 REQUIRED)   # Asio and Beast: headers only
