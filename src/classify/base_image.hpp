#pragma once

#include <string_view>

namespace ballast {

// What a function finds on AWS Lambda's x86-64 images on Amazon Linux 2023 (provided.al2023, which the
// managed runtimes build on), without the package and its layers.
struct BaseImage {
    // AL2023 User Guide, "Improved toolchain: gcc, binutils, and glibc": glibc 2.34, gcc 11.
    static constexpr std::string_view k_glibc = "2.34";
    // gcc 11's libstdc++.so.6.0.29 (libstdc++ manual, "ABI Policy and Guidelines").
    static constexpr std::string_view k_glibcxx = "3.4.29";
    // System V ABI, AMD64 supplement; it lies at no other path there.
    static constexpr std::string_view k_loader = "/lib64/ld-linux-x86-64.so.2";

    // Whether the loader finds a library of this name in the image.
    static bool has_library(std::string_view soname);

    // Whether a library of this name is a part of glibc, which works only with exactly its own glibc.
    static bool is_part_of_glibc(std::string_view soname);
};

}  // namespace ballast
