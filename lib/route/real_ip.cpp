#include "route/real_ip.hpp"

#include <boost/container/small_vector.hpp>

#include "core/text.hpp"
#include "exchange/proxy_header.hpp"
#include "route/decide.hpp"

namespace sluice::route {

bool TrustedProxies::trusts(const net::Address& address) const {
    if (address.family() == net::Address::Family::unix_path) return unix_;
    const auto bytes = address.ip_bytes();
    return !bytes.empty() && networks_.contains(vars::Ip(bytes));
}

namespace {

using Source = RealIpSettings::Source;
using Lines = boost::container::small_vector<std::string_view, 4>;

net::Address to_address(const vars::Ip& told, std::uint16_t port) {
    return net::Address::ip_socket({told.bytes.data(), told.size}, port);
}

/// X-Forwarded-For is one list, however many lines it has; of any other field the first line counts, as in nginx.
Lines lines_of(const http::Fields& fields, const RealIpSettings& settings) {
    Lines out;
    if (settings.source == Source::x_forwarded_for) {
        for (const auto& f : fields)
            if (f.id == http::FieldId::x_forwarded_for) out.push_back(f.value);
        return out;
    }
    for (const auto& f : fields) {
        if (!core::iequals(f.name, settings.field)) continue;
        out.push_back(f.value);
        break;
    }
    return out;
}

std::optional<net::Address> told_client(const Scope& scope, const RealIpSettings& settings) {
    const bool trusted = settings.from->trusts(*scope.x.client);
    if (settings.source == Source::proxy_protocol) {
        const auto* header = scope.x.record.proxy_header;
        if (!trusted || !header || header->client.ip_bytes().empty()) return std::nullopt;
        return to_address(vars::Ip(header->client.ip_bytes()), header->client.port());
    }
    const auto lines = lines_of(scope.x.head.fields, settings);
    const auto found = vars::forwarded_endpoint(trusted, {lines.data(), lines.size()}, settings.from->networks(), settings.recursive);
    return found ? std::optional(to_address(found->ip, found->port)) : std::nullopt;
}

}  // namespace

void find_real_client(Scope& scope, Trace* trace) {
    const auto& settings = scope.settings().real_ip;
    if (!settings.from || scope.x.connected) return;
    auto told = told_client(scope, settings);
    if (!told) return;
    scope.real_client = std::move(told);
    scope.x.connected = scope.x.client;
    scope.x.client = &*scope.real_client;
    scope.client_ip_of = nullptr;
    if (trace)
        trace->add(settings.from->where, "the client is " + scope.x.client->ip() + ", as " + scope.x.connected->ip() + " tells by " + settings.field,
                   Trace::Kind::check);
}

}  // namespace sluice::route
