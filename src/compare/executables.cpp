#include "compare/executables.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/first_of.hpp"
#include "base/relative_path.hpp"
#include "compare/launch.hpp"

namespace ballast {
namespace {

constexpr std::array<std::string_view, 6> k_arguments = {"--version", "-version", "-V", "-v", "--help", "-h"};
constexpr std::chrono::milliseconds k_try_limit{3000};

bool runs_here(const ElfInfo& elf) {
#if defined(__x86_64__)
    return elf.machine == EM_X86_64 || elf.machine == EM_386;
#elif defined(__aarch64__)
    return elf.machine == EM_AARCH64;
#else
    return false;
#endif
}

bool is_named(const Executable& executable, const std::string& name) {
    return executable.path == name || file_name(executable.path) == name;
}

Result<void> find_argument(const Workbench& bench, const std::string& wanted, Executable& executable) {
    std::vector<std::string> candidates(k_arguments.begin(), k_arguments.end());
    if (!wanted.empty()) candidates = {wanted};
    std::optional<Launched> first;
    for (const auto& candidate : candidates) {
        Launch start = bench.start_of(bench.started(), {bench.started() + "/" + executable.path, candidate});
        start.limit = k_try_limit;
        BALLAST_TRY(const Launched launched, launch(start));
        if (!first) first = launched;
        if (launched.status != 0) continue;
        executable.argument = candidate;
        executable.status = 0;
        return {};
    }
    // What a shell or the loader says of a program that did not start.
    if (first->status == k_timed_out) {
        executable.fault =
            fmt::format("did not end within {} s of {}", k_try_limit.count() / 1000, candidates.front());
    } else if (first->by_signal || first->status == k_cannot_start) {
        executable.fault = fmt::format("does not start here: status {}", first->status);
    } else {
        executable.argument = candidates.front();
        executable.status = first->status;
    }
    return {};
}

}  // namespace

Result<std::vector<Executable>> find_executables(const Workbench& bench, const ExecutableOptions& options) {
    std::vector<Executable> found;
    for (std::size_t i = 0; i < bench.inventory().entries().size(); ++i) {
        const auto& entry = bench.inventory().entries()[i];
        const auto& elf = bench.inventory().facts()[i].elf;
        if (!elf || elf->kind != ElfInfo::Kind::program || (entry.mode & 0111U) == 0) continue;
        Executable executable;
        executable.entry = i;
        executable.path = entry.path;
        executable.bytes = entry.size;
        if (!runs_here(*elf)) executable.fault = "is for another processor: " + machine_name(elf->machine);
        found.push_back(std::move(executable));
    }
    for (const auto& name : options.programs) {
        const auto at =
            std::ranges::find_if(found, [&](const Executable& one) { return is_named(one, name); });
        if (at == found.end()) {
            return fail(ErrorCode::usage, "--program",
                        fmt::format("'{}' is not an executable of the package", printable(name)),
                        "name it by its path in the package, or its file name");
        }
        at->timed = true;
    }
    if (options.programs.empty()) {
        std::vector<Executable*> by_size;
        by_size.reserve(found.size());
        for (auto& one : found) by_size.push_back(&one);
        std::ranges::stable_sort(by_size, std::greater(), [](const Executable* one) { return one->bytes; });
        for (Executable* one : first_of(by_size, options.most)) one->timed = true;
    }
    for (auto& one : found) {
        if (options.start && one.timed && one.fault.empty())
            BALLAST_CHECK(find_argument(bench, options.argument, one));
    }
    return found;
}

}  // namespace ballast
