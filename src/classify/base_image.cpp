#include "classify/base_image.hpp"

#include <algorithm>
#include <array>

namespace ballast {
namespace {

constexpr auto k_glibc_libraries = std::to_array<std::string_view>({
    "ld-linux-x86-64.so.2",
    "libBrokenLocale.so.1",
    "libSegFault.so",
    "libanl.so.1",
    "libc.so.6",
    "libc_malloc_debug.so.0",
    "libdl.so.2",
    "libm.so.6",
    "libmemusage.so",
    "libmvec.so.1",
    "libnss_compat.so.2",
    "libnss_dns.so.2",
    "libnss_files.so.2",
    "libnss_hesiod.so.2",
    "libpcprofile.so",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libthread_db.so.1",
    "libutil.so.1",
});

// Beside glibc's only what every program on the image itself needs. The image has more (a listing of
// provided.al2023 of 2024, brefphp/aws-lambda-layers, utils/lib-copy/libs-x86.txt, has libcurl, libssl,
// libxml2 and others), but AWS promises none of them, and that project found two of its listing absent in
// the field (copy-dependencies.php). Not in the image, and often missed: libcrypt.so.1.
constexpr auto k_other_libraries =
    std::to_array<std::string_view>({"libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"});

// What the managed runtime of a language brings for its own extension modules.
constexpr auto k_runtime_stems = std::to_array<std::string_view>({"libjvm.so", "libpython3", "libruby.so."});

}  // namespace

bool BaseImage::is_part_of_glibc(std::string_view soname) {
    return std::find(k_glibc_libraries.begin(), k_glibc_libraries.end(), soname) != k_glibc_libraries.end();
}

bool BaseImage::has_library(std::string_view soname) {
    return is_part_of_glibc(soname) ||
           std::find(k_other_libraries.begin(), k_other_libraries.end(), soname) != k_other_libraries.end() ||
           std::any_of(k_runtime_stems.begin(), k_runtime_stems.end(),
                       [&](std::string_view stem) { return soname.starts_with(stem); });
}

}  // namespace ballast
