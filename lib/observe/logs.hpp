// What a worker writes into logs: a line per exchange, a line per failure.
#pragma once

#include <string>
#include <string_view>

#include "exchange/exchange.hpp"
#include "http/date.hpp"
#include "observe/log_writer.hpp"

namespace sluice::observe {

/// `s` with nginx's escape=default: quote, backslash, control characters and bytes over 0x7e as \xXX.
void append_escaped(std::string& out, std::string_view s);

/// A request id as 32 hex digits.
void append_id(std::string& out, const std::array<std::uint64_t, 2>& id);

/// nginx's `combined` fields, then rt= (request time), peer=, ct= (connect), ht= (response head), ut= (whole response) in
/// seconds with one value per attempt, and reason=. With a newline.
void append_access_line(std::string& out, const exchange::Exchange& x, http::DateCache& dates);

/// One worker's logs; that worker's thread only. Lines go out at the end of each turn.
class Logs final : net::TurnEnd {
  public:
    /// `access` may be nullptr: no access log.
    Logs(net::Loop& loop, LogChannel* access, LogChannel& error);

    void access(const exchange::Exchange& x);
    bool has_access() const { return access_ != nullptr; }

    /// Lines below this level are not written: what clients do wrong stands in the access log.
    static constexpr exchange::Level threshold = exchange::Level::notice;

    /// "YYYY/MM/DD HH:MM:SS [level] PID#TID: TEXT"; `text` must be free of control characters.
    void error(exchange::Level level, std::string_view text);

    /// The same with nginx's tail: "*CONN text, client: …, request: "…", upstream: "…", host: "…"".
    void error(exchange::Level level, std::string_view text, const exchange::Exchange& x);

    /// How far the access log must be written so that every line up to now is in the file.
    std::uint64_t position() const { return access_ ? access_->position() : 0; }
    std::uint64_t written() const { return access_ ? access_->written() : 0; }
    /// Has the loop nudged when position() is written.
    void hurry();

    http::DateCache& dates() { return dates_; }

  private:
    void on_turn_end() override;
    net::Loop& loop_;
    LogChannel* access_;
    LogChannel& error_;
    http::DateCache dates_;
    std::string line_;  // reused
};

}  // namespace sluice::observe
