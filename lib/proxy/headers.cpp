#include "proxy/headers.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "http/head_writer.hpp"
#include "route/escape.hpp"

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

using http::is_in;
using http::set_of;

constexpr http::FieldSet hop_by_hop =
    set_of(FieldId::connection, FieldId::keep_alive, FieldId::proxy_connection, FieldId::proxy_authenticate,
           FieldId::proxy_authorization, FieldId::te, FieldId::transfer_encoding, FieldId::upgrade);

/// Never passed on as they came: framing is ours to write, Host is what proxy_set_header says, Expect is answered here.
constexpr http::FieldSet ours_in_requests = set_of(FieldId::host, FieldId::content_length, FieldId::expect);

bool is_among(const std::vector<std::string>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& n) { return core::iequals(n, name); });
}

bool is_usually_hidden(const Field& f) {
    if (f.id != FieldId::other) return is_in(set_of(FieldId::date, FieldId::server, FieldId::x_accel), f.id);
    return f.name.size() == 5 && core::iequals(f.name, "x-pad");
}

bool is_hidden_in_responses(const Field& f, const route::ProxySettings& settings) {
    if (f.id == FieldId::content_length) return true;
    const bool hidden = is_usually_hidden(f) || (settings.hidden && is_among(*settings.hidden, f.name));
    return hidden && !(settings.passed && is_among(*settings.passed, f.name));
}

void write_framing(const http::Framing& framing, http::HeadWriter& out) {
    if (framing.kind == http::BodyKind::chunked) {
        out.add("Transfer-Encoding: chunked\r\n");
    } else if (framing.kind == http::BodyKind::length) {
        out.add("Content-Length: ");
        out.number(framing.length);
        out.add("\r\n");
    }
}

/// The fields of proxy_set_header with their values for this request.
class OwnFields {
  public:
    OwnFields(route::Scope& scope, std::string_view usual_host) : proxy_(scope.settings().proxy) {
        if (!sets(FieldId::host)) fields_.push_back({"Host", usual_host, FieldId::host});
        if (!proxy_.headers) return;
        for (const auto& header : *proxy_.headers) {
            auto value = scope.evaluate(header.value);
            if (!header.plain) value = route::escape(value, route::Escape::line, scope.arena);
            if (header.id == FieldId::connection) closes_ = http::list_contains(value, "close");
            if (value.empty() && header.id == FieldId::host && scope.x.target.host.empty()) {
                // An HTTP/1.0 request may come without Host; a peer that speaks 1.1 wants one. Not the peer's own address:
                // peers put the host they are asked for into Location, and the client must not learn it.
                fields_.push_back({header.name, "localhost", FieldId::host});
                continue;
            }
            if (value.empty() || header.id == FieldId::connection || is_framing(header.id)) continue;
            fields_.push_back({header.name, value, header.id});
        }
    }

    const Fields& fields() const { return fields_; }
    bool closes() const { return closes_; }

    /// The client's field of that name is not passed on, even if its place stays empty.
    bool replace(const Field& field) const {
        if (field.id != FieldId::other) return sets(field.id);
        if (!sets(FieldId::other)) return false;
        return std::any_of(proxy_.headers->begin(), proxy_.headers->end(), [&](const auto& h) { return core::iequals(h.name, field.name); });
    }

  private:
    bool sets(FieldId id) const { return is_in(proxy_.set_ids, id); }
    /// Ours to say, whatever the conf wants.
    static bool is_framing(FieldId id) { return id == FieldId::content_length || id == FieldId::transfer_encoding || id == FieldId::upgrade; }

    const route::ProxySettings& proxy_;
    Fields fields_;
    bool closes_ = false;
};

/// Peers that make variables of names (CGI, WSGI) read X_Forwarded_For as X-Forwarded-For. A field with such a name must
/// not pose as one that is ours to say.
bool poses_as_ours(const Field& f, const OwnFields& own) {
    if (http::shape_of_name(f.name) == http::NameShape::plain) return false;
    std::string read_as(f.name);
    std::ranges::replace_if(read_as, [](unsigned char c) { return !std::isalnum(c); }, '-');
    const auto id = http::field_id(read_as);
    return is_in(hop_by_hop | ours_in_requests, id) || own.replace({read_as, {}, id});
}

bool is_for_peer(const Field& f, const OwnFields& own, bool odd_names) {
    if (own.replace(f)) return false;
    if (f.id == FieldId::other) return !odd_names || !poses_as_ours(f, own);
    return !is_in(hop_by_hop | ours_in_requests, f.id);
}

/// As in nginx, a HEAD is one in any case: its answer has no body.
http::Method method_of_peer(std::string_view name) { return core::iequals(name, "HEAD") ? http::Method::head : http::method_of(name); }

}  // namespace

bool asks_for_websocket(const RequestHead& head) {
    return head.minor == 1 && head.method == http::Method::get && upgrades_to_websocket(head.fields);
}

bool offers_websocket(const exchange::Exchange& x) {
    const bool has_body = x.framing.kind == http::BodyKind::chunked || x.framing.length > 0;
    return !has_body && asks_for_websocket(x.head);
}

bool agrees_to_websocket(const http::ResponseHead& head) { return upgrades_to_websocket(head.fields); }

WrittenHead write_request_head(route::Scope& scope, std::string_view uri, std::string_view host, std::optional<std::string_view> own_body,
                               core::BufferPool& buffers) {
    const exchange::Exchange& x = scope.x;
    const RequestHead& head = x.head;
    const auto& proxy = scope.settings().proxy;
    const OwnFields own(scope, host);
    const auto method = proxy.has_method ? route::escape(scope.evaluate(proxy.method), route::Escape::word, scope.arena) : head.method_name;

    const std::size_t size = method.size() + uri.size() + http::written_size(head.fields) + http::written_size(own.fields()) + 256;
    if (size > http::most_written) return {};
    WrittenHead out = {buffers.lend_for(size), {}, proxy.has_method ? method_of_peer(method) : head.method};
    http::HeadWriter w(out.buffer.data());
    w.add(method);
    w.add(" ");
    w.add(uri);
    w.add(proxy.http_minor ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    for (const Field& f : own.fields()) w.field(f);
    if (proxy.pass_headers) {
        const bool names = connection_names_fields(head.fields);
        for (const Field& f : head.fields)
            if (is_for_peer(f, own, head.fields.has_odd_names()) && !(names && named_by_connection(head.fields, f.name))) w.field(f);
    }
    if (own_body) {
        w.add("Content-Length: ");
        w.number(own_body->size());
        w.add("\r\n");
    } else if (proxy.pass_body) {
        write_framing(x.framing, w);
    }
    if (offers_websocket(x) && proxy.http_minor)
        w.add("Connection: upgrade\r\nUpgrade: websocket\r\n");
    else if (own.closes() || !proxy.http_minor)
        w.add("Connection: close\r\n");
    out.closes = own.closes() || !proxy.http_minor;
    w.add("\r\n");
    out.bytes = w.written();
    return out;
}

void keep_end_to_end(Fields& fields, const route::ProxySettings& settings) {
    if (connection_names_fields(fields)) {
        // While Connection is still there to look at.
        const Fields all = fields;
        fields.erase(std::remove_if(fields.begin(), fields.end(), [&](const Field& f) { return named_by_connection(all, f.name); }),
                     fields.end());
    }
    fields.erase(std::remove_if(fields.begin(), fields.end(),
                                [&](const Field& f) { return is_in(hop_by_hop, f.id) || is_hidden_in_responses(f, settings); }),
                 fields.end());
}

}  // namespace sluice::proxy
