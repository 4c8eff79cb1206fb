#include "pack/slim_package.hpp"

#include <functional>
#include <map>
#include <set>
#include <unordered_set>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "package/package_writer.hpp"

namespace ballast {
namespace {

// ':' would split the variable that the directory goes into; what is not UTF-8 has no place in JSON.
bool can_be_searched(const std::string& directory) {
    return directory.find(':') == std::string::npos && printable(directory) == directory;
}

std::vector<std::string> directories_where(const std::vector<Entry>& entries, const Plan& plan,
                                           const std::function<bool(std::size_t entry)>& counts) {
    const auto before = [](const std::string& a, const std::string& b) { return path_before(a, b); };
    std::set<std::string, decltype(before)> found(before);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        if (entry.kind == EntryKind::directory || plan.destinations[i] != Destination::leaves || !counts(i))
            continue;
        const auto parent = parent_path(entry.path);
        std::string directory = parent.empty() ? "." : std::string(parent);
        if (can_be_searched(directory)) found.insert(std::move(directory));
    }
    return {found.begin(), found.end()};
}

}  // namespace

std::vector<std::string> program_directories(const Inventory& inventory, const Plan& plan) {
    return directories_where(inventory.entries(), plan, [&](std::size_t i) {
        const auto& entry = inventory.entries()[i];
        const auto directory = file_name(parent_path(entry.path));
        const bool in_bin = directory == "bin" || directory == "sbin";
        const auto& elf = inventory.facts()[i].elf;
        const bool is_program = elf && elf->kind == ElfInfo::Kind::program;
        return entry.kind == EntryKind::file && (entry.mode & 0111U) != 0 && (is_program || in_bin);
    });
}

std::vector<std::string> library_directories(const Inventory& inventory, const Plan& plan) {
    std::unordered_set<std::string_view> needed;
    for (const auto& fact : inventory.facts()) {
        if (!fact.elf) continue;
        for (const auto& name : fact.elf->needed) needed.insert(name);
    }
    return directories_where(inventory.entries(), plan, [&](std::size_t i) {
        return needed.contains(file_name(inventory.entries()[i].path));
    });
}

Result<void> check_own_names(const Package& package) {
    for (const auto& entry : package.entries()) {
        if (entry.path == k_lock_file || entry.path == k_manifest_file || entry.path == k_run_file ||
            entry.path == k_wrapper_file) {
            return fail(ErrorCode::usage, package.name() + ": " + entry.path,
                        "is a name that a slim package needs for itself",
                        "rename it, or leave it out of the package");
        }
    }
    return {};
}

Result<void> write_slim_package(const Package& package, const Plan& plan, const Lock& lock,
                                std::string_view manifest, const std::optional<std::string>& run_program,
                                const std::string& out) {
    BALLAST_CHECK(check_own_names(package));
    std::string run_bytes;
    if (run_program) BALLAST_SET(run_bytes, read_file(*run_program, k_max_run_program_bytes));
    const std::string lock_text = write_lock(lock);
    struct Own {
        std::uint16_t mode;
        std::string_view bytes;
    };
    std::map<std::string, Own> own = {{std::string(k_lock_file), {0644, lock_text}},
                                      {std::string(k_manifest_file), {0644, manifest}}};
    if (run_program) {
        own[std::string(k_run_file)] = {0755, run_bytes};
        own[std::string(k_wrapper_file)] = {0755, k_wrapper_script};
    }

    BALLAST_TRY(const auto writer, create_package(out, Replace::slim_package));
    const auto add_own_before = [&](const std::string* path) -> Result<void> {
        while (!own.empty() && (path == nullptr || path_before(own.begin()->first, *path))) {
            const auto& [name, file] = *own.begin();
            BALLAST_CHECK(writer->add_bytes(name, file.mode, as_bytes(file.bytes)));
            own.erase(own.begin());
        }
        return {};
    };
    for (std::size_t i = 0; i < package.entries().size(); ++i) {
        BALLAST_CHECK(check_interrupt(out));
        const auto& entry = package.entries()[i];
        BALLAST_CHECK(add_own_before(&entry.path));
        if (plan.destinations[i] == Destination::leaves) continue;
        BALLAST_CHECK(writer->copy(package, i));
    }
    BALLAST_CHECK(add_own_before(nullptr));
    return writer->commit();
}

}  // namespace ballast
