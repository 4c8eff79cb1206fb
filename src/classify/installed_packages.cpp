#include "classify/installed_packages.hpp"

#include <algorithm>
#include <span>

namespace ballast {

std::string_view ecosystem_name(Ecosystem ecosystem) {
    return ecosystem == Ecosystem::npm ? "npm" : "python";
}

Result<std::string> read_start(const Package& package, std::size_t index, std::size_t max_bytes) {
    BALLAST_TRY(const auto reader, package.open(index));
    std::string text(
        static_cast<std::size_t>(std::min<std::uint64_t>(package.entries()[index].size, max_bytes)), '\0');
    BALLAST_TRY(const std::size_t count, reader->read(std::as_writable_bytes(std::span(text))));
    text.resize(count);
    return text;
}

Result<InstalledPackages> find_installed(const Package& package, const EntryTree& tree) {
    InstalledPackages found;
    found.owner.assign(tree.size(), InstalledPackages::k_none);
    BALLAST_CHECK(add_npm_packages(package, tree, found));
    BALLAST_CHECK(add_python_packages(package, tree, found));
    return found;
}

}  // namespace ballast
