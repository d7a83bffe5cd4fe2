// $ssl_...: what was agreed on with the client, and who it is.
#include "route/value_text.hpp"
#include "route/variable_tables.hpp"
#include "tls/words.hpp"

namespace sluice::route::tables {

namespace {

namespace words = tls::words;

/// Without TLS, and in `explain`, there is none.
const tls::Agreed* agreed(const Scope& scope) { return scope.x.tls ? &scope.x.tls->agreed() : nullptr; }

template <std::string_view (*Read)(const tls::Agreed&)>
Value read_view(Scope& scope, const Variable&) {
    const auto* const known = agreed(scope);
    if (!known) return Value::absent();
    const auto text = Read(*known);
    return text.empty() ? Value::absent() : Value{text};
}

Value keep(Scope& scope, const std::string& text) { return text.empty() ? Value::absent() : Value{scope.arena.keep(text)}; }

template <auto Read>
Value read_text(Scope& scope, const Variable&) {
    const auto* const known = agreed(scope);
    return known ? keep(scope, Read(*known)) : Value::absent();
}

/// nullptr: it showed none.
X509* client_certificate(const Scope& scope) {
    const auto* const known = agreed(scope);
    return known ? known->client.get() : nullptr;
}

template <auto Read>
Value read_certificate(Scope& scope, const Variable&) {
    auto* const certificate = client_certificate(scope);
    return certificate ? keep(scope, Read(certificate)) : Value::absent();
}

Value read_remaining(Scope& scope, const Variable&) {
    auto* const certificate = client_certificate(scope);
    return certificate ? keep(scope, words::valid_days(certificate, scope.x.record.when)) : Value::absent();
}

/// A certificate that verifies may have been revoked (ssl_ocsp).
Value read_verdict(Scope& scope, const Variable& variable) {
    if (scope.x.tls)
        if (const auto doubt = scope.x.tls->client_doubt(); !doubt.empty()) return keep(scope, "FAILED:" + std::string(doubt));
    return read_text<words::client_verify>(scope, variable);
}

Value absent(Scope&, const Variable&) { return Value::absent(); }

constexpr VariableRow table[] = {
    {"ssl_alpn_protocol", read_view<words::alpn_protocol>, "The protocol that was chosen by ALPN."},
    {"ssl_cipher", read_view<words::cipher>, "The cipher that was agreed on."},
    {"ssl_ciphers", read_text<words::ciphers>, "The ciphers that the client offered, with colons between."},
    {"ssl_client_cert", read_certificate<words::tabbed_certificate>, "The client's certificate in PEM, with a tab in front of all lines but the first."},
    {"ssl_client_escaped_cert", read_certificate<words::escaped_certificate>, "The client's certificate in PEM, escaped as in a URI."},
    {"ssl_client_fingerprint", read_certificate<words::fingerprint>, "The SHA-1 of the client's certificate."},
    {"ssl_client_i_dn", read_certificate<words::issuer>, "Who issued the client's certificate, as RFC 2253 writes it."},
    {"ssl_client_i_dn_legacy", read_certificate<words::legacy_issuer>, "The same in an older form: /O=Example/CN=name."},
    {"ssl_client_raw_cert", read_certificate<words::raw_certificate>, "The client's certificate in PEM."},
    {"ssl_client_s_dn", read_certificate<words::subject>, "Whose the client's certificate is, as RFC 2253 writes it."},
    {"ssl_client_s_dn_legacy", read_certificate<words::legacy_subject>, "The same in an older form: /O=Example/CN=name."},
    {"ssl_client_serial", read_certificate<words::serial>, "The number of the client's certificate."},
    {"ssl_client_sigalg", read_text<words::client_sigalg>, "What the client proved its certificate with."},
    {"ssl_client_v_end", read_certificate<words::valid_until>, "The end of the client's certificate."},
    {"ssl_client_v_remain", read_remaining, "Days until the end of the client's certificate."},
    {"ssl_client_v_start", read_certificate<words::valid_from>, "The beginning of the client's certificate."},
    {"ssl_client_verify", read_verdict, "\"SUCCESS\", \"NONE\" without a certificate, or \"FAILED:reason\"."},
    {"ssl_curve", read_text<words::curve>, "The curve that keys were exchanged by."},
    {"ssl_curves", read_text<words::curves>, "The curves that the client offered, with colons between."},
    {"ssl_ech_outer_server_name", absent, "The public name of an encrypted hello: empty, for this OpenSSL knows none."},
    {"ssl_ech_status", absent, "What became of an encrypted hello: empty, for this OpenSSL knows none."},
    {"ssl_early_data", read_view<words::early_data>, "\"1\" for a request that came before the handshake was done."},
    {"ssl_protocol", read_view<words::protocol>, "The version of TLS: \"TLSv1.3\"."},
    {"ssl_server_name", read_view<words::server_name>, "The name that the client asked for in the handshake."},
    {"ssl_session_id", read_text<words::session_id>, "The session's number."},
    {"ssl_session_reused", read_view<words::session_reused>, "\"r\" if an earlier session was taken up, else \".\"."},
    {"ssl_sigalg", read_text<words::sigalg>, "What our certificate was proved with."},
};

}  // namespace

std::span<const VariableRow> tls() { return table; }

}  // namespace sluice::route::tables
