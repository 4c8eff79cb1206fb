#include "compare/workbench.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/environment.hpp"
#include "base/interrupt.hpp"
#include "pack/plan.hpp"
#include "pack/slim_package.hpp"
#include "package/package_writer.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_system_path = "/usr/local/bin:/usr/bin:/bin";

Result<void> copy_package(const Package& package, const std::string& out) {
    BALLAST_TRY(const auto writer, create_package(out, Replace::nothing));
    for (std::size_t i = 0; i < package.entries().size(); ++i) {
        BALLAST_CHECK(check_interrupt(package.name()));
        BALLAST_CHECK(writer->copy(package, i));
    }
    return writer->commit();
}

// "tree/a:tree/b:" and what follows.
std::string search_path(const std::string& tree, const std::vector<std::string>& directories,
                        std::string_view rest) {
    std::string text;
    for (const auto& directory : directories)
        text += (text.empty() ? "" : ":") + (directory == "." ? tree : tree + "/" + directory);
    if (!rest.empty()) text += (text.empty() ? "" : ":") + std::string(rest);
    return text;
}

}  // namespace

std::string find_tool(const std::string& name) {
    const std::string path = environment("PATH");
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t end = std::min(path.find(':', at), path.size());
        std::string candidate = path.substr(at, end - at) + "/" + name;
        struct stat facts = {};
        if (end > at && ::stat(candidate.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
            ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
        at = end + 1;
    }
    return {};
}

Workbench::Workbench(TemporaryDirectory directory, const Inventory& inventory)
    : m_directory(std::move(directory)), m_inventory(&inventory) {
    Plan everything;
    everything.destinations.assign(inventory.entries().size(), Destination::leaves);
    m_program_directories = program_directories(inventory, everything);
    m_library_directories = library_directories(inventory, everything);
}

Result<Workbench> Workbench::create(const Inventory& inventory) {
    BALLAST_TRY(TemporaryDirectory directory, TemporaryDirectory::create());
    Workbench bench(std::move(directory), inventory);
    BALLAST_CHECK(copy_package(inventory.package(), bench.original()));
    BALLAST_CHECK(bench.link_tree("as-is"));
    BALLAST_CHECK(bench.scratch("start"));
    adopt_orphans();
    return bench;
}

Result<std::string> Workbench::scratch(const std::string& name) const {
    std::string path = m_directory.path() + "/" + name;
    BALLAST_CHECK(make_directories(path));
    return path;
}

Result<std::string> Workbench::link_tree(const std::string& name,
                                         const std::set<std::size_t>& left_out) const {
    std::string tree = m_directory.path() + "/" + name;
    BALLAST_CHECK(make_directories(tree));
    const auto& entries = m_inventory->entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (left_out.count(i) != 0) continue;
        const auto& entry = entries[i];
        const std::string path = tree + "/" + entry.path;
        int failed = 0;
        if (entry.kind == EntryKind::directory) {
            failed = ::mkdir(path.c_str(), 0755);
        } else if (entry.kind == EntryKind::symlink) {
            failed = ::symlink(entry.target.c_str(), path.c_str());
        } else {
            failed = ::link((original() + "/" + entry.path).c_str(), path.c_str());
        }
        if (failed != 0) return fail_errno(errno, path, "cannot make it");
    }
    return tree;
}

Result<void> Workbench::replace(const std::string& tree, const std::string& path, const std::string& file,
                                unsigned mode) {
    const std::string target = tree + "/" + path;
    if (::chmod(file.c_str(), mode) != 0) return fail_errno(errno, file, "cannot set its mode");
    if (::rename(file.c_str(), target.c_str()) != 0) return fail_errno(errno, target, "cannot replace it");
    return {};
}

Launch Workbench::start_of(const std::string& tree, std::vector<std::string> arguments) const {
    Launch start;
    start.arguments = std::move(arguments);
    start.directory = m_directory.path() + "/start";
    start.is_foreign = true;
    start.environment = {"PATH=" + search_path(tree, m_program_directories, k_system_path),
                         "LD_LIBRARY_PATH=" + search_path(tree, m_library_directories, ""),
                         "HOME=" + start.directory, "TMPDIR=" + start.directory, "LANG=C.UTF-8"};
    return start;
}

}  // namespace ballast
