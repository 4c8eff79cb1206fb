#include "cli/verify_stored.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <random>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "format/keys.hpp"
#include "lifecycle/verify_version.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

Result<Sample> sample_of(const VerifyStoredFlags& flags) {
    Sample sample;
    if (flags.sample.empty() && flags.seed) {
        return fail(ErrorCode::usage, "--seed", "there is no sample for it to choose",
                    "say how large with --sample");
    }
    if (!flags.sample.empty()) {
        BALLAST_TRY(sample, parse_sample(flags.sample, "--sample"));
        // Another one each time, so that in time all is read; said in the report, to be repeated.
        sample.seed = flags.seed.value_or(std::random_device()());
    }
    return sample;
}

std::string files_text(const Damage& damage) {
    if (damage.files == 0) return "";
    const std::string first = printable(damage.first_file);
    return damage.files == 1 ? first : fmt::format("{} and {} more", first, format_count(damage.files - 1));
}

std::string check_text(const StoredVersion& version, const VersionCheck& check, const std::string& sampled) {
    const std::string read = fmt::format("{} of {}, {} in {}{}", format_count(check.checked_frames),
                                         counted(check.frames, "frame"), format_size(check.checked_bytes),
                                         counted(check.requests, "request"), sampled);
    if (check.damages.empty())
        return fmt::format("{}: {}: all as the manifest says\n", version.label(), read);
    Table table({{"object", Align::left}, {"what", Align::left}, {"files that need it", Align::left}});
    for (const auto& damage : check.damages) {
        table.add_row({printable(damage.key), printable(damage.what), files_text(damage)});
    }
    return table.to_string(colours_of_stdout()) + fmt::format("\n{}: {}\n", version.label(), read);
}

nlohmann::ordered_json check_json(const Store& store, const StoredVersion& version, const VersionCheck& check,
                                  const VerifyStoredFlags& flags, const Sample& sample) {
    nlohmann::ordered_json json;
    json["store"] = store.url();
    json["name"] = version.record.name;
    json["version"] = version.record.version;
    json["frames"] = check.frames;
    json["checked_frames"] = check.checked_frames;
    json["checked_bytes"] = check.checked_bytes;
    json["requests"] = check.requests;
    if (!flags.sample.empty()) json["seed"] = sample.seed;
    auto& damages = json["damages"] = nlohmann::ordered_json::array();
    for (const auto& damage : check.damages) {
        damages.push_back({{"object", damage.key},
                           {"what", damage.what},
                           {"files", damage.files},
                           {"first_file", damage.first_file}});
    }
    return json;
}

}  // namespace

Result<int> verify_stored_version(const std::string& version, const VerifyStoredFlags& flags) {
    BALLAST_TRY(const Sample sample, sample_of(flags));
    BALLAST_TRY(const auto store, open_store_of(flags));
    auto found = find_version(*store, version, flags.name);
    if (!found) {
        Error error = std::move(found).error();
        // The record itself is what was asked about.
        if (error.code == ErrorCode::corrupt) error.code = ErrorCode::check_failed;
        if (error.code == ErrorCode::usage && error.hint == "write VERSION or NAME/VERSION")
            error.message = "is neither an existing directory nor a version's name";
        return pass_on(std::move(error));
    }
    BALLAST_TRY(VersionChecker checker, VersionChecker::open(*store, found->record, sample));
    const auto output = flags.quiet ? Progress::Output::quiet : Progress::Output::automatic;
    Progress progress("verifying", checker.bytes_to_read(),
                      checker.bytes_to_read() == 0 ? Progress::Output::quiet : output);
    BALLAST_TRY(const VersionCheck check, checker.run(progress));
    progress.finish();
    const std::string sampled = flags.sample.empty() ? "" : fmt::format(" (--seed {})", sample.seed);
    BALLAST_CHECK(print(flags.json ? json_text(check_json(*store, *found, check, flags, sample))
                                   : check_text(*found, check, sampled)));
    if (check.damages.empty()) return 0;
    return fail(
        ErrorCode::check_failed, fmt::format("{}: {}", store->url(), found->label()),
        counted(check.damages.size(), "object or part is", "objects or parts are") + " damaged or missing",
        "remove what is damaged, pack again with --repack, and push");
}

}  // namespace ballast
