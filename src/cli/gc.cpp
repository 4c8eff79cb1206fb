#include "lifecycle/gc.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <optional>

#include "base/duration.hpp"
#include "base/enum_name.hpp"
#include "base/json_text.hpp"
#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/package_settings.hpp"
#include "cli/store_flags.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

struct GcFlags : StoreFlags {
    std::optional<std::int64_t> keep;
    std::string older_than;
    std::string grace = "24h";
    bool dry_run = false;
};

Result<GcOptions> options_of(const GcFlags& flags) {
    if (!flags.keep && flags.older_than.empty()) {
        return fail(ErrorCode::usage, "gc", "nothing says what may be removed",
                    "say how many versions of each name stay with --keep, how old those must be that go with "
                    "--older-than, or both");
    }
    if (flags.keep && *flags.keep < 0) {
        return fail(ErrorCode::usage, fmt::format("--keep {}", *flags.keep), "not a number of versions",
                    "write 0 or more");
    }
    GcOptions options;
    // --older-than alone keeps the newest of each name: a function that is not deployed often needs it.
    options.retention.keep = static_cast<std::size_t>(flags.keep.value_or(1));
    options.retention.name = flags.name;
    if (!flags.older_than.empty())
        BALLAST_SET(options.retention.older_than, parse_duration(flags.older_than, "--older-than"));
    if (options.retention.keep == 0 && flags.name.empty()) {
        return fail(ErrorCode::usage, "--keep 0", "would remove every version of every name",
                    "say of which name with --name");
    }
    BALLAST_TRY(options.grace, parse_duration(flags.grace, "--grace"));
    if (options.grace < k_least_lease_grace) {
        return fail(ErrorCode::usage, "--grace " + flags.grace,
                    "shorter than a push may take between two of its steps",
                    "write at least " + format_duration(k_least_lease_grace));
    }
    options.mode = flags.dry_run ? GcOptions::Mode::dry_run : GcOptions::Mode::remove;
    return options;
}

std::string fate_text(Fate fate, const GcOptions& options) {
    switch (fate) {
        case Fate::goes:
            return options.mode == GcOptions::Mode::dry_run ? "would go" : "removed";
        case Fate::newest:
            return options.retention.keep == 1
                       ? "stays: the newest"
                       : fmt::format("stays: of the newest {}", options.retention.keep);
        case Fate::young:
            return "stays: not older than " + format_duration(*options.retention.older_than);
        case Fate::other_name:
            return "stays: of another name";
        case Fate::pushed_now:
            break;
    }
    return "stays: a push needs it now";
}

std::string_view fate_name(Fate fate) {
    return enum_name(fate, {"goes", "newest", "young", "other_name", "pushed_now"});
}

std::uint64_t bytes_freed(const GcReport& report) {
    return report.removed_versions.bytes + report.removed_manifests.bytes + report.removed_packs.bytes;
}

std::string gc_text(const GcOptions& options, const Store& store, const GcReport& report) {
    std::string text;
    if (!report.versions.empty()) {
        Table versions({"name", "version", "date", right("tree size"), ""});
        for (const auto& row : report.versions) {
            const auto& record = row.version.record;
            versions.add_row({record.name, record.version, record.created, format_size(record.tree_bytes),
                              fate_text(row.fate, options)});
        }
        text += versions.to_string(colours_of_stdout()) + "\n";
    }
    const bool dry = options.mode == GcOptions::Mode::dry_run;
    Table counts({"", right(dry ? "would go" : "removed"), right("bytes"), right(dry ? "would stay" : "stay"),
                  right("bytes")});
    const auto add = [&](const char* what, const GcCount& removed, const GcCount& kept) {
        counts.add_row({what, format_count(removed.objects), format_size(removed.bytes),
                        format_count(kept.objects), format_size(kept.bytes)});
    };
    add("versions", report.removed_versions, report.kept_versions);
    add("manifests", report.removed_manifests, report.kept_manifests);
    add("packs", report.removed_packs, report.kept_packs);
    text += counts.to_string(colours_of_stdout());
    text += bytes_freed(report) == 0 ? fmt::format("\nnothing to remove in {}\n", store.url())
                                     : fmt::format("\n{} {} in {}\n", dry ? "would free" : "freed",
                                                   format_size(bytes_freed(report)), store.url());
    if (report.leases != 0) {
        text += fmt::format("what {} under way {} stays\n", report.leases == 1 ? "a push" : "pushes",
                            report.leases == 1 ? "needs" : "need");
    }
    if (report.ended_leases != 0) {
        text += fmt::format("{} {} of pushes that were killed\n", dry ? "would end" : "ended",
                            counted(report.ended_leases, "lease"));
    }
    if (report.stale_marks != 0) {
        text += fmt::format("{} {} of gcs that were killed\n", dry ? "would take away" : "took away",
                            counted(report.stale_marks, "mark"));
    }
    if (report.unfinished != 0) {
        text += fmt::format("removed the parts of {} that {} killed\n", counted(report.unfinished, "upload"),
                            report.unfinished == 1 ? "was" : "were");
    }
    return text;
}

