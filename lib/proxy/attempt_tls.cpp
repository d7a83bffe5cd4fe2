// TLS with a peer.
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstring>

#include "proxy/attempt.hpp"
#include "route/variable_pairs.hpp"
#include "tls/client_contexts.hpp"
#include "tls/common.hpp"
#include "tls/digest.hpp"

namespace sluice::proxy {

using core::Code;
using core::Side;
using core::Stage;
using net::Task;

namespace {

/// $proxy_host, or a name with a port, without the port and the brackets.
std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

bool is_address(std::string_view name) { return net::Address::parse(std::string(name), 0).has_value(); }

/// What the peer's certificate must be for (RFC 9525).
bool expect(SSL* ssl, const std::string& name) {
    if (name.empty()) return false;  // to OpenSSL it would be any name
    if (is_address(name)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, name.c_str()) == 1;
}

}  // namespace

void Attempt::choose_tls_name() {
    const auto* own = settings().tls.get();
    how_.tls = tls_->number();
    how_.tls_name = without_port(own && own->has_name ? q_.scope.evaluate(own->name) : host_);
}

/// Where the certificate's name has variables. A connection speaks for whoever's certificate was shown on it, so that only
/// who would show the same may have it. False: there is no such certificate.
bool Attempt::choose_tls_pair() {
    const auto* pass = std::get_if<route::ProxyPass>(&q_.scope.route->content);
    if (!pass || !pass->variable_pair) return true;
    const auto& all = *pass->variable_pair;
    q_.tls_problem.clear();
    const auto pair = route::pair_of(q_.scope, all, all.pairs.front(), q_.tls_problem);
    if (!pair) return false;
    if (pair->certificate.empty()) return true;  // as in nginx, none is shown then
    std::vector<tls::Complaint> complaints;
    shown_ = q_.conf.pair_cache(all).get(*pair, *tls_->passwords(), s_.loop.now(), complaints);
    if (!shown_) {
        q_.tls_problem = complaints.empty() ? "there is no certificate" : complaints.front().message;
        return false;
    }
    tls::Digest digest;
    digest.add(shown_->certificate.get());
    std::uint64_t whose = 0;
    std::memcpy(&whose, digest.finish().data(), sizeof whose);
    how_.tls ^= whose;
    if (how_.tls == 0) how_.tls = 1;
    return true;
}

/// Agrees on TLS over the connection that has just been made.
Task<Attempt::Outcome> Attempt::secure() {
    static const route::PeerTls usual;
    const auto& rules = settings().tls ? *settings().tls : usual;
    auto& stream = connection_->stream;
    const std::string name(how_.tls_name);
    tls::Engine::Setup setup;
    setup.context = tls_->at(q_.conf.worker);
    setup.server = false;
    if (rules.sends_name && !name.empty() && !is_address(name)) setup.server_name = name.c_str();
    if (rules.reuses_sessions) {
        connection_->session = s_.pool.sessions().of(*pick_.peer, how_.tls, name);
        setup.keeper = connection_->session.get();
        setup.session = connection_->session->session();
    }
    if (!stream.start_tls(setup)) co_return core::Failure{Code::system, Side::self, Stage::handshake, ENOMEM};
    SSL* const ssl = stream.tls()->ssl();
    if (shown_ && !tls::set_pair(ssl, *shown_, q_.tls_problem)) co_return core::Failure{Code::bad_certificate, Side::self, Stage::handshake, 0};
    if (tls_->description().verify && !expect(ssl, name)) {
        q_.tls_problem = "\"" + name + "\" is no name that a certificate can have";
        co_return peer_failure(Code::bad_certificate, Stage::handshake);
    }
    const auto agreed = co_await stream.handshake(settings().connect_timeout);
    note_.connected = s_.loop.now();
    if (agreed) co_return std::nullopt;
    const auto result = SSL_get_verify_result(ssl);
    q_.tls_problem = agreed.error().code == Code::bad_certificate ? X509_verify_cert_error_string(result) : stream.tls()->problem();
    if (result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH) q_.tls_problem += ", expected was \"" + name + '"';
    co_return net::at(agreed.error(), Side::peer, Stage::handshake);
}

}  // namespace sluice::proxy
