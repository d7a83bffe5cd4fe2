// What the client asked for.
#include <algorithm>

#include "config/values.hpp"
#include "core/base64.hpp"
#include "core/text.hpp"
#include "route/field_values.hpp"
#include "route/value_text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route::tables {

namespace {

Value read_first(Scope& scope, http::FieldId id) {
    const auto* field = http::find(scope.x.head.fields, id);
    return field ? Value{field->value} : Value::absent();
}

/// Of a chunked body that was read to its end, how long it was.
Value read_length(Scope& scope, const Variable&) {
    if (const auto* field = http::find(scope.x.head.fields, http::FieldId::content_length)) return {field->value};
    return scope.x.framing.kind == http::BodyKind::length ? number_value(scope, scope.x.framing.length) : Value::absent();
}

Value read_http(Scope& scope, const Variable& variable) {
    const std::string_view separator = core::iequals(variable.key, "cookie") ? "; " : ", ";
    return field_value(scope.x.head.fields, variable.key, separator, scope.arena);
}

/// For those that every line of a log holds: one that is not there costs no search.
template <http::FieldId id>
Value read_known(Scope& scope, const Variable& variable) {
    if (!scope.x.head.fields.may_have(id)) return Value::absent();
    return field_value(scope.x.head.fields, std::string_view(variable.name).substr(5), ", ", scope.arena);
}

Value from(std::optional<std::string_view> text) { return text ? Value{*text} : Value::absent(); }

Value read_cookie(Scope& scope, const Variable& variable) {
    return from(cookie_value(scope.x.head.fields, variable.key));
}

Value read_arg(Scope& scope, const Variable& variable) { return from(argument_value(scope.args, variable.key)); }

void write_args(Scope& scope, std::string_view text) {
    scope.args = text;
    scope.uri_is_as_sent = false;
}

/// The target as it came, also of a request that is refused for it.
Value read_request_uri(Scope& scope, const Variable&) {
    const auto& x = scope.x;
    return value_if_any(x.target.path.empty() ? x.head.target : x.target.path);
}

/// Of the target or of Host; "" if it names none.
std::string_view request_port(const Scope& scope) {
    const auto host = scope.x.target.host;
    const auto colon = host.find(':', host.starts_with('[') ? std::min(host.find(']'), host.size()) : 0);
    return colon == host.npos ? std::string_view("") : host.substr(colon + 1);
}

Value read_server_protocol(Scope& scope, const Variable&) {
    const auto line = scope.x.head.line;
    const auto word = line.substr(line.rfind(' ') + 1);
    return word.starts_with("HTTP/") ? Value{word} : Value::absent();
}

Value read_remote_user(Scope& scope, const Variable&) {
    const Value authorization = field_value(scope.x.head.fields, "authorization", ", ", scope.arena);
    auto text = authorization.text;
    if (!core::iequals(text.substr(0, 6), "basic ")) return Value::absent();
    text.remove_prefix(std::min(text.find_first_not_of(' ', 6), text.size()));
    char* const out = scope.arena.allocate(core::base64_room(text.size()));
    const auto size = core::decode_base64(text, out);
    if (!size) return Value::absent();
    const std::string_view both(out, *size);
    const auto colon = both.find(':');
    return colon == 0 || colon == both.npos ? Value::absent() : Value{both.substr(0, colon)};
}

Value read_request_id(Scope& scope, const Variable&) {
    auto& record = scope.x.record;
    if (!record.has_id()) record.id = {scope.tools.rng.next(), scope.tools.rng.next()};
    const auto text = exchange::id_text(record.id);
    return {scope.arena.keep({text.data(), text.size()})};
}

Value read_limit_rate(Scope& scope, const Variable&) { return number_value(scope, scope.limit_rate.value_or(0)); }

/// What is not a size changes nothing.
void write_limit_rate(Scope& scope, std::string_view text) {
    if (const auto size = config::parse_size(text); size.ok())
        scope.limit_rate = static_cast<std::uint64_t>(size.value);
}

constexpr VariableRow table[] = {
    {"arg_", read_arg, "The argument of this name in the query, as it came."},
    {"args", [](Scope& s, const Variable&) { return value_if_any(s.args); }, "The query: what follows the \"?\".",
     write_args},
    {"authority", [](Scope& s, const Variable&) { return value_if_set(s.x.target.host); },
     "Host and port as the client asks for them: of an absolute target, else of Host. sluice's own."},
    {"query_string", [](Scope& s, const Variable&) { return value_if_any(s.args); }, "The same as $args."},
    {"is_args", [](Scope& s, const Variable&) { return Value{s.args.empty() ? "" : "?"}; },
     "\"?\" if there is a query, else nothing."},
    {"content_length", read_length,
     "The request's Content-Length, or the length of a chunked body that was read whole."},
    {"content_type", [](Scope& s, const Variable&) { return read_first(s, http::FieldId::content_type); },
     "The request's Content-Type."},
    {"cookie_", read_cookie, "The cookie of this name."},
    {"host", [](Scope& s, const Variable&) { return Value{s.host.empty() ? std::string_view(s.site->name) : s.host}; },
     "The host asked for, in lower case and without its port; without one the site's first server_name."},
    {"http_", read_http, "The request header field of this name, with \"_\" for \"-\"; several lines become one list."},
    {"http_referer", read_known<http::FieldId::referer>, "The page that the client says it comes from."},
    {"http_user_agent", read_known<http::FieldId::user_agent>, "The name that the client gives itself."},
    {"is_request_port", [](Scope& s, const Variable&) { return Value{request_port(s).empty() ? "" : ":"}; },
     "\":\" if there is a $request_port, else nothing."},
    {"limit_rate", read_limit_rate, "Bytes per second that the answer is held to; 0 for any. May be set.",
     write_limit_rate},
    {"remote_user", read_remote_user, "The user named in Authorization: Basic."},
    {"request", [](Scope& s, const Variable&) { return value_if_any(s.x.head.line); }, "The request line as it came."},
    {"request_body", [](Scope& s, const Variable&) { return value_if_set(s.x.record.request_body); },
     "The body, if it was read whole into memory."},
    {"request_body_file", [](Scope& s, const Variable&) { return value_if_set(s.x.record.request_body_file); },
     "The file that the body was written to, as client_body_buffer_size and client_body_in_file_only say."},
    {"request_id", read_request_id, "32 random hexadecimal digits that tell this request from all others."},
    {"request_length",
     [](Scope& s, const Variable&) { return number_value(s, s.x.record.head_size + s.x.record.body_received); },
     "Bytes of the request, head and body."},
    {"request_method", [](Scope& s, const Variable&) { return value_if_any(s.x.head.method_name); },
     "GET, POST and so on."},
    {"request_port", [](Scope& s, const Variable&) { return Value{request_port(s)}; },
     "The port that the client names with the host, if it does."},
    {"request_uri", read_request_uri, "Path and query as the client wrote them."},
    {"server_protocol", read_server_protocol, "The protocol of the request: \"HTTP/1.1\"."},
    {"uri", [](Scope& s, const Variable&) { return value_if_any(s.uri); },
     "The path, decoded, and as rewrites and internal redirects left it."},
    {"document_uri", [](Scope& s, const Variable&) { return value_if_any(s.uri); }, "The same as $uri."},
};

}  // namespace

std::span<const VariableRow> request() { return table; }

}  // namespace sluice::route::tables
