// The request on its way to a peer.
#include <algorithm>

#include "config/values.hpp"
#include "config/words.hpp"
#include "core/text.hpp"
#include "explain/parts.hpp"
#include "proxy/headers.hpp"

namespace sluice::explain {

using config::AddressText;
using config::concat;
using config::Directive;
using http::FieldId;
using route::ProxyPass;
using route::Scope;

namespace {

const upstream::Group* group_of(const Scope& scope, const ProxyPass& pass, const route::Destination& destination) {
    const auto& snapshot = scope.snapshot;
    if (!pass.url) return snapshot.groups[pass.group].get();
    const auto known = snapshot.group_by_name.find(std::string(destination.authority));
    return known == snapshot.group_by_name.end() ? nullptr : snapshot.groups[known->second].get();
}

bool is_address(std::string_view text) {
    const auto parsed = config::parse_peer_address(text);
    return parsed.ok() && parsed.value.family != AddressText::Family::name;
}

std::vector<std::string> parameters_of(const upstream::Group& group, const upstream::Peer& peer) {
    std::vector<std::string> out;
    if (peer.weight != 1) out.push_back("weight=" + std::to_string(peer.weight));
    if (peer.max_conns) out.push_back("max_conns=" + std::to_string(peer.max_conns));
    if (peer.backup) out.push_back("backup");
    if (peer.down) out.push_back("down");
    if (group.peers().size() == 1) return out;  // alone it is never marked
    out.push_back("max_fails=" + std::to_string(peer.rule.max_fails));
    if (peer.rule.max_fails) out.push_back("fail_timeout=" + time_text(peer.rule.fail_timeout));
    return out;
}

/// One `server` line is one peer: names are not resolved for this (compile::Options::only_check).
void describe_group(const upstream::Group& group, const Places& places, const Place& pass, Passing& out) {
    out.group = group.name();
    out.balancer = group.balancer().name;
    const Directive* block = places.upstream(group.name());
    out.place = block ? places.of(block->span) : pass;
    std::vector<const Directive*> lines;
    if (block)
        for (const auto& line : block->block->children)
            if (line.name.value == "server") lines.push_back(&line);
    for (const auto& peer : group.peers()) {
        const Directive* line = peer->index < lines.size() ? lines[peer->index] : nullptr;
        const std::string written = line ? line->args[0].value : group.name();
        out.peers.push_back({is_address(written) ? peer->name : written, parameters_of(group, *peer),
                             line ? places.of(line->span) : pass, std::nullopt});
    }
    const auto& keep = group.keep();
    if (!keep.idle_connections)
        out.limits.push_back({"no connections kept", "", places.of(block ? block->span : config::Span())});
    else
        out.limits.push_back({concat({"keepalive ", std::to_string(keep.idle_connections)}),
                              concat({"idle connections per peer and worker, each for ", std::to_string(keep.requests),
                                      " requests, ", time_text(keep.time), " in all, ", time_text(keep.idle), " idle"}),
                              {}});
    if (block)
        for (const auto& line : block->block->children)
            if (line.name.value == "keepalive") out.limits.back().place = places.of(line.span);
}

void add_time(const Scope& scope, const Places& places, std::string_view name, core::Duration time,
              std::vector<Item>& out) {
    const Place place = places.holding_place(scope.route->where, name);
    out.push_back({concat({name, " ", time_text(time)}), place.known() ? "" : "default", place});
}

void describe_limits(const Scope& scope, const Places& places, Passing& out) {
    const auto& proxy = scope.settings().proxy;
    const auto where = scope.route->where;
    add_time(scope, places, "proxy_connect_timeout", proxy.connect_timeout, out.limits);
    add_time(scope, places, "proxy_send_timeout", proxy.send_timeout, out.limits);
    add_time(scope, places, "proxy_read_timeout", proxy.read_timeout, out.limits);
    const auto peers = std::max<std::size_t>(out.peers.size(), 1);
    const auto tries = proxy.tries ? std::min<std::size_t>(proxy.tries, peers) : peers;
    if (peers > 1)
        out.limits.push_back({concat({config::counted(tries, "peer"), " at most"}),
                              "one after the other, while it is safe to repeat",
                              places.holding_place(where, "proxy_next_upstream_tries")});
    if (proxy.retry_for.count()) add_time(scope, places, "proxy_next_upstream_timeout", proxy.retry_for, out.limits);
}

const route::SetHeader* find_header(const Scope& scope, std::string_view name) {
    const auto& headers = scope.settings().proxy.headers;
    if (!headers) return nullptr;
    for (const auto& header : *headers)
        if (core::iequals(header.name, name)) return &header;
    return nullptr;
}

Place place_of_header(const Scope& scope, const Places& places, std::string_view name) {
    for (const auto* line : places.holding(scope.route->where, "proxy_set_header"))
        if (!line->args.empty() && core::iequals(line->args[0].value, name)) return places.of(line->span);
    return {};
}

bool has(const http::Fields& fields, std::string_view name) {
    return std::ranges::any_of(fields, [&](const auto& f) { return core::iequals(f.name, name); });
}

Field describe_sent(const Scope& scope, const Places& places, const http::Field& sent) {
    Field out{std::string(sent.name), std::string(sent.value), "", {}};
    const bool is_framing = sent.id == FieldId::connection || sent.id == FieldId::upgrade ||
                            sent.id == FieldId::content_length || sent.id == FieldId::transfer_encoding;
    if (is_framing) {
        out.note = "sluice's own";
    } else if (find_header(scope, sent.name)) {
        out.note = "proxy_set_header";
        out.place = place_of_header(scope, places, sent.name);
    } else if (sent.id == FieldId::host) {
        out.note = "$proxy_host, for no proxy_set_header says otherwise";
    } else {
        out.note = "from the client";
    }
    return out;
}

Field describe_left(const Scope& scope, const Places& places, const http::Field& field) {
    Field out{std::string(field.name), std::string(field.value), "", {}};
    if (!scope.settings().proxy.pass_headers) {
        out.note = "proxy_pass_request_headers off";
        out.place = places.holding_place(scope.route->where, "proxy_pass_request_headers");
    } else if (find_header(scope, field.name)) {
        out.note = "proxy_set_header with an empty value";
        out.place = place_of_header(scope, places, field.name);
    } else if (field.id == FieldId::expect) {
        out.note = "sluice answers it";
    } else if (field.id == FieldId::other && http::shape_of_name(field.name) != http::NameShape::plain) {
        out.note = "some backends take its name for that of a field that is not the client's to say";
    } else if (field.id == FieldId::other) {
        out.note = "Connection names it";
    } else {
        out.note = "for the client's own connection only";
    }
    return out;
}

Field describe_ignored(const Scope& scope, const Places& places, const http::Field& field) {
    const bool underscore = http::shape_of_name(field.name) == http::NameShape::underscores;
    const std::string_view word = underscore ? "underscores_in_headers" : "ignore_invalid_headers";
    const auto place = places.holding_place(scope.route->where, word);
    return {std::string(field.name), std::string(field.value), concat({word, underscore ? " off" : " on"}), place};
}

std::string words_for(const Scope& scope, const ProxyPass& pass, route::UriRule rule) {
    if (rule != route::UriRule::replaced) return std::string(words_of(rule));
    return concat({"the location's ", config::in_quotes(scope.route->text), " becomes ", config::in_quotes(*pass.uri)});
}

void describe_request(Scope& scope, const ProxyPass& pass, const Places& places, const route::Destination& destination,
                      Passing& out) {
    const auto& proxy = scope.settings().proxy;
    std::optional<std::string_view> own_body;
    if (proxy.has_body) own_body = scope.evaluate(proxy.body);
    const auto written = proxy::write_request_head(scope, destination.uri, destination.host, own_body, scope.tools.buffers);
    http::RequestHead head;
    const http::HeadLimits any{written.bytes.size() + 1, written.bytes.size() + 1, 100000};
    if (http::parse_request_head(written.bytes, 0, any, head).state != http::HeadState::complete) {
        out.line = {"", "the head is too large, or not one that can be sent", out.place};
        return;
    }
    out.line = {std::string(head.line), words_for(scope, pass, destination.rule), out.line.place};
    for (const auto& field : head.fields) out.fields.push_back(describe_sent(scope, places, field));
    for (const auto& field : scope.x.head.fields)
        if (!has(head.fields, field.name)) out.left_out.push_back(describe_left(scope, places, field));
    for (const auto& field : scope.ignored_fields) out.left_out.push_back(describe_ignored(scope, places, field));
}

}  // namespace

bool leads_somewhere(const Scope& scope, const ProxyPass& pass, const route::Destination& destination) {
    return group_of(scope, pass, destination) || is_address(destination.authority);
}

Passing describe_passing(Scope& scope, const ProxyPass& pass, const route::Destination& destination,
                         const Places& places) {
    Passing out;
    out.line.place = places.of(pass.where);
    if (const auto* group = group_of(scope, pass, destination)) {
        describe_group(*group, places, out.line.place, out);
    } else {
        out.group = destination.authority;
        out.place = out.line.place;
        if (is_address(destination.authority)) out.peers.push_back({out.group, {}, out.place, std::nullopt});
    }
    describe_limits(scope, places, out);
    describe_request(scope, pass, places, destination, out);
    return out;
}

}  // namespace sluice::explain
