#include "lifecycle/gc.hpp"

#include <algorithm>
#include <optional>

#include "base/interrupt.hpp"
#include "format/keys.hpp"

namespace ballast {
namespace {

// What of a survey goes, as a mark names it.
RemovalMark mark_of(const Survey& survey) {
    RemovalMark mark;
    const auto has_room = [&] { return mark.objects() < k_max_mark_objects; };
    for (const auto& [version, fate] : survey.versions) {
        if (fate == Fate::goes && has_room())
            mark.versions.push_back({version.record.name, version.record.version});
    }
    for (const auto& object : survey.manifests) {
        if (has_room()) mark.manifests.push_back(object.digest);
    }
    for (const auto& object : survey.packs) {
        if (has_room()) mark.packs.push_back(object.digest);
    }
    return mark;
}

class Collector {
  public:
    Collector(Store& store, const GcOptions& options)
        : m_store(store), m_options(options), m_surveyor(store, options.retention, options.grace) {}

    Result<GcReport> run() {
        if (m_options.mode == GcOptions::Mode::dry_run) {
            BALLAST_TRY(const StoreTime now, newest_time());
            BALLAST_TRY(const Survey survey, m_surveyor.look(now, EndedLeases::leave));
            BALLAST_TRY(const auto marks, stale_marks(now));
            m_report.stale_marks = marks.size();
            describe(survey);
            return std::move(m_report);
        }
        std::optional<GcMark> mark;
        {
            // A mark that names nothing asks the store what time it is.
            BALLAST_TRY(const GcMark clock, GcMark::write(m_store, {}, m_options.clock));
            BALLAST_CHECK(remove_stale_marks(clock.written()));
            BALLAST_TRY(m_report.unfinished, m_store.remove_unfinished(clock.written() - m_options.grace));
            BALLAST_TRY(const Survey plan, m_surveyor.look(clock.written(), EndedLeases::remove));
            m_report.ended_leases += plan.ended_leases;
            RemovalMark named = mark_of(plan);
            if (named.objects() == 0) {
                describe(plan);
                return std::move(m_report);
            }
            BALLAST_TRY(GcMark written, GcMark::write(m_store, std::move(named), m_options.clock));
            mark.emplace(std::move(written));
        }
        BALLAST_TRY(const Survey survey,
                    m_surveyor.look(mark->written(), EndedLeases::remove, &mark->named()));
        m_report.ended_leases += survey.ended_leases;
        BALLAST_CHECK(remove(survey, *mark));
        describe(survey);
        return std::move(m_report);
    }

  private:
    // For a dry run, which writes nothing that the store could date. Nothing is removed by it, so that
    // this machine's clock may tell, too.
    Result<StoreTime> newest_time() {
        auto newest = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        for (const auto prefix : {k_versions_prefix, k_leases_prefix, k_marks_prefix}) {
            BALLAST_TRY(const auto objects, m_store.list(prefix));
            for (const auto& object : objects) newest = std::max(newest, object.modified);
        }
        return newest;
    }

    Result<std::vector<std::string>> stale_marks(StoreTime now) {
        std::vector<std::string> stale;
        BALLAST_TRY(const auto objects, m_store.list(k_marks_prefix));
        for (const auto& object : objects) {
            if (now - object.modified > k_mark_stale) stale.push_back(object.key);
        }
        return stale;
    }

    Result<void> remove_stale_marks(StoreTime now) {
        BALLAST_TRY(const auto stale, stale_marks(now));
        for (const auto& key : stale) BALLAST_CHECK(m_store.remove(key));
        m_report.stale_marks = stale.size();
        return {};
    }

    // What refers goes before what is referred to.
    Result<void> remove(const Survey& survey, GcMark& mark) {
        for (const auto& [version, fate] : survey.versions) {
            if (fate == Fate::goes)
                BALLAST_CHECK(remove_one(version_key(version.record.name, version.record.version), mark));
        }
        for (const auto& object : survey.manifests) {
            BALLAST_CHECK(remove_one(manifest_key(object.digest), mark));
        }
        for (const auto& object : survey.packs) BALLAST_CHECK(remove_one(pack_key(object.digest), mark));
        return {};
    }

    Result<void> remove_one(const std::string& key, GcMark& mark) {
        BALLAST_CHECK(check_interrupt(m_store.url()));
        BALLAST_CHECK(mark.check());
        auto removed = m_store.remove(key);
        // The store may still be about to do it, so pushes must go on waiting.
        if (!removed) mark.leave();
        return removed;
    }

    void describe(const Survey& survey) {
        for (const auto& [version, fate] : survey.versions) {
            (fate == Fate::goes ? m_report.removed_versions : m_report.kept_versions).add(version.bytes);
        }
        for (const auto& object : survey.manifests) m_report.removed_manifests.add(object.bytes);
        for (const auto& object : survey.packs) m_report.removed_packs.add(object.bytes);
        m_report.versions = survey.versions;
        m_report.kept_manifests = survey.kept_manifests;
        m_report.kept_packs = survey.kept_packs;
        m_report.leases = survey.leases;
        m_report.lacks = survey.lacks;
        if (m_options.mode == GcOptions::Mode::dry_run) m_report.ended_leases = survey.ended_leases;
    }

    Store& m_store;
    const GcOptions& m_options;
    Surveyor m_surveyor;
    GcReport m_report;
};

}  // namespace

Result<GcReport> collect_garbage(Store& store, const GcOptions& options) {
    return Collector(store, options).run();
}

}  // namespace ballast
