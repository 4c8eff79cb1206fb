#include "analyze/duplicates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "base/interrupt.hpp"
#include "base/parallel.hpp"
#include "classify/python_metadata.hpp"
#include "codec/sha256.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_files_at_a_time = 32;

// What two files must have in common for a look at their bytes to be worth it.
using Likeness = std::pair<std::uint64_t, std::uint32_t>;

// The files that are like another, those alike side by side.
std::vector<std::pair<Likeness, std::size_t>> likely_equal(const Package& package) {
    std::vector<std::pair<Likeness, std::size_t>> files;
    const auto& entries = package.entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].kind != EntryKind::file || entries[i].size == 0) continue;
        const auto stored = package.stored(i);
        files.push_back({{entries[i].size, stored ? stored->crc : 0}, i});
    }
    std::sort(files.begin(), files.end());
    const auto is_alone = [&](std::size_t i) {
        return (i == 0 || files[i - 1].first != files[i].first) &&
               (i + 1 == files.size() || files[i + 1].first != files[i].first);
    };
    std::vector<std::pair<Likeness, std::size_t>> alike;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!is_alone(i)) alike.push_back(files[i]);
    }
    return alike;
}

Result<Digest> digest_of(const Package& package, std::size_t index, std::span<std::byte> buffer,
                         Sha256& hash) {
    BALLAST_TRY(const auto reader, package.open(index));
    for (;;) {
        BALLAST_TRY(const std::size_t count, reader->read(buffer));
        hash.update(buffer.first(count));
        if (count < buffer.size()) return hash.finish();
    }
}

}  // namespace

Result<std::vector<EqualFiles>> find_equal_files(const Package& package) {
    const auto alike = likely_equal(package);
    std::vector<Digest> digests(alike.size());
    const std::size_t batches = (alike.size() + k_files_at_a_time - 1) / k_files_at_a_time;
    BALLAST_CHECK(parallel_for(batches, [&](std::size_t batch) -> Result<void> {
        BALLAST_CHECK(check_interrupt(package.name()));
        Sha256 hash;
        std::vector<std::byte> buffer(65'536);
        const std::size_t end = std::min((batch + 1) * k_files_at_a_time, alike.size());
        for (std::size_t i = batch * k_files_at_a_time; i < end; ++i) {
            BALLAST_TRY(digests[i], digest_of(package, alike[i].second, buffer, hash));
        }
        return {};
    }));
    std::map<Digest, EqualFiles> sets;
    for (std::size_t i = 0; i < alike.size(); ++i) {
        EqualFiles& set = sets[digests[i]];
        set.bytes = alike[i].first.first;
        set.entries.push_back(alike[i].second);
    }
    std::vector<EqualFiles> equal;
    for (auto& [digest, set] : sets) {
        if (set.entries.size() > 1) equal.push_back(std::move(set));
    }
    std::sort(equal.begin(), equal.end(), [](const EqualFiles& a, const EqualFiles& b) {
        return std::tuple(b.extra_bytes(), a.entries.front()) <
               std::tuple(a.extra_bytes(), b.entries.front());
    });
    return equal;
}

std::string PackageCopies::versions_title() const {
    std::string title;
    for (const auto& version : versions) {
        title += (title.empty() ? "" : ", ") + version.version;
        if (version.paths.size() > 1) title += fmt::format(" (×{})", version.paths.size());
    }
    return title;
}

std::vector<PackageCopies> find_copies(const std::vector<InstalledPackage>& packages,
                                       const std::vector<Amount>& amounts) {
    std::map<std::pair<Ecosystem, std::string>, std::vector<std::size_t>> by_name;
    for (std::size_t i = 0; i < packages.size(); ++i) {
        const bool python = packages[i].ecosystem == Ecosystem::python;
        by_name[{packages[i].ecosystem, python ? normalised_python_name(packages[i].name) : packages[i].name}]
            .push_back(i);
    }
    std::vector<PackageCopies> all;
    for (const auto& [key, indices] : by_name) {
        if (indices.size() < 2) continue;
        PackageCopies copies = {key.first, packages[indices.front()].name, 0, 0, indices.size(), {}};
        std::uint64_t largest = 0;
        for (const std::size_t i : indices) {
            auto version = std::ranges::find(copies.versions, packages[i].version, &PackageVersion::version);
            if (version == copies.versions.end())
                version = copies.versions.insert(version, {packages[i].version, 0, {}});
            version->bytes += amounts[i].bytes;
            version->paths.push_back(packages[i].path);
            copies.bytes += amounts[i].bytes;
            largest = std::max(largest, amounts[i].bytes);
        }
        copies.extra_bytes = copies.bytes - largest;
        all.push_back(std::move(copies));
    }
    std::ranges::stable_sort(all, std::greater(), &PackageCopies::extra_bytes);
    return all;
}

}  // namespace ballast
