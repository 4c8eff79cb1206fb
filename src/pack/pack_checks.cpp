#include "pack/pack_checks.hpp"

#include <array>
#include <filesystem>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "elf/elf.hpp"
#include "package/package_writer.hpp"

namespace ballast {

Result<void> check_slim_target(const std::string& package_path, const std::string& out) {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path package = fs::weakly_canonical(fs::absolute(package_path, error), error);
    const fs::path target = fs::weakly_canonical(fs::absolute(out, error), error);
    const fs::path within = target.lexically_relative(package);
    const bool is_inside = !within.empty() && *within.begin() != "..";
    if (is_inside && fs::is_directory(package, error)) {
        return fail(ErrorCode::usage, "--out " + printable(out),
                    "is inside the package, which would hold it the next time",
                    "write it beside: --out ../slim");
    }
    // As for the packs that are staged beside it.
    const fs::path parent = target.parent_path();
    if (!fs::exists(parent, error)) BALLAST_CHECK(make_directories(parent.string()));
    // Made and dropped again.
    BALLAST_CHECK(create_package(out, Replace::slim_package));
    return {};
}

Result<void> check_run_program(const std::string& path) {
    BALLAST_TRY(const Fd fd, open_for_reading(path));
    std::array<std::byte, 4> start = {};
    const auto read = pread_exact(fd, start, 0, path);
    if (read && is_elf(start)) return {};
    return fail(ErrorCode::usage, "--run-program " + printable(path), "is not a program for Linux",
                "name a ballast-run, or leave it out");
}

}  // namespace ballast
