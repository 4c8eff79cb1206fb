#include "compare/esbuild.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "compare/bundle_scripts.hpp"
#include "compare/node_bundle.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t k_max_answer_bytes = 64U << 20U;
constexpr std::chrono::minutes k_limit{5};

std::vector<Esbuild::Message> messages_of(const nlohmann::json& answer, const char* key) {
    std::vector<Esbuild::Message> messages;
    for (const auto& one : json_member(answer, key)) {
        const auto& at = json_member(one, "at");
        Esbuild::Message message{printable(json_string(one, "text")), printable(json_string(at, "file"))};
        if (const auto& line = json_member(at, "line"); line.is_number_unsigned())
            message.where += fmt::format(":{}", line.get<std::uint64_t>());
        messages.push_back(std::move(message));
    }
    return messages;
}

}  // namespace

Result<Esbuild> Esbuild::find(const Workbench& bench, const std::string& directory) {
    Esbuild esbuild;
    esbuild.m_node = find_tool("node");
    if (esbuild.m_node.empty()) return fail(ErrorCode::not_found, "node", "is not installed");
    if (!directory.empty()) {
        std::error_code error;
        esbuild.m_directory = std::filesystem::absolute(directory, error).string();
        if (!std::filesystem::exists(esbuild.m_directory + "/package.json", error))
            return fail(ErrorCode::usage, "--esbuild", "'" + printable(directory) + "' holds no esbuild",
                        "name the directory of the package, like node_modules/esbuild");
        return esbuild;
    }
    const std::string npm = find_tool("npm");
    if (npm.empty()) return fail(ErrorCode::not_found, "npm", "is not installed");
    BALLAST_TRY(const std::string home, bench.scratch("esbuild"));
    Launch install;
    install.arguments = {npm,         "install",          "--prefix",
                         home,        "--ignore-scripts", "--no-audit",
                         "--no-fund", "--prefer-offline", fmt::format("esbuild@{}", k_esbuild_version)};
    install.environment = own_environment();
    install.directory = home;
    install.output = home + "/words";
    install.complaints = install.output;
    install.limit = k_limit;
    BALLAST_TRY(const Launched installed, launch(install));
    if (installed.status != 0) {
        return fail(ErrorCode::unavailable, "npm",
                    "could not install esbuild: " + complaint_in(install.output),
                    "name one that is installed with --esbuild");
    }
    esbuild.m_directory = home + "/node_modules/esbuild";
    return esbuild;
}

Result<Esbuild::Built> Esbuild::build(const Workbench& bench, const Request& request) const {
    BALLAST_TRY(const std::string scratch, bench.scratch("bundle-files"));
    const std::string script = scratch + "/bundle.mjs";
    const std::string asked = scratch + "/request.json";
    const std::string answered = scratch + "/answer.json";
    BALLAST_CHECK(write_file(script, k_bundle_script));
    BALLAST_CHECK(remove_all(answered));
    nlohmann::ordered_json options = {
        {"entryPoints", {bench.original() + "/" + request.entry}},
        {"absWorkingDir", bench.original()},
        {"outbase", bench.original()},
        {"outdir", request.out},
        {"outExtension", {{".js", extension(request.entry)}}},
        {"bundle", true},
        {"minify", true},
        {"platform", "node"},
        {"target", "node20"},
        {"format", request.module ? "esm" : "cjs"},
        {"metafile", true},
        {"write", true},
        {"logLevel", "silent"},
        {"logLimit", 0},
        // Calls whose argument is made up when they run: esbuild leaves them as they are, and says nothing.
        {"logOverride",
         {{"unsupported-require-call", "warning"},
          {"unsupported-dynamic-import", "warning"},
          {"indirect-require", "warning"}}},
        {"external", request.external}};
    if (request.module) {
        // Packages in CommonJS ask for Node's own modules with require().
        options["banner"] = {{"js",
                              "import { createRequire as ballastRequire } from 'node:module';"
                              "const require = ballastRequire(import.meta.url);"}};
    }
    BALLAST_CHECK(write_file(asked, json_line({{"options", options}})));
    Launch start;
    start.arguments = {m_node, script, m_directory, asked, answered};
    start.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + scratch};
    start.directory = bench.original();
    start.limit = k_limit;
    BALLAST_TRY(const Launched launched, launch(start));
    if (launched.status != 0) {
        return fail(ErrorCode::corrupt, "esbuild",
                    launched.status == k_timed_out ? "did not end within 5 minutes"
                                                   : fmt::format("ends with status {}", launched.status));
    }
    BALLAST_TRY(const std::string text, read_file(answered, k_max_answer_bytes));
    const nlohmann::json answer = parse_json(text);
    if (!answer.is_object()) return fail(ErrorCode::corrupt, "esbuild", "does not answer with JSON");
    Built built;
    built.errors = messages_of(answer, "errors");
    built.warnings = messages_of(answer, "warnings");
    for (const auto& one : json_member(answer, "inputs")) {
        if (one.is_string()) built.inputs.push_back(one.get<std::string>());
    }
    // It replaces letters of names that other systems do not allow.
    built.output = json_string(answer, "output");
    std::error_code error;
    if (built.errors.empty()) {
        built.bytes = std::filesystem::file_size(built.output, error);
        if (error) return fail(ErrorCode::corrupt, "esbuild", "wrote no bundle");
    }
    return built;
}

}  // namespace ballast
