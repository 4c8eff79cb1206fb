#include "pack/layer.hpp"

#include "base/file.hpp"
#include "format/lock.hpp"
#include "pack/slim_package.hpp"
#include "package/package_writer.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_wrapper =
    "#!/bin/sh\n"
    "# For a managed runtime: AWS_LAMBDA_EXEC_WRAPPER=/opt/ballast-wrapper\n"
    "exec \"${0%/*}/bin/ballast-run\" wrapper -- \"$@\"\n";

// Lambda knows an extension by its file's name.
constexpr std::string_view k_extension =
    "#!/bin/sh\n"
    "exec \"${0%/*}/../bin/ballast-run\" extension --name \"${0##*/}\"\n";

}  // namespace

Result<void> write_layer(const std::string& run_program, WithExtension extension, const std::string& out) {
    BALLAST_TRY(const std::string run_bytes, read_file(run_program, k_max_run_program_bytes));
    BALLAST_TRY(const auto writer, create_package(out, Replace::layer));
    const auto directory = [](const char* path) {
        return Entry{.path = path, .kind = EntryKind::directory, .mode = 0755};
    };
    BALLAST_CHECK(writer->add_bytes(std::string(k_wrapper_file), 0755, as_bytes(k_wrapper)));
    BALLAST_CHECK(writer->add_directory(directory("bin")));
    BALLAST_CHECK(writer->add_bytes("bin/" + std::string(k_run_file), 0755, as_bytes(run_bytes)));
    if (extension == WithExtension::yes) {
        BALLAST_CHECK(writer->add_directory(directory("extensions")));
        BALLAST_CHECK(writer->add_bytes("extensions/ballast", 0755, as_bytes(k_extension)));
    }
    return writer->commit();
}

}  // namespace ballast
