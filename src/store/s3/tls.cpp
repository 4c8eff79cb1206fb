#include "store/s3/tls.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstring>

#include "base/environment.hpp"
#include "base/file.hpp"
#include "store/s3/amazon_roots.hpp"
#include "store/s3/aws_profile.hpp"

namespace ballast {
namespace {

constexpr std::array k_bundles = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                  "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};
constexpr std::array k_hashed_directories = {"/etc/ssl/certs", "/etc/pki/tls/certs"};

std::size_t trust_pem(X509_STORE* store, std::string_view pem) {
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    std::size_t count = 0;
    while (X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr)) {
        if (X509_STORE_add_cert(store, certificate) == 1) ++count;
        X509_free(certificate);
    }
    ERR_clear_error();
    BIO_free(bio);
    return count;
}

// Whether a directory has names like "5ad8a5d6.0", by which OpenSSL finds one certificate.
bool has_hashed_names(const char* directory) {
    DIR* listing = ::opendir(directory);
    if (listing == nullptr) return false;
    bool found = false;
    while (const dirent* entry = found ? nullptr : ::readdir(listing)) {
        const std::string_view name = entry->d_name;
        found = name.size() == 10 && name.ends_with(".0") &&
                name.substr(0, 8).find_first_not_of("0123456789abcdef") == std::string_view::npos;
    }
    ::closedir(listing);
    return found;
}

bool is_address(const std::string& host) {
    in6_addr buffer = {};
    return ::inet_pton(AF_INET, host.c_str(), &buffer) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), &buffer) == 1;
}

// The host that a connection verifies, as prepare() was told.
std::string verified_name(X509_VERIFY_PARAM* wanted) {
    if (const char* name = X509_VERIFY_PARAM_get0_host(wanted, 0)) return name;
    char* address = X509_VERIFY_PARAM_get1_ip_asc(wanted);
    std::string text = address != nullptr ? address : "";
    OPENSSL_free(address);
    return text;
}

}  // namespace

Tls::Tls(SSL_CTX* context) : m_context(context) {}

Result<std::unique_ptr<Tls>> Tls::open() {
    constexpr std::uint64_t k_max_bundle_bytes = 16U << 20U;
    // The machine's openssl.cnf is not asked: it could name modules that a static program cannot load.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    std::unique_ptr<Tls> tls(new Tls(SSL_CTX_new(TLS_client_method())));
    SSL_CTX* context = tls->m_context.get();
    if (context == nullptr) return fail(ErrorCode::unavailable, "TLS", "OpenSSL cannot be set up");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_set_ex_data(context, 0, tls.get());  // 0: OpenSSL keeps it for the application
    SSL_CTX_sess_set_new_cb(context, &Tls::keep_session);

    X509_STORE* store = SSL_CTX_get_cert_store(context);
    if (const std::string bundle = environment("AWS_CA_BUNDLE"); !bundle.empty()) {
        tls->m_own_bundle_only = true;
        const auto pem = read_file(bundle, k_max_bundle_bytes);
        if (!pem || trust_pem(store, *pem) == 0) {
            return fail(ErrorCode::usage, "AWS_CA_BUNDLE: " + bundle,
                        pem ? "holds no certificate" : pem.error().message,
                        "name a file of PEM certificates");
        }
        return tls;
    }
    trust_pem(store, k_amazon_roots);
    if (const std::string directory = environment("SSL_CERT_DIR"); !directory.empty()) {
        X509_STORE_load_path(store, directory.c_str());
    } else {
        for (const char* hashed : k_hashed_directories) {
            if (has_hashed_names(hashed)) X509_STORE_load_path(store, hashed);
        }
    }
    ERR_clear_error();
    return tls;
}

Result<void> Tls::prepare(SSL* connection, const std::string& host) {
    const auto ask_for = [&] {  // as SSL_set_tlsext_host_name(), which is a macro with an old cast
        return SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                        const_cast<char*>(host.c_str()));
    };
    const bool named = is_address(host)
                           ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1
                           : SSL_set1_host(connection, host.c_str()) == 1 && ask_for() == 1;
    if (!named) return fail(ErrorCode::unavailable, host, "TLS cannot verify such a name");
    const std::lock_guard lock(m_mutex);
    if (m_session != nullptr && m_session_host == verified_name(SSL_get0_param(connection)))
        SSL_set_session(connection, m_session.get());
    return {};
}

int Tls::keep_session(SSL* connection, SSL_SESSION* session) {
    auto* tls = static_cast<Tls*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), 0));
    std::string host = verified_name(SSL_get0_param(connection));
    const std::lock_guard lock(tls->m_mutex);
    tls->m_session.reset(session);
    tls->m_session_host = std::move(host);
    return 1;  // the session is ours now
}

bool Tls::widen_trust() {
    const std::lock_guard lock(m_mutex);
    if (m_is_wide || m_own_bundle_only) return false;
    m_is_wide = true;
    X509_STORE* store = SSL_CTX_get_cert_store(m_context.get());
    bool widened = false;
    if (const std::string file = environment("SSL_CERT_FILE"); !file.empty()) {
        widened = X509_STORE_load_file(store, file.c_str()) == 1;
    } else {
        for (const char* bundle : k_bundles) {
            if (!widened) widened = X509_STORE_load_file(store, bundle) == 1;
        }
    }
    ERR_clear_error();
    return widened;
}

}  // namespace ballast
