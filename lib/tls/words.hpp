// What a connection and a client's certificate say, in the words of nginx's $ssl_ variables. "" where those are empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "tls/agreed.hpp"

namespace sluice::tls::words {

// Of a connection. Views live as long as what it has agreed on, or for ever.

/// $ssl_protocol: "TLSv1.3".
std::string_view protocol(const Agreed& agreed);
/// $ssl_cipher, in OpenSSL's name.
std::string_view cipher(const Agreed& agreed);
/// $ssl_ciphers: those that the client offered, with colons between; unknown ones as "0x1a2b".
std::string ciphers(const Agreed& agreed);
/// $ssl_curve: the one that was used, "0x1a2b" if it has no name.
std::string curve(const Agreed& agreed);
/// $ssl_curves: those that the client offered.
std::string curves(const Agreed& agreed);
/// $ssl_alpn_protocol
std::string_view alpn_protocol(const Agreed& agreed);
/// $ssl_server_name: as the client sent it.
std::string_view server_name(const Agreed& agreed);
/// $ssl_session_id, hexadecimal.
std::string session_id(const Agreed& agreed);
/// $ssl_session_reused: "r" or ".".
std::string_view session_reused(const Agreed& agreed);
/// $ssl_early_data: "1" until the handshake is done.
std::string_view early_data(const Agreed& agreed);
/// $ssl_sigalg: what we signed the handshake with, "ecdsa_secp256r1_sha256" (the names of RFC 8446 4.2.3). Nothing was
/// signed where a session was taken up.
std::string sigalg(const Agreed& agreed);
/// $ssl_client_sigalg: what the client proved with that its certificate is its own.
std::string client_sigalg(const Agreed& agreed);
/// $ssl_client_verify: "SUCCESS", "NONE" without a certificate, "FAILED:reason".
std::string client_verify(const Agreed& agreed);

// Of a certificate.

/// $ssl_client_raw_cert: PEM.
std::string raw_certificate(X509* certificate);
/// $ssl_client_cert: the same with a tab in front of each line but the first, so that it can be the value of a field.
std::string tabbed_certificate(X509* certificate);
/// $ssl_client_escaped_cert: the same as part of a URI.
std::string escaped_certificate(X509* certificate);
/// $ssl_client_fingerprint: SHA-1, hexadecimal.
std::string fingerprint(const X509* certificate);
/// $ssl_client_s_dn, $ssl_client_i_dn: RFC 2253.
std::string subject(const X509* certificate);
std::string issuer(const X509* certificate);
/// $ssl_client_s_dn_legacy, $ssl_client_i_dn_legacy: "/O=Example/CN=name".
std::string legacy_subject(const X509* certificate);
std::string legacy_issuer(const X509* certificate);
/// $ssl_client_serial, hexadecimal, upper case.
std::string serial(const X509* certificate);
/// $ssl_client_v_start, $ssl_client_v_end: "Nov 21 12:00:00 2026 GMT".
std::string valid_from(const X509* certificate);
std::string valid_until(const X509* certificate);
/// $ssl_client_v_remain: whole days, "0" if it is over.
std::string valid_days(const X509* certificate, core::WallTime now);

/// Why verification failed, but for nothing worse than an unknown authority: ssl_verify_client optional_no_ca lets
/// pass.
bool is_only_unknown_authority(long verify_result);

}  // namespace sluice::tls::words
