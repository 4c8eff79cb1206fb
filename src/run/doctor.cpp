#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/enum_name.hpp"
#include "base/environment.hpp"
#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "base/table.hpp"
#include "format/keys.hpp"
#include "format/selection.hpp"
#include "hydrate/place.hpp"
#include "hydrate/root.hpp"
#include "hydrate/warm.hpp"
#include "program/common_flags.hpp"
#include "program/output.hpp"
#include "run/commands.hpp"
#include "run/probe_root.hpp"
#include "run/probe_system.hpp"
#include "run/settings.hpp"
#include "store/s3/credential_chain.hpp"

namespace ballast {
namespace {

using State = Finding::State;

constexpr std::chrono::seconds k_patience{10};

// Asks for the first bytes of a pack, which is what hydration does: name, route, certificate, credentials and
// permission all have to be right.
Finding look_at_store(const HydrateOptions& options, const Manifest& manifest) {
    const auto start = std::chrono::steady_clock::now();
    const auto store = options.open_source();
    if (!store) return missing("store", store.error());
    if (manifest.packs().empty()) return {"store", State::good, options.store};
    std::array<std::byte, 16> header = {};
    const auto read = (*store)->get_range(pack_key(manifest.packs().front().digest), 0, header);
    if (!read) return missing("store", read.error());
    const auto taken =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    return {"store", State::good, fmt::format("{}, answered in {:.0f} ms", options.store, taken),
            "packs are fetched from it"};
}

bool is_hydrated(const Slim& slim, const HydrateOptions& options) {
    const auto root = open_root(options.root, CreateRoot::no);
    if (!root) return false;
    const auto place = Place::find(root->value(), options.root, slim.lock.tree);
    return place && *place && is_warm(**place, slim.lock, options.groups);
}

// What the tree needs of the disk and where it comes from.
void look_at_tree(const Slim& slim, const HydrateOptions& options, Findings& findings) {
    const auto manifest = load_manifest(slim);
    if (!manifest) {
        findings.push_back(missing("manifest", manifest.error()));
        return;
    }
    const auto groups = manifest->find_groups(options.groups);
    if (!groups) {
        findings.push_back(missing("groups", groups.error()));
        return;
    }
    const auto selection = select_entries(*manifest, *groups, [](const ManifestEntry&) { return false; });
    const bool is_there = is_hydrated(slim, options);
    findings.push_back(
        {"tree", State::good,
         fmt::format("{}{}{}", counted(selection.file_count(), "file"),
                     groups->empty() ? "" : fmt::format(" of {}", fmt::join(options.groups, ", ")),
                     is_there ? ", hydrated" : ""),
         is_there ? "the next start is warm" : "the next start is cold"});
    constexpr std::uint64_t k_block_bytes = 4096;
    std::ranges::move(look_at_root(options.root, is_there ? 0 : selection.disk_bytes(k_block_bytes)),
                      std::back_inserter(findings));
    if (options.store.starts_with("s3:")) {
        const auto source = credential_source();
        findings.push_back(source ? Finding{"credentials", State::good, *source}
                                  : missing("credentials", source.error()));
    }
    findings.push_back(look_at_store(options, *manifest));
}

std::string findings_text(const Findings& findings) {
    Table table({"", "", "found", "therefore"});
    for (const auto& finding : findings) {
        const std::string state(enum_name(finding.state, {"ok", "-", "MISSING"}));
        table.add_row({finding.what, state, printable(finding.found), finding.therefore});
    }
    return table.to_string();
}

std::string findings_json(const Findings& findings, bool can_hydrate) {
    nlohmann::ordered_json json;
    json["can_hydrate"] = can_hydrate;
    auto& list = json["findings"] = nlohmann::ordered_json::array();
    for (const auto& finding : findings) {
        nlohmann::ordered_json item;
        item["what"] = finding.what;
        item["state"] = enum_name(finding.state, {"ok", "lacking", "missing"});
        item["found"] = finding.found;
        item["therefore"] = finding.therefore;
        if (finding.state == State::missing) {
            item["error"] = finding.error.object + ": " + finding.error.message;
            item["hint"] = finding.error.hint;
        }
        list.push_back(std::move(item));
    }
    return json_text(json);
}

Result<int> examine(RunFlags flags, bool as_json, const std::string& program, const SlimSource& source) {
    // Before anything starts a thread.
    Findings findings = look_at_system();
    std::ranges::move(look_at_permissions(), std::back_inserter(findings));
    const std::string package = flags.package.empty() ? source.default_path() : flags.package;
    findings.push_back(look_at_package(package));
    if (flags.timeout.empty()) flags.timeout = fmt::format("{}s", k_patience.count());
    const auto slim = open_slim(flags, source);
    const auto options = slim ? read_options(flags, slim->lock) : Result<HydrateOptions>(pass_on(slim));
    if (options) {
        look_at_tree(*slim, *options, findings);
    } else if (options.error().code == ErrorCode::not_found && flags.package.empty()) {
        // Without a package there is no tree to look for; the platform can be told all the same.
        findings.back() = {"package", State::lacking, package + ": not a slim package",
                           "name one with --package"};
        std::string root = !flags.root.empty() ? flags.root : environment("BALLAST_ROOT");
        if (root.empty()) root = "/tmp/ballast";
        std::ranges::move(look_at_root(root, 0), std::back_inserter(findings));
    } else {
        findings.push_back(missing("settings", options.error()));
    }

    const bool can_hydrate = std::ranges::find(findings, State::missing, &Finding::state) == findings.end();
    BALLAST_CHECK(print(as_json ? findings_json(findings, can_hydrate) : findings_text(findings)));
    for (const auto& finding : findings) {
        if (finding.state == State::missing && !as_json) print_error(program, finding.error);
    }
    return can_hydrate ? 0 : static_cast<int>(ErrorCode::check_failed);
}

}  // namespace

void add_doctor_command(Program& program, const SlimSource& source) {
    Command command =
        program.add("doctor", "Tell what this environment allows, and whether hydration can work in it");
    struct Flags : RunFlags {
        bool json = false;
    };
    auto& flags = command.runs<Flags>([source, name = program.name()](const Flags& given) {
        return examine(given, given.json, name, source);
    });
    add_run_flags(command, flags, WithGroups::yes);
    add_json_flag(command, flags.json);
    command.examples({program.name() + " doctor", program.name() + " doctor --package slim --json"});
}

}  // namespace ballast
