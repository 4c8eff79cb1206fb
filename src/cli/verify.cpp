#include <fmt/format.h>

#include <memory>

#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/run_settings.hpp"
#include "hydrate/hydrate.hpp"
#include "hydrate/place.hpp"

namespace ballast {

void add_verify_command(CLI::App& app, Action& action, const SlimSource& source) {
    auto* command =
        app.add_subcommand("verify", "Read a hydrated tree and compare every byte with the manifest");
    struct Flags : RunFlags {
        std::string tree;
    };
    const auto flags = std::make_shared<Flags>();
    command->add_option("TREE", flags->tree, "the tree's directory (default: where it would be hydrated)");
    command->add_option("--package", flags->package, "the slim package")->type_name("SLIM");
    command
        ->add_option("--root", flags->root,
                     "where trees are hydrated (default: the package's lock; BALLAST_ROOT)")
        ->type_name("DIR");
    add_examples(*command, {"ballast verify --package slim/", "ballast verify /mnt/tree --package slim.zip"});
    command->callback([&action, flags, source] {
        action = [flags, source]() -> Result<int> {
            BALLAST_TRY(const RunSettings settings, load_run_settings(*flags, source));
            BALLAST_TRY(const Manifest manifest, load_manifest(settings.slim));
            if (manifest.compute_tree_digest() != manifest.tree()) {
                return fail(ErrorCode::corrupt, settings.slim.name,
                            "the manifest's entries do not have the tree's digest");
            }
            const std::string tree =
                !flags->tree.empty()
                    ? flags->tree
                    : settings.options.root + "/" + place_name(manifest.tree()) + "/" + k_tree_directory;
            const auto verified = verify_tree(manifest, tree);
            if (!verified && verified.error().code == ErrorCode::corrupt) {
                // The tree that the user asked about is not right: a check that did not hold.
                auto error = verified.error();
                error.code = ErrorCode::check_failed;
                return tl::unexpected<Error>(std::move(error));
            }
            BALLAST_CHECK(verified);
            BALLAST_CHECK(
                print(fmt::format("{}: {} entries, {}: all as the manifest says\n", tree,
                                  manifest.entries().size(), format_size(settings.slim.lock.tree_bytes))));
            return 0;
        };
    });
}

}  // namespace ballast
