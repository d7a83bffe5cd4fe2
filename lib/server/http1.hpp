// The client's side of an exchange in HTTP/1.1.
#pragma once

#include "core/buffers.hpp"
#include "exchange/exchange.hpp"
#include "exchange/http1_body.hpp"
#include "proxy/service.hpp"

namespace sluice::server {

/// Bytes read from a client and not used yet. Starts small, grows once when a head or pipelined requests need it.
struct Input {
    core::Buffer buffer;
    std::size_t begin = 0, end = 0;

    bool empty() const { return begin == end; }
    std::span<char> bytes() const { return buffer.span().subspan(begin, end - begin); }
    std::span<char> room() const { return buffer.span().subspan(end); }
    /// Makes these the only bytes; they may lie in the buffer itself.
    void replace(std::span<char> bytes, core::BufferPool& buffers);
    /// Moves to a larger buffer.
    void grow(core::BufferPool& buffers);
};

/// What the Server field says.
std::string_view server_name(route::Scope& scope);

/// Lives as long as its exchange, in the frame that serves it.
class Http1Requester final : public exchange::Requester {
  public:
    /// `buffered`: what was read past the head. `may_keep_alive`: nothing but the request speaks against keeping the
    /// connection.
    Http1Requester(net::Stream& stream, route::Scope& scope, proxy::Service& service, std::span<char> buffered, bool may_keep_alive);

    /// The route is known: its settings hold for what is to be read and written, and say whether the connection is kept.
    void obey(const route::ClientSettings& settings);

    core::result<std::span<char>> buffered_body() override;
    net::Task<core::result<std::span<char>>> read_body(std::span<char> room) override;
    bool body_done() const override { return reader_.done(); }
    void cancel_read() override { stream_.cancel_read(core::Code::cancelled); }
    const http::Fields& trailers() const override { return reader_.trailers(); }
    net::Task<core::result<void>> send_continue() override;
    net::Task<core::result<void>> send_interim(int status, std::string_view reason, const http::Fields& fields) override;
    net::Task<core::result<void>> send_head(const exchange::Answer& answer, std::span<const char> body, bool last) override;
    net::Task<core::result<void>> send_body(std::span<const char> body, bool last, const http::Fields* trailers) override;
    net::Task<core::result<void>> send_file(const exchange::FilePart& part, bool last) override;
    std::span<const char> unsent(std::span<const char> bytes) const override;
    void move_unsent(std::span<const char> unsent, const char* to) override;
    void cut() override;
    net::Stream* tunnel() override;
    net::Address local_address() const override;
    std::span<char> buffered_tunnel() override { return excess(); }
    void on_break(net::Waiter* waiter) override { stream_.on_break(waiter); }
    bool is_aborted() const override { return stream_.is_aborted(); }

    /// The connection takes no other request.
    void end_connection() { keep_alive_ = false; }
    /// The exchange went by the book and the connection can take another.
    bool keeps_alive() const { return keep_alive_ && !cut_ && reader_.done(); }
    bool was_cut() const { return cut_; }
    bool was_tunnel() const { return tunnel_; }
    /// Pipelined bytes after the request.
    std::span<char> excess() { return spill_.empty() ? reader_.excess() : std::span<char>(spill_); }

  private:
    core::result<void> count_body();
    std::string_view write_head(const exchange::Answer& answer, std::string_view server, char* out, bool chunked);
    net::Task<core::result<void>> send_too_large();
    /// What goes behind the body: the peer's trailers and, if the answer trails, those of add_trailer.
    const http::Fields* last_fields(const http::Fields* from_peer);
    net::Task<core::result<void>> send_direct(const exchange::FilePart& part, bool last);
    net::Task<core::result<void>> send_by_reading(const exchange::FilePart& part, bool last);
    core::result<void> sent(core::result<std::size_t> n, std::size_t payload, bool last);
    bool is_disabled(const route::KeepAliveDisable& disable) const;
    void read_rate();
    /// How much of a body of `size` may go out now; 0: nothing, for as long as `wait` says.
    std::uint64_t allowance(std::size_t size, core::Duration& wait) const;
    /// As BodyWriter::write, no faster than limit_rate.
    net::Task<core::result<std::size_t>> write_slowly(std::string_view head, std::span<const char> body, bool last, const http::Fields* trailers);
    void append_proxy_status();

    const route::ClientSettings& settings() const { return scope_.settings().client; }

    net::Stream& stream_;
    route::Scope& scope_;
    exchange::Exchange& x_;
    proxy::Service& s_;
    exchange::BodyReader reader_;
    exchange::BodyWriter writer_;
    std::span<const char> slow_;               // what write_slowly() has not written yet
    std::uint64_t rate_ = 0, rate_after_ = 0;  // bytes per second; 0: as fast as it goes
    std::string proxy_status_;
    std::string spill_;  // excess that came into a buffer that is not ours to keep
    bool keep_alive_, cut_ = false, tunnel_ = false, raw_until_close_ = false;
    bool chunked_ = false, trails_ = false;
    std::optional<http::Fields> trailers_;  // of an answer that trails
};

}  // namespace sluice::server
