#include "cli/store_flags.hpp"

#include "config/load_config.hpp"
#include "program/common_flags.hpp"
#include "store/open_store.hpp"

namespace ballast {

void add_store_flags(Command& command, StoreFlags& flags) {
    command.option("--store URL", flags.store,
                   "the store (default: BALLAST_STORE, then the ballast.toml here)");
    command.option("--name NAME", flags.name, "only versions of this family (default: all)");
    add_json_flag(command, flags.json);
}

Result<std::unique_ptr<Store>> open_store_of(const StoreFlags& flags) {
    Config config;
    if (!flags.name.empty()) BALLAST_CHECK(set_name(config, flags.name, "--name"));
    if (!flags.store.empty()) return open_store(flags.store, NewStore::refused);
    BALLAST_TRY(config, load_config("."));
    return open_store(config.store, NewStore::refused);
}

}  // namespace ballast
