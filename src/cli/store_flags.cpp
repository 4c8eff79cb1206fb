#include "cli/store_flags.hpp"

#include "config/load_config.hpp"

namespace ballast {

void add_store_flags(CLI::App& command, StoreFlags& flags) {
    command
        .add_option("--store", flags.store, "the store (default: BALLAST_STORE, then the ballast.toml here)")
        ->type_name("URL");
    command.add_option("--name", flags.name, "only versions of this family (default: all)")
        ->type_name("NAME");
    command.add_flag("--json", flags.json, "print JSON");
}

Result<std::unique_ptr<Store>> open_store_of(const StoreFlags& flags) {
    Config config;
    if (!flags.name.empty()) BALLAST_CHECK(set_name(config, flags.name, "--name"));
    const StoreOptions options{.new_store = StoreOptions::NewStore::refused};
    if (!flags.store.empty()) return open_store(flags.store, options);
    BALLAST_TRY(config, load_config("."));
    return open_store(config.store, options);
}

}  // namespace ballast
