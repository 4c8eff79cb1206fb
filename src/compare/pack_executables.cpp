#include "compare/pack_executables.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>

#include "base/enum_name.hpp"
#include "base/parallel.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

// A large program with UPX takes a minute.
constexpr std::chrono::minutes k_tool_limit{10};

// Runs a tool on one program; the result, where there is one, is `out`. What it says when it refuses, else
// "".
Result<std::string> run_tool(const Workbench& bench, Packer packer, const std::string& tool,
                             const Entry& entry, const std::string& scratch, const std::string& out) {
    const std::string in = bench.original() + "/" + entry.path;
    std::error_code error;
    Launch start;
    if (packer == Packer::strip) start.arguments = {tool, "-o", out, in};
    if (packer == Packer::upx) start.arguments = {tool, "-qq", "-o", out, in};
    if (packer == Packer::gzexe) {
        // It works on its file's own place, and leaves the old one beside it.
        std::filesystem::copy_file(in, out, error);
        if (error) return fail_errno(error.value(), out, "cannot copy to it");
        ::chmod(out.c_str(), 0755);
        start.arguments = {tool, out};
    }
    start.directory = scratch;
    start.output = out + "-said";
    start.complaints = start.output;
    // The tools are the system's: nothing of the package may lie in their way.
    start.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "TMPDIR=" + scratch};
    start.limit = k_tool_limit;
    BALLAST_TRY(const Launched launched, launch(start));
    if (packer == Packer::gzexe) std::filesystem::remove(out + "~", error);
    if (launched.status == 0 && std::filesystem::exists(out, error)) return std::string();
    std::filesystem::remove(out, error);
    const std::string words = complaint_in(start.output);
    return words.empty() ? fmt::format("{} ends with status {}", packer_name(packer), launched.status)
                         : words;
}

bool is_strippable(const FileFacts& facts) {
    return facts.elf && facts.elf->kind != ElfInfo::Kind::object &&
           facts.elf->debug_bytes + facts.elf->symbol_bytes > 0;
}

std::vector<std::size_t> files_for(const Workbench& bench, const std::vector<Executable>& executables,
                                   Packer packer) {
    std::vector<std::size_t> files;
    if (packer != Packer::strip) {
        for (const auto& one : executables) files.push_back(one.entry);
        return files;
    }
    for (std::size_t i = 0; i < bench.inventory().facts().size(); ++i) {
        if (bench.inventory().entries()[i].kind == EntryKind::file &&
            is_strippable(bench.inventory().facts()[i]))
            files.push_back(i);
    }
    return files;
}

// Starts the programs that can be started: those that changed in pairs, the others, whose libraries may have
// changed, to see that they still do.
Result<void> start_programs(const Workbench& bench, const std::vector<Executable>& executables,
                            unsigned rounds, PackedPackage& packed) {
    std::map<std::string, PackedFile*> changed;
    for (auto& file : packed.files) {
        if (file.refused.empty()) changed[file.path] = &file;
    }
    for (const auto& one : executables) {
        if (one.argument.empty() || changed.empty()) continue;
        const auto start_in = [&](const std::string& tree) {
            Launch start = bench.start_of(tree, {tree + "/" + one.path, one.argument});
            start.limit = std::chrono::seconds(30);
            return start;
        };
        const auto at = changed.find(one.path);
        if (at == changed.end()) {
            BALLAST_TRY(const Launched launched, launch(start_in(packed.tree)));
            if (launched.status == one.status) continue;
            packed.faults.push_back(
                fmt::format("{}: ends with status {}, not {}", one.path, launched.status, one.status));
            continue;
        }
        auto times = pair_starts(start_in(bench.started()), start_in(packed.tree), one.status, rounds);
        if (times) {
            at->second->start = *times;
        } else if (times.error().code == ErrorCode::check_failed) {
            at->second->fault = times.error().message;
            packed.faults.push_back(one.path + ": " + times.error().message);
        } else {
            return pass_on(std::move(times));
        }
    }
    return {};
}

std::optional<double> added(const std::vector<PackedFile>& files, bool sum_of_named) {
    double sum = 0;
    std::size_t count = 0;
    for (const auto& file : files) {
        if (!file.start) continue;
        sum += file.start->added_ms;
        ++count;
    }
    if (count == 0) return std::nullopt;
    return sum_of_named ? sum : sum / static_cast<double>(count);
}

}  // namespace

std::string_view packer_name(Packer packer) {
    return enum_name(packer, {"strip", "upx", "gzexe"});
}

const PackedFile* PackedPackage::find(const std::string& path) const {
    const auto found = std::ranges::find(files, path, &PackedFile::path);
    return found == files.end() ? nullptr : &*found;
}

Result<PackedPackage> pack_executables(const Workbench& bench, const std::vector<Executable>& executables,
                                       Packer packer, const std::string& tool_path, unsigned rounds,
                                       bool sum_of_named) {
    PackedPackage packed;
    packed.tool = tool_path;
    if (packed.tool.empty()) return packed;
    const std::string name(packer_name(packer));
    BALLAST_TRY(packed.tree, bench.link_tree(name));
    BALLAST_TRY(const std::string scratch, bench.scratch(name + "-files"));
    const auto files = files_for(bench, executables, packer);
    packed.files.resize(files.size());
    BALLAST_CHECK(parallel_for(files.size(), [&](std::size_t i) -> Result<void> {
        const auto& entry = bench.inventory().entries()[files[i]];
        PackedFile& file = packed.files[i];
        file.path = entry.path;
        file.before = entry.size;
        file.after = entry.size;
        const std::string out = fmt::format("{}/{}", scratch, i);
        BALLAST_TRY(file.refused, run_tool(bench, packer, tool_path, entry, scratch, out));
        if (!file.refused.empty()) return {};
        std::error_code error;
        file.after = std::filesystem::file_size(out, error);
        if (file.after >= file.before) {
            file.after = file.before;
            file.refused = "would not become smaller";
            return {};
        }
        return Workbench::replace(packed.tree, entry.path, out, entry.mode);
    }));
    for (const auto& entry : bench.inventory().entries()) packed.package_bytes += entry.size;
    for (const auto& file : packed.files) packed.package_bytes -= file.before - file.after;
    BALLAST_CHECK(start_programs(bench, executables, rounds, packed));
    packed.added_ms = added(packed.files, sum_of_named);
    return packed;
}

}  // namespace ballast
