#include "compare/node_bundle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "compare/bundle_scripts.hpp"
#include "compare/esbuild.hpp"
#include "compare/native_packages.hpp"
#include "package/read_entry.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t k_max_metadata_bytes = 1U << 20U;
constexpr std::array<std::string_view, 4> k_names = {"index", "handler", "app", "lambda"};
constexpr std::array<std::string_view, 3> k_extensions = {".js", ".mjs", ".cjs"};
constexpr unsigned k_most_attempts = 8;

// Of a package.json; "" where it does not say.
std::string text_in(const Package& package, std::size_t metadata, const char* key) {
    const auto text = read_entry(package, metadata, k_max_metadata_bytes);
    return text ? json_string(parse_json(*text), key) : std::string();
}

// As the nearest package.json above it says.
bool is_module(const Inventory& inventory, const std::string& entry) {
    if (extension(entry) != ".js") return extension(entry) == ".mjs";
    for (std::string_view directory = parent_path(entry);; directory = parent_path(directory)) {
        const auto metadata = find_file(inventory.package(), join_path(directory, "package.json"));
        if (metadata) return text_in(inventory.package(), *metadata, "type") == "module";
        if (directory.empty()) return false;
    }
}

bool is_javascript(std::string_view path) {
    return std::ranges::find(k_extensions, extension(path)) != k_extensions.end();
}

// esbuild's 'Could not resolve "x"'.
std::string unresolved_name(const std::string& text) {
    constexpr std::string_view k_start = "Could not resolve \"";
    if (!text.starts_with(k_start)) return {};
    const auto end = text.find('"', k_start.size());
    return end == std::string::npos ? std::string() : text.substr(k_start.size(), end - k_start.size());
}

class Bundler {
  public:
    Bundler(const Workbench& bench, const BundleOptions& options)
        : m_bench(bench), m_inventory(bench.inventory()), m_options(options) {}

    Result<NodeBundle> run() {
        BALLAST_CHECK(choose_entries());
        if (m_options.left_out) return none("esbuild was left out");
        if (m_bundle.entries.empty())
            return none("no entry point of JavaScript is known; name one with --entry");
        auto esbuild = Esbuild::find(m_bench, m_options.esbuild);
        if (!esbuild) {
            if (esbuild.error().code == ErrorCode::usage || esbuild.error().code == ErrorCode::interrupted)
                return pass_on(std::move(esbuild));
            return none(esbuild.error().object + ": " + esbuild.error().message);
        }
        BALLAST_TRY(m_installed, find_installed(m_inventory));
        m_native = find_native(m_inventory, m_installed, m_bundle.entries);
        BALLAST_TRY(const std::string out, m_bench.scratch("bundle-out"));
        for (const auto& entry : m_bundle.entries) {
            BALLAST_CHECK(build(*esbuild, entry, out + "/" + std::to_string(m_outputs.size())));
            if (!m_bundle.missing.empty()) return std::move(m_bundle);
        }
        std::ranges::copy_if(m_native.kept, std::back_inserter(m_bundle.kept),
                             [&](const KeptPackage& one) { return is_searched(one.path); });
        BALLAST_TRY(const std::string tree, assemble());
        BALLAST_CHECK(time_loading(esbuild->node(), tree));
        return std::move(m_bundle);
    }

  private:
    NodeBundle none(std::string why) {
        m_bundle.missing = std::move(why);
        return std::move(m_bundle);
    }

    Result<void> choose_entries() {
        m_bundle.entries = m_options.entries.empty() ? find_entries(m_inventory) : m_options.entries;
        std::set<std::string> seen;
        std::vector<std::string> entries;
        for (std::string entry : m_bundle.entries) {
            if (entry.starts_with("./")) entry.erase(0, 2);
            const std::string name_in_errors = printable(entry);
            if (!find_file(m_inventory.package(), entry)) {
                return fail(ErrorCode::usage, "--entry",
                            fmt::format("the package has no file '{}'", name_in_errors),
                            "name it by its path in the package");
            }
            if (!is_javascript(entry)) {
                return fail(ErrorCode::usage, "--entry",
                            fmt::format("'{}' is not a .js, .mjs or .cjs file", name_in_errors),
                            "name what Lambda loads");
            }
            if (seen.insert(entry).second) entries.push_back(entry);
        }
        m_bundle.entries = std::move(entries);
        return {};
    }

    // What the package does not bring the runtime may, as Lambda's does the AWS SDK: it is left to it.
    Result<void> build(const Esbuild& esbuild, const std::string& entry, const std::string& out) {
        Esbuild::Request request{entry, out, is_module(m_inventory, entry), m_native.external};
        for (unsigned attempt = 0; attempt < k_most_attempts; ++attempt) {
            auto tried = esbuild.build(m_bench, request);
            if (!tried) {
                if (tried.error().code != ErrorCode::corrupt) return pass_on(std::move(tried));
                m_bundle.missing = tried.error().object + " " + tried.error().message;
                return {};
            }
            if (tried->errors.empty()) {
                take(*tried);
                return {};
            }
            std::set<std::string> names;
            for (const auto& error : tried->errors) {
                const std::string name = unresolved_name(error.text);
                if (!name.empty()) names.insert(name);
            }
            if (names.empty()) {
                const auto& first = tried->errors.front();
                m_bundle.missing = fmt::format("esbuild cannot: {}{}", first.text,
                                               first.where.empty() ? "" : " (" + first.where + ")");
                return {};
            }
            for (const auto& name : names) {
                request.external.push_back(name);
                m_bundle.dynamic.push_back(
                    fmt::format("'{}' is not in the package: left to the runtime", printable(name)));
            }
        }
        m_bundle.missing = "esbuild finds ever more that is not in the package";
        return {};
    }

