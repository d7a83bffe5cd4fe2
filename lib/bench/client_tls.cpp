#include "bench/client_tls.hpp"

#include "config/words.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using config::in_quotes;

/// Of what points from an SSL back to us; Asio has taken the application data.
int index() {
    static const int out = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return out;
}

}  // namespace

std::string ClientTls::prepare(const TlsPlan& plan) {
    namespace ssl = boost::asio::ssl;
    boost::system::error_code error;
    context_ = std::make_unique<ssl::context>(ssl::context::tls_client);
    SSL_CTX* raw = context_->native_handle();
    const auto wrong = [&](std::string_view flag, const std::string& file) {
        return concat({flag, " ", in_quotes(file), ": ", error.message()});
    };
    if (plan.version == "1.2") SSL_CTX_set_max_proto_version(raw, TLS1_2_VERSION);
    if (plan.version == "1.3") SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
    context_->set_verify_mode(plan.verify ? ssl::verify_peer : ssl::verify_none, error);
    if (plan.authorities.empty())
        context_->set_default_verify_paths(error);
    else
        context_->load_verify_file(plan.authorities, error);
    if (error) return wrong("--ca", plan.authorities);
    if (!plan.certificate.empty()) {
        const auto& key = plan.key.empty() ? plan.certificate : plan.key;
        context_->use_certificate_chain_file(plan.certificate, error);
        if (error) return wrong("--cert", plan.certificate);
        context_->use_private_key_file(key, ssl::context::pem, error);
        if (error) return wrong("--key", key);
    }
    resume_ = plan.resume;
    SSL_CTX_set_session_cache_mode(raw,
                                   resume_ ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
    if (resume_) SSL_CTX_sess_set_new_cb(raw, keep);
    return "";
}

void ClientTls::take_up(SSL* ssl) {
    if (!resume_) return;
    SSL_set_ex_data(ssl, index(), this);
    if (session_) SSL_set_session(ssl, session_);
}

int ClientTls::keep(SSL* ssl, SSL_SESSION* session) {
    auto* self = static_cast<ClientTls*>(SSL_get_ex_data(ssl, index()));
    SSL_SESSION_free(self->session_);
    self->session_ = session;
    return 1;  // the reference is ours now
}

}  // namespace sluice::bench
