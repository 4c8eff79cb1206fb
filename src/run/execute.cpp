#include "run/execute.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "hydrate/environment.hpp"

namespace ballast {

Result<int> hydrate_and_execute(const RunFlags& flags, const std::vector<std::string>& program,
                                const SlimSource& source) {
    BALLAST_TRY(const Slim slim, open_slim(flags, source));
    BALLAST_TRY(const HydrateOptions options, read_options(flags, slim.lock));
    BALLAST_TRY(HydrateReport report, hydrate_and_log(slim, options));
    // The lock goes with the program, so that no other version's hydration evicts the tree meanwhile.
    if (report.in_use) BALLAST_CHECK(report.in_use.keep_across_exec());
    for (const auto& [name, value] : tree_environment(slim.lock, report.tree_path)) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    std::vector<char*> argv;
    argv.reserve(program.size() + 1);
    for (const auto& argument : program) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv.front(), argv.data());
    return fail_errno(errno, program.front(), "cannot execute");
}

}  // namespace ballast
