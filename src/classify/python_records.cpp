#include "classify/python_records.hpp"

#include <algorithm>
#include <array>

#include "base/relative_path.hpp"
#include "classify/python_metadata.hpp"
#include "classify/system_names.hpp"
#include "package/read_entry.hpp"

namespace ballast {
namespace {

// The first field of a line of comma-separated values: in quotes where it holds a comma or quotes,
// which are doubled then.
std::string first_field(std::string_view line) {
    if (!line.starts_with('"')) return std::string(line.substr(0, line.find(',')));
    std::string field;
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (line[i] == '"') {
            if (i + 1 >= line.size() || line[i + 1] != '"') break;
            ++i;
        }
        field += line[i];
    }
    return field;
}

}  // namespace

bool is_shared_python_directory(std::string_view name) {
    static constexpr std::array<std::string_view, 9> k_shared = {
        "__pycache__", "doc", "docs", "examples", "scripts", "src", "test", "tests", "tools"};
    return system_place(name) != SystemPlace::none ||
           std::find(k_shared.begin(), k_shared.end(), name) != k_shared.end();
}

void for_each_recorded(std::string_view record,
                       const std::function<void(const std::string& path, bool outside)>& take) {
    while (!record.empty()) {
        std::string path = first_field(take_line(record));
        bool outside = false;
        while (path.starts_with("../")) {
            path.erase(0, 3);
            outside = true;
        }
        if (relative_path_fault(path).empty()) take(path, outside);
    }
}

Result<void> PythonRecords::add(const Package& package, const EntryTree& tree, std::size_t directory) {
    const std::string_view site = parent_path(tree.entry(directory).path);
    for (const std::string_view name : {"RECORD", "top_level.txt"}) {
        const auto file = tree.child(directory, name);
        if (!file || tree.entry(*file).kind != EntryKind::file) continue;
        if (tree.entry(*file).size > k_max_record_bytes) continue;
        BALLAST_TRY(const std::string text, read_entry(package, *file, k_max_record_bytes));
        if (name == "RECORD") {
            add_record(text, site);
            return {};
        }
        add_top_level(text, site);
    }
    return {};
}

void PythonRecords::add_record(std::string_view record, std::string_view site) {
    for_each_recorded(record, [&](const std::string& path, bool outside) {
        const auto top = std::string_view(path).substr(0, path.find('/'));
        const bool whole = !outside && top.size() < path.size() && !is_shared_python_directory(top);
        m_paths.insert(join_path(site, whole ? top : std::string_view(path)));
    });
}

void PythonRecords::add_top_level(std::string_view names, std::string_view site) {
    while (!names.empty()) {
        const std::string_view name = take_line(names);
        if (!relative_path_fault(name).empty()) continue;
        if (!is_shared_python_directory(name)) m_paths.insert(join_path(site, name));
        m_stems.insert(join_path(site, name));
    }
}

bool PythonRecords::hold(std::string_view path) const {
    if (m_paths.contains(std::string(path))) return true;
    if (m_stems.empty()) return false;
    const std::string_view suffix = extension(path);
    if (suffix != ".py" && suffix != ".pyi" && suffix != ".pyc" && suffix != ".so") return false;
    const std::string_view name = file_name(path);
    const std::string_view stem = name.substr(0, name.find('.'));
    return m_stems.contains(join_path(parent_path(path), stem));
}

}  // namespace ballast
