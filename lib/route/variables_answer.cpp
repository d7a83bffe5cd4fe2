// What was sent to the client.
#include "route/field_values.hpp"
#include "route/value_text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route::tables {

namespace {

Value read_from(Scope& scope, const http::Fields* fields, std::string_view key) {
    return fields ? field_value(*fields, key, ", ", scope.arena) : Value::absent();
}

/// Three digits, "000" before there is one; that of the error while a page for it is fetched.
Value read_status(Scope& scope, const Variable&) {
    const auto& record = scope.x.record;
    const int status = record.status ? record.status : scope.error_status;
    const char digits[3] = {static_cast<char>('0' + status / 100 % 10), static_cast<char>('0' + status / 10 % 10),
                            static_cast<char>('0' + status % 10)};
    return {scope.arena.keep({digits, 3})};
}

Value read_sent_length(Scope& scope, const Variable&) {
    const auto length = scope.x.record.answer_length;
    return length ? number_value(scope, *length) : Value::absent();
}

Value read_sent_connection(Scope& scope, const Variable&) {
    const auto& record = scope.x.record;
    if (record.status == 0) return Value::absent();
    if (record.status == 101) return {"upgrade"};
    return {record.keeps_alive ? "keep-alive" : "close"};
}

Value read_sent_keep_alive(Scope& scope, const Variable&) {
    const auto seconds = scope.settings().client.keepalive_header;
    if (!scope.x.record.keeps_alive || seconds <= 0) return Value::absent();
    core::ArenaText out(scope.arena);
    (out += "timeout=") += number_value(scope, static_cast<std::uint64_t>(seconds)).text;
    return {out.view()};
}

Value read_reason(Scope& scope, const Variable&) {
    const auto reason = scope.x.record.reason;
    return reason == exchange::Reason::none ? Value::absent() : Value{exchange::row(reason).name};
}

constexpr VariableRow table[] = {
    {"body_bytes_sent", [](Scope& s, const Variable&) { return number_value(s, s.x.record.body_sent); },
     "Bytes of the answer's body that went out."},
    {"bytes_sent", [](Scope& s, const Variable&) { return number_value(s, s.x.record.bytes_sent); },
     "All bytes of the answer that went out, with its head."},
    {"request_completion", [](Scope& s, const Variable&) { return Value{s.x.record.complete ? "OK" : ""}; },
     "\"OK\" if the answer went out whole, else nothing."},
    {"sent_http_", [](Scope& s, const Variable& v) { return read_from(s, s.sent_fields, v.key); },
     "The header field of this name in the answer to the client."},
    {"sent_http_connection", read_sent_connection, "The answer's Connection."},
    {"sent_http_content_length", read_sent_length, "The answer's Content-Length."},
    {"sent_http_keep_alive", read_sent_keep_alive, "The answer's Keep-Alive."},
    {"sent_http_transfer_encoding",
     [](Scope& s, const Variable&) { return s.x.record.answer_chunked ? Value{"chunked"} : Value::absent(); },
     "The answer's Transfer-Encoding."},
    {"sent_trailer_", [](Scope& s, const Variable& v) { return read_from(s, s.x.record.sent_trailers, v.key); },
     "The trailer of this name behind the answer to the client."},
    {"sluice_error_id",
     [](Scope& s, const Variable&) {
         if (!s.x.record.has_id()) return Value::absent();
         const auto id = exchange::id_text(s.x.record.id);
         return Value{s.arena.keep({id.data(), id.size()})};
     },
     "The request's id if it has been told to the client, as errors do; absent if not."},
    {"sluice_reason", read_reason, "Why the request failed, in one word; absent if it did not."},
    {"status", read_status, "The status of the answer."},
};

}  // namespace

std::span<const VariableRow> answer() { return table; }

}  // namespace sluice::route::tables
