#include "pack/version_name.hpp"

#include <filesystem>
#include <optional>

#include "base/process.hpp"

namespace ballast {
namespace {

std::optional<std::string> git(const std::string& directory, const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {"git", "-C", directory};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto output = run_command(command);
    if (!output || output->status != 0) return std::nullopt;
    return output->text;
}

bool is_commit(const std::string& text) {
    return text.size() >= 40 && text.size() <= 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

std::string version_name(const std::string& package_path, const Digest& tree) {
    std::error_code error;
    const bool is_directory = std::filesystem::is_directory(package_path, error);
    const auto absolute = std::filesystem::absolute(package_path, error);
    const std::string directory = is_directory ? absolute.string() : absolute.parent_path().string();
    const std::string subject = is_directory ? "." : absolute.filename().string();

    std::string by_digest = tree.hex().substr(0, 32);
    auto commit = git(directory, {"rev-parse", "--verify", "HEAD"});
    if (!commit) return by_digest;
    while (commit->ends_with('\n')) commit->pop_back();
    if (!is_commit(*commit)) return by_digest;
    // Untracked files count: they are in the package and not in the commit. Ignored ones do not, since
    // that is where build output and node_modules lie, which the commit describes by other means.
    const auto changes = git(directory, {"status", "--porcelain", "--untracked-files=normal", "--", subject});
    if (!changes || !changes->empty()) return *commit + "-dirty-" + tree.short_hex();
    return *commit;
}

}  // namespace ballast
