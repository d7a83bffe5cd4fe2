// Proxy-Status (RFC 9209): tells whoever may know it why an answer is an error.
#include "server/http1.hpp"

namespace sluice::server {

namespace {

/// Of this machine or a private network (RFC 1918, RFC 4193, RFC 4291 2.5.6): an operator, or a proxy in front of us.
bool is_near(const net::Address& address) {
    if (address.family() == net::Address::Family::unix_path) return true;
    const auto plain = address.unmapped();
    const auto bytes = plain.ip_bytes();
    if (bytes.size() == 16) {
        static constexpr unsigned char loopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        return std::equal(bytes.begin(), bytes.end(), loopback) || (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
    }
    if (bytes.size() != 4) return false;
    return bytes[0] == 127 || bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168);
}

}  // namespace

void Http1Requester::append_proxy_status() {
    const auto reason = x_.record.reason;
    proxy_status_.clear();
    if (reason == exchange::Reason::none || row(reason).error_type.empty()) return;
    const auto wanted = scope_.settings().proxy_status;
    if (wanted == route::ProxyStatus::off || (wanted == route::ProxyStatus::usual && !is_near(*x_.client))) return;
    ((proxy_status_ = "sluice; error=") += row(reason).error_type) += "; details=\"";
    (proxy_status_ += row(reason).name) += '"';
}

}  // namespace sluice::server
