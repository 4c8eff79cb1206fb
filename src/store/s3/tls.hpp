#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"

namespace ballast {

// Whom an https: connection believes, and the sessions that it can resume. Certificates and host names are
// always verified; there is no switch. Thread-safe.
//
// AWS_CA_BUNDLE, where set, alone decides. Else it is Amazon's roots, built in, and the system's. A system
// that has its certificates by hash is asked for the one that is needed; a bundle in one file, which
// takes 30 ms and more to parse, is read only when a server was not believed without it.
class Tls {
  public:
    // Errors: usage when AWS_CA_BUNDLE cannot be read or holds no certificate.
    static Result<std::unique_ptr<Tls>> open();

    SSL_CTX* context() { return m_context.get(); }

    // Prepares a connection: the name to verify and to ask for, and a session to resume where there is one.
    // Errors: unavailable.
    Result<void> prepare(SSL* connection, const std::string& host);

    // Reads the system's bundle too. False when there is nothing more to believe in.
    bool widen_trust();

  private:
    explicit Tls(SSL_CTX* context);
    static int keep_session(SSL* connection, SSL_SESSION* session);

    template <auto Free>
    struct Freer {
        template <typename T>
        void operator()(T* object) const {
            Free(object);
        }
    };
    std::unique_ptr<SSL_CTX, Freer<&SSL_CTX_free>> m_context;
    bool m_own_bundle_only = false;
    std::mutex m_mutex;  // guards all below
    bool m_is_wide = false;
    std::unique_ptr<SSL_SESSION, Freer<&SSL_SESSION_free>> m_session;
    std::string m_session_host;
};

}  // namespace ballast
