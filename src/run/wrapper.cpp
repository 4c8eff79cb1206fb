#include "program/output.hpp"
#include "run/commands.hpp"
#include "run/execute.hpp"
#include "run/lambda_api.hpp"
#include "run/settings.hpp"

namespace ballast {
namespace {

// Without the report the invocation's response would say "Runtime exited with error: exit status 6". The line
// comes first: Lambda may end the context as soon as it is told.
Result<int> wrap(const RunFlags& flags, const std::vector<std::string>& runtime, const std::string& program,
                 const SlimSource& source) {
    auto result = hydrate_and_execute(flags, runtime, source);
    if (result || !LambdaApi::is_there()) return result;
    print_error(program, result.error());
    if (auto api = LambdaApi::find()) (void)api->report_init_error(result.error());
    return static_cast<int>(result.error().code);
}

}  // namespace

void add_wrapper_command(Program& program, const SlimSource& source) {
    Command command = program.add(
        "wrapper",
        "Start a Lambda runtime as exec does, and report a failure to Lambda as the invocation's error");
    struct Flags : RunFlags {
        std::vector<std::string> runtime;
    };
    auto& flags = command.runs<Flags>([source, name = program.name()](const Flags& given) {
        return wrap(given, given.runtime, name, source);
    });
    add_run_flags(command, flags, WithGroups::yes);
    command.option("RUNTIME", flags.runtime, "the runtime and its arguments, after '--'").required();
    command.examples(
        {"AWS_LAMBDA_EXEC_WRAPPER=/var/task/ballast-wrapper      a managed runtime",
         "exec ./ballast-run wrapper -- ./my-runtime             in the bootstrap of provided.*"});
}

}  // namespace ballast
