# find_package(ballast) gives ballast::ballast, the shared library, and ballast::ballast_static.
include("${CMAKE_CURRENT_LIST_DIR}/ballastTargets.cmake")
