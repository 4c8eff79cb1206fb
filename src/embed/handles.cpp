#include "embed/handles.hpp"

#include "hydrate/report.hpp"

ballast::Result<std::shared_ptr<const ballast::Manifest>> ballast_package::manifest() {
    const std::scoped_lock lock(m_mutex);
    if (!m_manifest) {
        BALLAST_TRY(ballast::Manifest read, ballast::load_manifest(*slim));
        m_manifest = std::make_shared<const ballast::Manifest>(std::move(read));
    }
    return m_manifest;
}

const std::string& ballast_tree::report_text() const {
    std::call_once(m_once, [this] { m_report_text = ballast::report_json(slim->lock, report); });
    return m_report_text;
}
