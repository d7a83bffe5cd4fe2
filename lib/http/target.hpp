// The request target and the Host (RFC 9112 3.2, RFC 3986 3.2.2).
#pragma once

#include <cstdint>
#include <string_view>

#include "http/head.hpp"

namespace sluice::http {

enum class TargetForm : std::uint8_t { origin, absolute, authority, asterisk };

/// A request target taken apart; views of the head.
struct Target {
    TargetForm form = TargetForm::origin;
    std::string_view host;   // the host asked for, with its port: the absolute form's authority if there is one, else Host
    std::string_view path;   // what a peer gets as target, from its '/' to its end with the query; "/" for an absolute
                             // form without path; "*" for the asterisk form; the authority for CONNECT
    std::string_view query;  // after the first '?', without it
    const char* error = nullptr;  // in plain words; the answer is 400
};

/// Decides the form, checks every byte (RFC 9112 3.2: no control characters, no space, no '#'; bytes over 0x7f pass, as in
/// nginx), and the Host field: exactly one, except that an HTTP/1.0 request may have none (then `host` is empty);
/// userinfo, '/', '?', '#', '\\', spaces, control characters, a bad port or a bad IPv6 literal are errors. An empty Host
/// is allowed only where RFC 9112 3.2 allows it: never for http with an origin form; it is an error here.
/// The asterisk form only with OPTIONS, the authority form only (and always) with CONNECT.
/// With an absolute form the target's host wins over Host (RFC 9112 3.2.2), but Host must be there and valid in HTTP/1.1.
/// Only the schemes http and https are accepted in an absolute form.
Target parse_target(const RequestHead& head);

/// True for a valid `host[:port]` (RFC 3986 reg-name, IPv4, bracketed IPv6; port 0 to 65535, may be empty after its colon;
/// underscores allowed).
bool valid_host(std::string_view host);

}  // namespace sluice::http
