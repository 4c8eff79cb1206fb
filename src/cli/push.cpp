#include <nlohmann/json.hpp>

#include "base/environment.hpp"
#include "base/json_text.hpp"
#include "cli/commands.hpp"
#include "cli/push_report.hpp"
#include "cli/slim_source.hpp"
#include "pack/push.hpp"
#include "program/common_flags.hpp"
#include "program/output.hpp"
#include "store/open_store.hpp"

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

void add_push_command(Program& program) {
    Command command = program.add("push", "Send a slim package's packs, manifest and version to the store");
    auto& flags = command.runs<PushFlags>(push);
    command.option("SLIM", flags.slim, "the slim package that 'ballast pack' made").required();
    command.option("--store URL", flags.store,
                   "the store to send to (default: BALLAST_STORE, then the package's lock)");
    add_json_flag(command, flags.json);
    add_quiet_flag(command, flags.quiet);
    command.examples({"ballast push slim/", "ballast push slim.zip --store file:///srv/ballast"});
}

}  // namespace ballast
