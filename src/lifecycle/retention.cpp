#include "lifecycle/retention.hpp"

#include <map>

namespace ballast {

std::vector<Fate> decide_fates(const std::vector<StoredVersion>& versions, const Retention& retention,
                               StoreTime now) {
    struct Kept {
        std::size_t count = 0;
        std::string last;  // the date of the last that was kept
    };
    std::map<std::string, Kept> families;
    std::vector<Fate> fates;
    fates.reserve(versions.size());
    for (const auto& version : versions) {
        auto& kept = families[version.record.name];
        const bool as_new = kept.count > 0 && version.record.created == kept.last;
        if (!retention.name.empty() && version.record.name != retention.name) {
            fates.push_back(Fate::other_name);
        } else if (kept.count < retention.keep || as_new) {
            ++kept.count;
            kept.last = version.record.created;
            fates.push_back(Fate::newest);
        } else if (retention.older_than && now - version.modified <= *retention.older_than) {
            fates.push_back(Fate::young);
        } else {
            fates.push_back(Fate::goes);
        }
    }
    return fates;
}

}  // namespace ballast
