#include <fmt/format.h>

#include <filesystem>

#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/own_program.hpp"
#include "pack/layer.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

struct LayerFlags {
    std::string out;
    std::string run_program;
    bool extension = false;
};

Result<int> make_layer(const LayerFlags& flags) {
    BALLAST_TRY(const std::string run_program, find_run_program(flags.run_program));
    BALLAST_CHECK(
        write_layer(run_program, flags.extension ? WithExtension::yes : WithExtension::no, flags.out));
    std::error_code error;
    const auto bytes = std::filesystem::file_size(run_program, error);
    BALLAST_CHECK(print(fmt::format("layer   {}: ballast-run ({}), the wrapper{}\n", printable(flags.out),
                                    format_size(bytes), flags.extension ? ", the extension" : "")));
    return 0;
}

}  // namespace

void add_layer_command(Program& program) {
    Command command =
        program.add("layer", "Make a Lambda layer of ballast-run, so that packages need not carry it");
    auto& flags = command.runs<LayerFlags>(make_layer);
    command.option("--out LAYER", flags.out, "the layer to make: a zip by its name, or a directory")
        .required();
    command.flag("--extension", flags.extension,
                 "include the extension, which every function with this layer then starts");
    command.option("--run-program FILE", flags.run_program,
                   "the ballast-run to include (default: the one beside ballast)");
    command.examples(
        {"ballast layer --out layer.zip                AWS_LAMBDA_EXEC_WRAPPER=/opt/ballast-wrapper",
         "ballast layer --extension --out layer.zip",
         "ballast pack function/ --out slim/ --without-run --push"});
}

}  // namespace ballast
