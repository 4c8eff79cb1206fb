#include "lifecycle/gc_survey.hpp"

#include <fmt/format.h>

#include <set>
#include <unordered_set>

#include "base/interrupt.hpp"
#include "format/keys.hpp"
#include "format/lease.hpp"

namespace ballast {

struct Surveyor::Needs {
    std::unordered_set<Digest> pushed_manifests;
    std::unordered_set<Digest> manifests;                    // of leases and kept versions
    std::unordered_set<Digest> packs;                        // the same
    std::vector<std::pair<Digest, std::string>> pack_users;  // for what is lacking
};

namespace {

// What gc says when it does not dare.
Error refusal(Error error, std::string_view hint) {
    error.code = ErrorCode::corrupt;
    error.message += "; nothing was removed, since nobody knows what it needs";
    error.hint = hint;
    return error;
}

}  // namespace

Result<Survey> Surveyor::look(StoreTime now, EndedLeases ended, const RemovalMark* only) {
    Survey survey;
    Needs needs;
    BALLAST_CHECK(read_leases(now, ended, needs, survey));
    BALLAST_CHECK(read_versions(now, only, needs, survey));
    BALLAST_CHECK(list_what_is_there(needs, survey));
    if (only != nullptr) {
        const std::unordered_set<Digest> manifests(only->manifests.begin(), only->manifests.end());
        const std::unordered_set<Digest> packs(only->packs.begin(), only->packs.end());
        std::erase_if(survey.manifests,
                      [&](const auto& object) { return !manifests.contains(object.digest); });
        std::erase_if(survey.packs, [&](const auto& object) { return !packs.contains(object.digest); });
    }
    return survey;
}

Result<void> Surveyor::read_leases(StoreTime now, EndedLeases ended, Needs& needs, Survey& survey) {
    // Until a listing has no ended lease: a push that renewed its lease before the old one was removed
    // is seen by the new one.
    for (;;) {
        survey.leases = 0;
        BALLAST_TRY(const bool again, read_leases_once(now, ended, needs, survey));
        if (!again) return {};
    }
}

Result<bool> Surveyor::read_leases_once(StoreTime now, EndedLeases ended, Needs& needs, Survey& survey) {
    bool again = false;
    BALLAST_TRY(const auto objects, m_store.list(k_leases_prefix));
    for (const auto& object : objects) {
        BALLAST_CHECK(check_interrupt(m_store.url()));
        if (now - object.modified > m_grace) {
            ++survey.ended_leases;
            if (ended == EndedLeases::leave) continue;
            BALLAST_CHECK(m_store.remove(object.key));
            again = true;
            continue;
        }
        const auto text = read_object(m_store, object.key, k_max_lease_bytes);
        if (!text && text.error().code == ErrorCode::not_found) continue;  // the push has ended
        if (!text && text.error().code != ErrorCode::corrupt) return pass_on(text);
        auto lease =
            text ? parse_lease(*text, shown_object(m_store, object.key)) : Result<Lease>(pass_on(text));
        if (!lease) {
            return pass_on(refusal(std::move(lease).error(), "remove the object once no push is under way"));
        }
        ++survey.leases;
        needs.pushed_manifests.insert(lease->manifest);
        needs.manifests.insert(lease->manifest);
        needs.packs.insert(lease->packs.begin(), lease->packs.end());
    }
    return again;
}

Result<void> Surveyor::read_versions(StoreTime now, const RemovalMark* only, Needs& needs, Survey& survey) {
    std::set<VersionName> named;
    if (only != nullptr) named.insert(only->versions.begin(), only->versions.end());
    BALLAST_TRY(VersionList list, list_versions(m_store));
    if (!list.damaged.empty()) {
        return pass_on(refusal(std::move(list.damaged.front()),
                               "remove the record if nobody needs the version, or push it again"));
    }
    const auto fates = decide_fates(list.versions, m_retention, now);
    for (std::size_t i = 0; i < fates.size(); ++i) {
        JudgedVersion judged{std::move(list.versions[i]), fates[i]};
        const auto& record = judged.version.record;
        // A version that was not named came, or became one that goes, after the mark was written: pushes
        // do not know that it goes, so that it stays, with all that it needs.
        const bool pushed = needs.pushed_manifests.contains(record.manifest) ||
                            (only != nullptr && !named.contains({record.name, record.version}));
        if (judged.fate == Fate::goes && pushed) judged.fate = Fate::pushed_now;
        if (judged.fate != Fate::goes) {
            BALLAST_TRY(const auto* packs, packs_of(judged.version));
            if (packs == nullptr) continue;  // another gc removed the version meanwhile
            needs.manifests.insert(record.manifest);
            for (const auto& pack : *packs) {
                needs.packs.insert(pack);
                needs.pack_users.emplace_back(pack, judged.version.label());
            }
        }
        survey.versions.push_back(std::move(judged));
    }
    return {};
}

// nullptr: the version has gone.
Result<const std::vector<Digest>*> Surveyor::packs_of(const StoredVersion& version) {
    const auto& digest = version.record.manifest;
    if (const auto at = m_packs_of_manifest.find(digest); at != m_packs_of_manifest.end()) return &at->second;
    BALLAST_CHECK(check_interrupt(m_store.url()));
    auto manifest = read_manifest(m_store, version.record);
    if (!manifest) {
        Error error = std::move(manifest).error();
        if (error.code == ErrorCode::not_found) {
            BALLAST_TRY(const bool there,
                        object_exists(m_store, version_key(version.record.name, version.record.version)));
            if (!there) return nullptr;
            error.object = shown_object(m_store, manifest_key(digest));
            error.message = "the manifest is not there";
        } else if (error.code != ErrorCode::corrupt) {
            return pass_on(std::move(error));
        }
        error.message += " (of " + version.label() + ", which stays)";
        return pass_on(
            refusal(std::move(error), "push the version again, or remove its record if nobody needs it"));
    }
    auto& packs = m_packs_of_manifest[digest];
    for (const auto& pack : manifest->packs()) packs.push_back(pack.digest);
    return &packs;
}

Result<void> Surveyor::list_what_is_there(const Needs& needs, Survey& survey) {
    const auto sort_out = [&](std::string_view prefix, const std::unordered_set<Digest>& needed,
                              std::vector<DigestObject>& unneeded,
                              GcCount& kept) -> Result<std::unordered_set<Digest>> {
        std::unordered_set<Digest> there;
        BALLAST_TRY(const auto objects, m_store.list(prefix));
        for (const auto& object : objects) {
            const auto digest = digest_of_key(prefix, object.key);
            if (!digest) continue;  // not ours: left alone
            there.insert(*digest);
            if (needed.contains(*digest)) {
                kept.add(object.bytes);
            } else {
                unneeded.push_back({*digest, object.bytes});
            }
        }
        return there;
    };
    BALLAST_CHECK(sort_out(k_manifests_prefix, needs.manifests, survey.manifests, survey.kept_manifests));
    BALLAST_TRY(const auto there, sort_out(k_packs_prefix, needs.packs, survey.packs, survey.kept_packs));
    for (const auto& [pack, user] : needs.pack_users) {
        if (!there.contains(pack)) survey.lacks.push_back(user + ": " + pack_key(pack));
    }
    return {};
}

}  // namespace ballast
