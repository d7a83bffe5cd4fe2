#include "observe/error_line.hpp"

#include <unistd.h>

#include <charconv>
#include <ctime>

#include "core/log_escape.hpp"
#include "exchange/record.hpp"

namespace sluice::observe {

namespace {
void append_number(std::string& out, long n) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}
}  // namespace

void append_error_prefix(std::string& out, core::WallTime when, std::string_view level) {
    const std::time_t seconds = when.seconds();
    std::tm local{};
    localtime_r(&seconds, &local);
    char stamp[32];
    out.append(stamp, std::strftime(stamp, sizeof stamp, "%Y/%m/%d %H:%M:%S", &local));
    ((out += " [") += level) += "] ";
    append_number(out, getpid());
    out += '#';
    append_number(out, gettid());
    out += ": ";
}

void append_without_controls(std::string& out, std::string_view text) {
    constexpr char hex[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f)
            out += c;
        else
            out += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    }
}

namespace {

void append_id(std::string& out, const ErrorEntry& entry) {
    const auto digits = exchange::id_text(entry.id);
    out.append(digits.data(), digits.size());
}

bool has_id(const ErrorEntry& entry) { return (entry.id[0] | entry.id[1]) != 0; }

void append_quoted(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    ((out += ", ") += name) += ": \"";
    core::append_escaped(out, value);
    out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    ((out += ",\"") += name) += "\":\"";
    core::append_json_escaped(out, core::is_utf8(value) ? value : core::from_latin1(value));
    out += '"';
}

}  // namespace

void append_error_text(std::string& out, const ErrorEntry& entry) {
    if (entry.connection) {
        out += '*';
        append_number(out, static_cast<long>(entry.connection));
        out += ' ';
    }
    append_without_controls(out, entry.text);
    if (!entry.client.empty()) (out += ", client: ") += entry.client;
    if (entry.connection) append_without_controls(out += ", server: ", entry.server);
    if (!entry.request.empty() || (entry.connection && entry.has_request)) {
        out += ", request: \"";
        core::append_escaped(out, entry.request);
        out += '"';
    }
    append_quoted(out, "upstream", entry.upstream);
    append_quoted(out, "host", entry.host);
    append_quoted(out, "referrer", entry.referrer);
    if (has_id(entry)) append_id(out += ", id: ", entry);
    if (!entry.more.empty()) append_without_controls(out += ", ", entry.more);
}

void append_error_json(std::string& out, core::WallTime when, std::string_view level, const ErrorEntry& entry) {
    const std::time_t seconds = when.seconds();
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char stamp[40];
    out.append("{\"time\":\"").append(stamp, std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S+00:00", &utc));
    ((out += "\",\"level\":\"") += level) += "\",\"pid\":";
    append_number(out, getpid());
    if (entry.connection) {
        out += ",\"connection\":";
        append_number(out, static_cast<long>(entry.connection));
    }
    append_member(out, "message", entry.text);
    append_member(out, "client", entry.client);
    append_member(out, "server", entry.server);
    append_member(out, "request", entry.request);
    append_member(out, "upstream", entry.upstream);
    append_member(out, "host", entry.host);
    append_member(out, "referrer", entry.referrer);
    append_member(out, "reason", entry.reason);
    if (has_id(entry)) {
        append_id(out += ",\"id\":\"", entry);
        out += '"';
    }
    append_member(out, "where", entry.more);
    out += '}';
}

}  // namespace sluice::observe
