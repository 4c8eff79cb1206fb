#include <memory>
#include <nlohmann/json.hpp>

#include "base/environment.hpp"
#include "base/json_text.hpp"
#include "cli/commands.hpp"
#include "cli/push_report.hpp"
#include "cli/slim_source.hpp"
#include "pack/push_staged.hpp"

namespace ballast {
namespace {

struct PushFlags {
    std::string slim;
    std::string store;
    bool json = false;
    bool quiet = false;
};

Result<int> push(const PushFlags& flags) {
    BALLAST_TRY(const Slim slim, open_slim_package(flags.slim));
    BALLAST_TRY(const Manifest manifest, load_manifest(slim));
    std::string url = flags.store;
    if (url.empty()) url = environment("BALLAST_STORE");
    if (url.empty()) url = slim.lock.store;
    BALLAST_TRY(const auto store, open_store(url));
    const auto output = flags.quiet ? Progress::Output::quiet : Progress::Output::automatic;
    BALLAST_TRY(const PushReport report, push_staged(slim.lock, manifest, flags.slim, *store, output));
    if (!flags.json) {
        BALLAST_CHECK(print(push_text(report, url)));
        return 0;
    }
    const nlohmann::ordered_json json = {{"store", url},
                                         {"packs_sent", report.packs_sent},
                                         {"packs_there", report.packs_there},
                                         {"bytes_sent", report.bytes_sent},
                                         {"version_was_there", report.version_was_there}};
    BALLAST_CHECK(print(json_text(json)));
    return 0;
}

}  // namespace

void add_push_command(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("push", "Send a slim package's packs, manifest and version to the store");
    const auto flags = std::make_shared<PushFlags>();
    command->add_option("SLIM", flags->slim, "the slim package that 'ballast pack' made")->required();
    command->add_option("--store", flags->store, "where to (default: BALLAST_STORE, then the package's lock)")
        ->type_name("URL");
    command->add_flag("--json", flags->json, "print JSON");
    command->add_flag("--quiet", flags->quiet, "show no progress");
    add_examples(*command, {"ballast push slim/", "ballast push slim.zip --store file:///srv/ballast"});
    command->callback([&action, flags] { action = [flags] { return push(*flags); }; });
}

}  // namespace ballast
