#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "codec/frame.hpp"
#include "format/keys.hpp"
#include "format/manifest_write.hpp"
#include "hydrate/slim.hpp"
#include "store/store.hpp"

// Makes a small version by hand, below pack/: entries, frames and a pack whose layout a test controls.

namespace ballast::test {

struct TestEntry {
    std::string path;
    EntryKind kind = EntryKind::file;
    std::uint16_t mode = 0644;
    std::string bytes = {};   // of a file
    std::string target = {};  // of a symlink
    std::uint16_t group = 0;
};

inline TestEntry file(std::string path, std::string bytes, std::uint16_t mode = 0644,
                      std::uint16_t group = 0) {
    return {std::move(path), EntryKind::file, mode, std::move(bytes), {}, group};
}
inline TestEntry directory(std::string path, std::uint16_t mode = 0755) {
    return {std::move(path), EntryKind::directory, mode};
}
inline TestEntry symlink(std::string path, std::string target, std::uint16_t group = 0) {
    return {std::move(path), EntryKind::symlink, 0777, {}, std::move(target), group};
}

// Bytes that look like nothing else, the same for the same seed.
inline std::string noise(std::size_t size, std::uint64_t seed) {
    std::string bytes(size, '\0');
    std::uint64_t state = seed * 0x9E3779B97F4A7C15ULL + 1;
    for (auto& byte : bytes) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        byte = static_cast<char>(state & 0xFFU);
    }
    return bytes;
}

struct VersionSettings {
    std::uint32_t frame_bytes = 64 << 10;
    std::vector<Codec> codecs = {Codec::zstd, Codec::lz4, Codec::raw};  // frames take turns
    std::vector<std::string> groups = {"default"};
    std::string name = "test";
    std::string root;
};

struct TestVersion {
    ManifestParts parts;
    std::string pack;
    std::vector<TestEntry> entries;  // what the parts' texts point into
    std::string manifest;
    Lock lock;

    Slim slim() const {
        return Slim{"package", lock, [bytes = manifest]() -> Result<std::string> { return bytes; }};
    }
};

// `entries` must be in path order with all directories. Contents that are equal share their bytes.
inline TestVersion make_version(std::vector<TestEntry> entries, const VersionSettings& settings = {}) {
    TestVersion version;
    version.entries = std::move(entries);
    version.parts.groups = settings.groups;
    version.pack = "ballast pack 1\n\n";
    std::map<std::string, std::uint32_t> known;
    std::string pending;
    FrameEncoder encoder;
    const auto flush = [&] {
        if (pending.empty()) return;
        const Codec codec = settings.codecs[version.parts.frames.size() % settings.codecs.size()];
        const auto encoded = encoder.encode(as_bytes(pending), {codec, 3}).value();
        version.parts.frames.push_back({sha256(encoded), version.pack.size(),
                                        static_cast<std::uint32_t>(encoded.size()),
                                        static_cast<std::uint32_t>(pending.size()), 0, codec});
        version.pack.append(reinterpret_cast<const char*>(encoded.data()), encoded.size());
        pending.clear();
    };
    for (const auto& entry : version.entries) {
        std::uint32_t content = k_no_content;
        if (entry.kind == EntryKind::file) {
            const auto [at, added] =
                known.emplace(entry.bytes, static_cast<std::uint32_t>(version.parts.contents.size()));
            content = at->second;
            if (added) {
                if (pending.size() == settings.frame_bytes) flush();
                version.parts.contents.push_back(
                    {sha256(as_bytes(entry.bytes)), entry.bytes.size(),
                     entry.bytes.empty() ? 0 : static_cast<std::uint32_t>(version.parts.frames.size()),
                     entry.bytes.empty() ? 0 : static_cast<std::uint32_t>(pending.size())});
                for (std::size_t done = 0; done < entry.bytes.size();) {
                    if (pending.size() == settings.frame_bytes) flush();
                    const auto part = std::min<std::size_t>(settings.frame_bytes - pending.size(),
                                                            entry.bytes.size() - done);
                    pending.append(entry.bytes, done, part);
                    done += part;
                }
            }
        }
        version.parts.entries.push_back(
            {entry.path, entry.target, content, entry.mode, entry.group, entry.kind});
    }
    flush();
    if (!version.parts.frames.empty())
        version.parts.packs.push_back({sha256(as_bytes(version.pack)), version.pack.size()});
    version.manifest = write_manifest(version.parts);
    version.lock.name = settings.name;
    version.lock.version = "v1";
    version.lock.manifest = sha256(as_bytes(version.manifest));
    version.lock.manifest_bytes = version.manifest.size();
    version.lock.tree = Manifest::parse(version.manifest, "test manifest").value().tree();
    version.lock.root = settings.root;
    return version;
}

inline void put_pack(Store& store, const TestVersion& version) {
    if (!version.parts.packs.empty())
        store.put_if_absent(version.parts.packs[0].key(), as_bytes(version.pack)).value();
}

}  // namespace ballast::test