    void take(const Esbuild::Built& built) {
        m_bundle.bundle_bytes += built.bytes;
        m_outputs.push_back(built.output);
        for (const auto& input : built.inputs) {
            m_inputs.insert(input);
            if (input.starts_with("../") || input.starts_with('/'))
                m_bundle.dynamic.push_back(printable(input) + ": was bundled from outside the package");
        }
        for (const auto& warning : built.warnings)
            m_bundle.dynamic.push_back(
                fmt::format("{}: {}", warning.where.empty() ? "esbuild" : warning.where, warning.text));
        std::sort(m_bundle.dynamic.begin(), m_bundle.dynamic.end());
        m_bundle.dynamic.erase(std::unique(m_bundle.dynamic.begin(), m_bundle.dynamic.end()),
                               m_bundle.dynamic.end());
    }

    // Whether Node would look there for packages when an entry asks for them. Others belong to programs.
    bool is_searched(const std::string& path) const {
        const std::size_t at = ("/" + path).find("/node_modules/");
        if (at == std::string::npos) return false;
        const std::string above = path.substr(0, at);
        return std::ranges::any_of(m_bundle.entries,
                                   [&](const std::string& entry) { return entry.starts_with(above); });
    }

    bool is_replaced(std::size_t index) const {
        const auto& entry = m_inventory.entries()[index];
        if (entry.kind == EntryKind::directory) return false;
        if (m_inputs.count(entry.path) != 0 && !is_searched(entry.path)) return true;
        const std::size_t owner = m_installed.owner[index];
        if (owner == InstalledPackages::k_none) return false;
        const auto& package = m_installed.list[owner];
        return package.ecosystem == Ecosystem::npm && is_searched(package.path) && !m_native.stays[owner];
    }

    // JavaScript of the function that is in no bundle: the packages that it asks for may be gone.
    std::vector<std::string> orphaned() const {
        std::vector<std::string> found;
        for (std::size_t i = 0; i < m_inventory.entries().size(); ++i) {
            const auto& entry = m_inventory.entries()[i];
            if (entry.kind == EntryKind::file && m_inventory.facts()[i].category == Category::source &&
                is_javascript(entry.path) && m_inputs.count(entry.path) == 0)
                found.push_back(entry.path);
        }
        return found;
    }

    Result<std::string> assemble() {
        const auto& entries = m_inventory.entries();
        std::set<std::size_t> left_out;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            m_bundle.package_bytes += entries[i].size;
            if (!is_replaced(i)) continue;
            left_out.insert(i);
            m_bundle.replaced_bytes += entries[i].size;
            if (entries[i].kind == EntryKind::file) ++m_bundle.replaced_files;
        }
        m_bundle.orphaned = orphaned();
        m_bundle.package_bytes += m_bundle.bundle_bytes;
        m_bundle.package_bytes -= m_bundle.replaced_bytes;
        BALLAST_TRY(std::string tree, m_bench.link_tree("bundled", left_out));
        for (std::size_t i = 0; i < m_outputs.size(); ++i)
            BALLAST_CHECK(Workbench::replace(tree, m_bundle.entries[i], m_outputs[i], 0644));
        return tree;
    }

    Result<void> time_loading(const std::string& node, const std::string& tree) {
        BALLAST_TRY(const std::string scratch, m_bench.scratch("bundle-files"));
        const std::string script = scratch + "/load.cjs";
        BALLAST_CHECK(write_file(script, k_load_script));
        const std::string& entry = m_bundle.entries.front();
        const std::string how = is_module(m_inventory, entry) ? "module" : "script";
        const auto loading_in = [&](const std::string& where) {
            Launch start = m_bench.start_of(where, {node, script, where + "/" + entry, how});
            start.environment.insert(start.environment.end(),
                                     {"AWS_REGION=us-east-1", "LAMBDA_TASK_ROOT=" + where});
            start.limit = std::chrono::seconds(20);
            return start;
        };
        BALLAST_TRY(const Launched plain, launch(loading_in(m_bench.started())));
        if (plain.status != 0) {
            m_bundle.load_fault =
                fmt::format("{} does not load here as it is (status {})", entry, plain.status);
            return {};
        }
        auto times = pair_starts(loading_in(m_bench.started()), loading_in(tree), 0, m_options.rounds);
        if (times) {
            m_bundle.load = *times;
            return {};
        }
        if (times.error().code != ErrorCode::check_failed) return pass_on(std::move(times));
        m_bundle.works = false;
        m_bundle.fault = "loading the bundle " + times.error().message;
        return {};
    }

    const Workbench& m_bench;
    const Inventory& m_inventory;
    const BundleOptions& m_options;
    InstalledPackages m_installed;
    NativePackages m_native;
    std::set<std::string> m_inputs;
    std::vector<std::string> m_outputs;  // one an entry
    NodeBundle m_bundle;
};

}  // namespace

std::vector<std::string> find_entries(const Inventory& inventory) {
    const Package& package = inventory.package();
    if (const auto metadata = find_file(package, "package.json")) {
        std::string main = text_in(package, *metadata, "main");
        if (main.starts_with("./")) main.erase(0, 2);
        for (const std::string_view suffix : {"", ".js", "/index.js"}) {
            const std::string path = main + std::string(suffix);
            if (!main.empty() && is_javascript(path) && find_file(package, path)) return {path};
        }
    }
    for (const auto name : k_names) {
        for (const auto suffix : k_extensions) {
            const std::string path = std::string(name) + std::string(suffix);
            if (find_file(package, path)) return {path};
        }
    }
    return {};
}

Result<NodeBundle> bundle_node(const Workbench& bench, const BundleOptions& options) {
    return Bundler(bench, options).run();
}

}  // namespace ballast