nlohmann::ordered_json gc_json(const GcOptions& options, const Store& store, const GcReport& report) {
    const auto count = [](const GcCount& kind) {
        return nlohmann::ordered_json{{"objects", kind.objects}, {"bytes", kind.bytes}};
    };
    nlohmann::ordered_json json;
    json["store"] = store.url();
    json["dry_run"] = options.mode == GcOptions::Mode::dry_run;
    auto& versions = json["versions"] = nlohmann::ordered_json::array();
    for (const auto& row : report.versions) {
        const auto& record = row.version.record;
        versions.push_back({{"name", record.name},
                            {"version", record.version},
                            {"created", record.created},
                            {"tree_bytes", record.tree_bytes},
                            {"goes", row.fate == Fate::goes},
                            {"why", fate_name(row.fate)}});
    }
    json["removed"] = {{"versions", count(report.removed_versions)},
                       {"manifests", count(report.removed_manifests)},
                       {"packs", count(report.removed_packs)},
                       {"bytes", bytes_freed(report)}};
    json["kept"] = {{"versions", count(report.kept_versions)},
                    {"manifests", count(report.kept_manifests)},
                    {"packs", count(report.kept_packs)}};
    json["leases"] = report.leases;
    json["ended_leases"] = report.ended_leases;
    json["stale_marks"] = report.stale_marks;
    json["unfinished"] = report.unfinished;
    json["lacks"] = report.lacks;
    return json;
}

Result<int> gc(const GcFlags& flags) {
    BALLAST_TRY(const GcOptions options, options_of(flags));
    BALLAST_TRY(const auto store, open_store_of(flags));
    if (!flags.name.empty()) {
        BALLAST_TRY(const VersionList known, list_versions(*store, flags.name));
        if (known.versions.empty() && known.damaged.empty())
            return fail(ErrorCode::not_found, flags.name, "the store has no version of that name",
                        "see its names with 'ballast versions'");
    }
    BALLAST_TRY(const GcReport report, collect_garbage(*store, options));
    BALLAST_CHECK(
        print(flags.json ? json_text(gc_json(options, *store, report)) : gc_text(options, *store, report)));
    for (const auto& lack : report.lacks) warn(lack + " is not there: push the version again");
    return 0;
}

}  // namespace

void add_gc_command(Program& program) {
    Command command = program.add(
        "gc",
        "Remove versions that are not kept, then manifests and packs that no version refers to.\n"
        "It may run beside pushes; what a kept version of any name needs stays (docs/lifecycle.md)");
    auto& flags = command.runs<GcFlags>(gc);
    command.option("--keep N", flags.keep,
                   "keep the newest N versions of each name (default with --older-than: 1)");
    command.option("--older-than TIME", flags.older_than,
                   "of the rest, remove those stored longer ago, like 30d (default: all the rest)");
    command.flag("--dry-run", flags.dry_run, "only show what would go; change nothing");
    command.option("--grace TIME", flags.grace,
                   "how long what a killed push has sent is kept (default: 24h)");
    add_store_flags(command, flags);
    command.examples({"ballast gc --keep 5 --dry-run", "ballast gc --keep 3 --older-than 30d",
                      "ballast gc --keep 0 --name retired --store file:///srv/ballast"});
}

}  // namespace ballast
