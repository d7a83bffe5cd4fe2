#include "observe/logs.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "core/log_escape.hpp"

namespace sluice::observe {

using exchange::Attempt;
using exchange::Exchange;
using exchange::Record;

namespace {

void append_number(std::string& out, std::uint64_t n) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + 20, n).ptr);
}

/// Seconds with three decimals, as nginx writes times; "-" for a time that never came.
void append_seconds(std::string& out, core::Instant from, core::Instant to) {
    if (from == core::never || to == core::never) {
        out += '-';
        return;
    }
    const auto ms = std::max<std::int64_t>((to - from).count() / 1000, 0);
    append_number(out, static_cast<std::uint64_t>(ms / 1000));
    const char rest[4] = {'.', static_cast<char>('0' + ms / 100 % 10), static_cast<char>('0' + ms / 10 % 10),
                          static_cast<char>('0' + ms % 10)};
    out.append(rest, 4);
}

template <class Append>
void per_attempt(std::string& out, const Record& record, Append append) {
    if (record.attempts.empty()) out += '-';
    for (const Attempt& attempt : record.attempts) {
        if (&attempt != &record.attempts.front()) out += ',';
        append(attempt);
    }
}

void append_field(std::string& out, const Exchange& x, http::FieldId id) {
    const auto* field = http::find(x.head.fields, id);
    out += '"';
    if (field && !field->value.empty())
        append_escaped(out, field->value);
    else
        out += '-';
    out += '"';
}

void append_attempts(std::string& out, const Record& r) {
    out += " peer=";
    per_attempt(out, r, [&](const Attempt& a) { out += a.peer; });
    out += " ct=";
    per_attempt(out, r, [&](const Attempt& a) { append_seconds(out, a.picked, a.connected); });
    out += " ht=";
    per_attempt(out, r, [&](const Attempt& a) { append_seconds(out, a.picked, a.first_byte); });
    out += " ut=";
    per_attempt(out, r, [&](const Attempt& a) { append_seconds(out, a.picked, a.ended); });
}

}  // namespace

void append_escaped(std::string& out, std::string_view s) { core::append_escaped(out, s); }

void append_id(std::string& out, const std::array<std::uint64_t, 2>& id) {
    const auto text = exchange::id_text(id);
    out.append(text.data(), text.size());
}

void append_access_line(std::string& out, const Exchange& x, http::DateCache& dates) {
    const Record& r = x.record;
    char ip[net::Address::text_room];
    out.append(ip, x.client->write_ip(ip));
    out += " - - [";
    out += dates.log(r.when.seconds());
    out += "] \"";
    append_escaped(out, x.head.line);
    out += "\" ";
    append_number(out, static_cast<std::uint64_t>(r.status));
    out += ' ';
    append_number(out, r.body_sent);
    out += ' ';
    append_field(out, x, http::FieldId::referer);
    out += ' ';
    append_field(out, x, http::FieldId::user_agent);
    out += " rt=";
    append_seconds(out, r.began, r.last_byte);
    append_attempts(out, r);
    out += " reason=";
    out += row(r.reason).name;
    if (r.id[0] | r.id[1]) {
        out += " id=";
        append_id(out, r.id);
    }
    out += '\n';
}

Logs::Logs(net::Loop& loop, LogChannel* access, LogChannel& error) : loop_(loop), access_(access), error_(error) {
    loop.at_turn_end(*this);
}

void Logs::access(const Exchange& x) {
    if (!access_) return;
    line_.clear();
    append_access_line(line_, x, dates_);
    access_->append(line_);
}

namespace {
void append_prefix(std::string& out, core::WallTime now, exchange::Level level) {
    const std::time_t seconds = now.seconds();
    std::tm local{};
    localtime_r(&seconds, &local);
    char stamp[32];
    out.append(stamp, std::strftime(stamp, sizeof stamp, "%Y/%m/%d %H:%M:%S", &local));
    (out += " [") += name_of(level);
    out += "] ";
    append_number(out, static_cast<std::uint64_t>(getpid()));
    out += '#';
    append_number(out, static_cast<std::uint64_t>(gettid()));
    out += ": ";
}
}  // namespace

void Logs::error(exchange::Level level, std::string_view text) {
    line_.clear();
    append_prefix(line_, loop_.wall(), level);
    line_ += text;
    line_ += '\n';
    error_.append(line_);
}

void Logs::error(exchange::Level level, std::string_view text, const Exchange& x) {
    line_.clear();
    append_prefix(line_, loop_.wall(), level);
    line_ += '*';
    append_number(line_, x.record.connection);
    line_ += ' ';
    line_ += text;
    char ip[net::Address::text_room];
    (line_ += ", client: ").append(ip, x.client->write_ip(ip));
    line_ += ", request: \"";
    append_escaped(line_, x.head.line);
    line_ += '"';
    if (const auto* attempt = x.record.last_attempt()) ((line_ += ", upstream: \"") += attempt->peer) += '"';
    if (!x.target.host.empty()) {
        line_ += ", host: \"";
        append_escaped(line_, x.target.host);
        line_ += '"';
    }
    if (x.record.id[0] | x.record.id[1]) {
        line_ += ", id: ";
        append_id(line_, x.record.id);
    }
    line_ += '\n';
    error_.append(line_);
}

void Logs::hurry() {
    if (access_) access_->hurry(loop_);
}

void Logs::on_turn_end() {
    if (access_) access_->publish();
    error_.publish();
}

}  // namespace sluice::observe
