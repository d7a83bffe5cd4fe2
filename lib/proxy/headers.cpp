#include "proxy/headers.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "http/head_writer.hpp"

namespace sluice::proxy {

using http::Field;
using http::FieldId;
using http::Fields;
using http::RequestHead;

namespace {

constexpr std::string_view websocket = "websocket";

bool names_upgrade(const Fields& fields) {
    return std::any_of(fields.begin(), fields.end(), [](const Field& f) {
        return f.id == FieldId::connection && http::list_contains(f.value, "upgrade");
    });
}

bool upgrades_to_websocket(const Fields& fields) {
    const Field* upgrade = http::find(fields, FieldId::upgrade);
    return upgrade && core::iequals(upgrade->value, websocket) && names_upgrade(fields);
}

/// The usual values name no field; only another one is worth a look at every field.
bool connection_names_fields(const Fields& fields) {
    if (!fields.may_have(FieldId::connection)) return false;
    return std::any_of(fields.begin(), fields.end(), [](const Field& f) {
        return f.id == FieldId::connection && !f.value.empty() && !core::iequals(f.value, "keep-alive") &&
               !core::iequals(f.value, "close") && !core::iequals(f.value, "upgrade");
    });
}

bool named_by_connection(const Fields& fields, std::string_view name) {
    return std::any_of(fields.begin(), fields.end(),
                       [&](const Field& f) { return f.id == FieldId::connection && http::list_contains(f.value, name); });
}

bool is_hop_by_hop(FieldId id) {
    using enum FieldId;
    switch (id) {
        case connection:
        case keep_alive:
        case proxy_connection:
        case proxy_authenticate:
        case proxy_authorization:
        case te:
        case transfer_encoding:
        case upgrade:
            return true;
        default:
            return false;
    }
}

/// Written by us, from what we know rather than from what we were told.
bool is_ours_in_requests(FieldId id) {
    using enum FieldId;
    switch (id) {
        case host:
        case content_length:
        case expect:
        case x_forwarded_for:
        case x_forwarded_host:
        case x_forwarded_proto:
        case x_real_ip:
            return true;
        default:
            return false;
    }
}

bool is_for_peer(const Field& f) {
    if (f.id == FieldId::other) return !http::has_underscore(f.name);
    return !is_hop_by_hop(f.id) && !is_ours_in_requests(f.id);
}

bool is_hidden_in_responses(const Field& f) {
    if (f.id == FieldId::content_length || f.id == FieldId::date || f.id == FieldId::server) return true;
    if (f.id != FieldId::other || f.name.size() < 5 || core::lower(f.name[0]) != 'x' || f.name[1] != '-') return false;
    return core::iequals(f.name, "x-pad") || core::iequals(f.name.substr(0, 8), "x-accel-");
}

/// An HTTP/1.0 request may come without Host; a peer that speaks 1.1 wants one. Not the peer's own address: peers put
/// the host they are asked for into Location, and the client must not learn it.
std::string_view host_for_peer(const exchange::Exchange& x) {
    return x.target.host.empty() ? std::string_view("localhost") : x.target.host;
}

void write_forwarded(const exchange::Exchange& x, http::HeadWriter& out) {
    char text[net::Address::text_room];
    const std::string_view client(text, x.client->write_ip(text));
    out.field("X-Real-IP", client);
    out.add("X-Forwarded-For: ");
    for (const Field& f : x.head.fields) {
        if (f.id != FieldId::x_forwarded_for || f.value.empty()) continue;
        out.add(f.value);
        out.add(", ");
    }
    out.add(client);
    out.add("\r\nX-Forwarded-Proto: http\r\n");
    if (!x.target.host.empty()) out.field("X-Forwarded-Host", x.target.host);
}

void write_framing(const http::Framing& framing, const RequestHead& head, http::HeadWriter& out) {
    if (framing.kind == http::BodyKind::chunked) {
        out.add("Transfer-Encoding: chunked\r\n");
    } else if (framing.length > 0 || http::find(head.fields, FieldId::content_length)) {
        out.add("Content-Length: ");
        out.number(framing.length);
        out.add("\r\n");
    }
}

}  // namespace

bool asks_for_websocket(const RequestHead& head) {
    return head.minor == 1 && head.method == http::Method::get && upgrades_to_websocket(head.fields);
}

bool offers_websocket(const exchange::Exchange& x) {
    const bool has_body = x.framing.kind == http::BodyKind::chunked || x.framing.length > 0;
    return !has_body && asks_for_websocket(x.head);
}

bool agrees_to_websocket(const http::ResponseHead& head) { return upgrades_to_websocket(head.fields); }

WrittenHead write_request_head(const exchange::Exchange& x, core::BufferPool& buffers) {
    const RequestHead& head = x.head;
    const std::string_view host = host_for_peer(x);

    const std::size_t size = head.line.size() + x.target.path.size() + http::written_size(head.fields) + 2 * host.size() + 512;
    WrittenHead out{size <= core::BufferPool::small ? buffers.lend_small() : buffers.lend_large(), {}};
    http::HeadWriter w(out.buffer.data());
    w.add(head.method_name);
    w.add(" ");
    w.add(x.target.path);
    w.add(" HTTP/1.1\r\n");
    w.field("Host", host);
    const bool names = connection_names_fields(head.fields);
    for (const Field& f : head.fields)
        if (is_for_peer(f) && !(names && named_by_connection(head.fields, f.name))) w.field(f);
    write_forwarded(x, w);
    write_framing(x.framing, head, w);
    if (offers_websocket(x)) w.add("Connection: upgrade\r\nUpgrade: websocket\r\n");
    w.add("\r\n");
    out.bytes = w.written();
    return out;
}

void keep_end_to_end(Fields& fields) {
    if (connection_names_fields(fields)) {
        // While Connection is still there to look at.
        const Fields all = fields;
        fields.erase(std::remove_if(fields.begin(), fields.end(), [&](const Field& f) { return named_by_connection(all, f.name); }),
                     fields.end());
    }
    fields.erase(std::remove_if(fields.begin(), fields.end(),
                                [](const Field& f) { return is_hop_by_hop(f.id) || is_hidden_in_responses(f); }),
                 fields.end());
}

}  // namespace sluice::proxy
