#include "classify/lacks.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/relative_path.hpp"
#include "classify/base_image.hpp"
#include "classify/name_rules.hpp"

namespace ballast {
namespace {

using Names = std::unordered_set<std::string_view>;

constexpr std::string_view k_c_library = "libc.so.6";

bool fits_machine(const ElfInfo& elf) {
    return elf.machine == EM_X86_64;
}

// Alpine's C library, whose programs and glibc's do not run with each other's libraries.
bool is_for_musl(const ElfInfo& elf) {
    if (elf.interpreter.find("/ld-musl-") != std::string::npos) return true;
    for (const auto& name : elf.needed) {
        if (name.starts_with("libc.musl-") || name == "libc.so") return true;
    }
    return false;
}

bool is_part_of_glibc(std::string_view path, const ElfInfo& elf) {
    return elf.glibc_part || path.find("/gconv/") != std::string_view::npos ||
           BaseImage::is_part_of_glibc(file_name(path));
}

// Packages of languages bring builds for several systems side by side, of which one is loaded:
// node_modules/bcrypt/prebuilds/linux-arm64, @esbuild/linux-arm64. The path of what belongs together: the
// package, or the scope of packages, that the file lies in.
std::string_view family_of(std::string_view path) {
    std::size_t start = 0;
    for (const std::string_view site : {"node_modules/", "site-packages/", "dist-packages/", "gems/"}) {
        const std::size_t at = path.rfind(site);
        if (at != std::string_view::npos) start = std::max(start, at + site.size());
    }
    return path.substr(0, path.find('/', start));
}

class LackFinder {
  public:
    LackFinder(const Inventory& inventory, const std::vector<std::string>& provided)
        : m_inventory(inventory), m_libraries(provided.begin(), provided.end()) {
        for (std::size_t i = 0; i < inventory.entries().size(); ++i)
            take_stock(inventory.entries()[i], inventory.facts()[i]);
    }

    std::vector<Lack> find() {
        for (std::size_t i = 0; i < m_inventory.entries().size(); ++i) {
            m_path = &m_inventory.entries()[i].path;
            const FileFacts& facts = m_inventory.facts()[i];
            if (facts.elf) {
                check(*facts.elf, facts.category);
            } else if (!facts.elf_fault.empty() && facts.category == Category::binaries) {
                add(fmt::format("is a damaged ELF file: it {}", facts.elf_fault));
            }
        }
        return std::move(m_lacks);
    }

    const Names& libraries() const { return m_libraries; }

  private:
    void take_stock(const Entry& entry, const FileFacts& facts) {
        const bool link_to_library = entry.kind == EntryKind::symlink &&
                                     facts.rule == "as what it leads to" && is_library_name(entry.path);
        if (link_to_library) m_libraries.insert(file_name(entry.path));
        if (!facts.elf || !fits_machine(*facts.elf)) return;
        m_libraries.insert(file_name(entry.path));
        if (!facts.elf->soname.empty()) m_libraries.insert(facts.elf->soname);
        if (facts.category == Category::language_dependencies && !is_for_musl(*facts.elf)) {
            m_served_families.insert(family_of(entry.path));
        }
    }

    void check(const ElfInfo& elf, Category category) {
        if (elf.kind == ElfInfo::Kind::object) return;
        const bool one_of_several =
            category == Category::language_dependencies && m_served_families.contains(family_of(*m_path));
        if (!fits_machine(elf)) {
            if (!one_of_several)
                add(fmt::format("is for {}, but the function runs on x86-64", machine_name(elf.machine)));
            return;
        }
        if (is_for_musl(elf)) {
            if (!one_of_several) add("is built for musl (Alpine Linux), but the base image has glibc");
            return;
        }
        check_versions(elf);
        check_loader(elf);
        check_libraries(elf);
    }

    void check_libraries(const ElfInfo& elf) {
        std::vector<std::string> missing;
        for (const auto& name : elf.needed) {
            if (!has_library(name)) missing.push_back(printable(name));
        }
        if (missing.empty()) return;
        std::string names = missing.front();
        for (std::size_t i = 1; i < missing.size(); ++i) {
            names += (i + 1 == missing.size() ? " and " : ", ") + missing[i];
        }
        add(fmt::format("needs {}, which neither the package nor the base image has", names));
    }

    void check_versions(const ElfInfo& elf) {
        if (elf.soname == k_c_library) {
            add("is a C library of the package's own, which the base image's loader does not fit");
        } else if (m_libraries.contains(k_c_library) && is_part_of_glibc(*m_path, elf)) {
            return;  // said once, of the library that it belongs to
        } else if (version_before(BaseImage::k_glibc, elf.glibc)) {
            add(fmt::format("needs glibc {}, but the base image has {}", elf.glibc, BaseImage::k_glibc));
        }
        if (version_before(BaseImage::k_glibcxx, elf.glibcxx) && !m_libraries.contains("libstdc++.so.6")) {
            add(fmt::format(
                "needs libstdc++ with GLIBCXX_{}, but the package has none and the base image's ends at {}",
                elf.glibcxx, BaseImage::k_glibcxx));
        }
    }

    void check_loader(const ElfInfo& elf) {
        if (elf.interpreter.empty() || elf.interpreter == BaseImage::k_loader) return;
        if (is_there(elf.interpreter)) return;
        add(fmt::format("asks for the loader {}, but the base image has {}", printable(elf.interpreter),
                        BaseImage::k_loader));
    }

    // Whether an absolute path is one of the package's, or perhaps of a layer's.
    bool is_there(std::string_view path) const {
        constexpr std::string_view k_task = "/var/task/";
        return path.starts_with("/opt/") ||
               (path.starts_with(k_task) && m_inventory.tree().find(path.substr(k_task.size())));
    }

    bool has_library(std::string_view name) const {
        if (name.find('/') != std::string_view::npos) return is_there(name);  // no search: opened as it is
        return m_libraries.contains(name) || BaseImage::has_library(name);
    }

    void add(std::string message) { m_lacks.push_back({*m_path, std::move(message)}); }

    const Inventory& m_inventory;
    Names m_libraries;        // that the package has, by soname and file name
    Names m_served_families;  // of language dependencies, with a build that fits
    const std::string* m_path = nullptr;
    std::vector<Lack> m_lacks;
};

}  // namespace

std::vector<Lack> find_lacks(const Inventory& inventory, const std::vector<std::string>& provided) {
    return LackFinder(inventory, provided).find();
}

std::vector<std::string> library_names(const Inventory& inventory) {
    const LackFinder finder(inventory, {});
    std::vector<std::string> names(finder.libraries().begin(), finder.libraries().end());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace ballast
