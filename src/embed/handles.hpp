#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "ballast/ballast.h"
#include "base/result.hpp"
#include "hydrate/hydrate.hpp"
#include "hydrate/slim.hpp"

// What the opaque types of ballast.h are.

struct ballast_error {
    ballast::Error error;
    std::string text;
};

struct ballast_package {
    // Trees outlive the package that they came from.
    std::shared_ptr<const ballast::Slim> slim;

    // The manifest, which only ballast_path needs: read when it is first asked for. Thread-safe.
    ballast::Result<std::shared_ptr<const ballast::Manifest>> manifest();

  private:
    std::mutex m_mutex;
    std::shared_ptr<const ballast::Manifest> m_manifest;
};

struct ballast_tree {
    std::shared_ptr<const ballast::Slim> slim;
    ballast::HydrateReport report;  // holds use.lock
    std::string entry_path;         // of ballast_path's

    // As JSON, made when it is first asked for, since most warm calls never do. Thread-safe.
    const std::string& report_text() const;

  private:
    mutable std::once_flag m_once;
    mutable std::string m_report_text;
};
