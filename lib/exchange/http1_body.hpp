// Bodies of HTTP/1 messages in both directions, the same for clients and peers.
#pragma once

#include <array>
#include <coroutine>
#include <span>
#include <string>

#include "core/failure.hpp"
#include "http/chunked.hpp"
#include "http/framing.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"

namespace sluice::exchange {

/// Reads one body: takes the framing off. The stream and what `buffered` views must outlive it.
class BodyReader {
  public:
    /// How long each wait for more may last, from now on.
    void wait_at_most(core::Duration within) { origin_.within = within; }

    struct Origin {
        net::Stream* stream = nullptr;
        core::Side side = core::Side::client;
        core::Stage stage = core::Stage::request_body;
        core::Duration within{};  // longest wait between two reads
    };

    BodyReader() = default;
    /// `buffered`: bytes read past the head. Those that belong to the body are decoded in place on take_buffered().
    BodyReader(Origin origin, const http::Framing& framing, std::span<char> buffered);

    /// Payload among the bytes that came with the head; a failure if they are malformed. Empty at a second call.
    core::result<std::span<char>> take_buffered();

    /// More payload: a view into `room` (at least 1 KiB). Empty: the body is complete.
    net::Task<core::result<std::span<char>>> read(std::span<char> room);

    bool done() const { return done_; }
    const http::Fields& trailers() const { return trailers_; }

    /// Bytes read past the end of the body: into the buffer of the last read or the one that came with the head.
    std::span<char> excess() const { return excess_; }

    /// Payload bytes so far.
    std::uint64_t total() const { return total_; }

  private:
    core::result<std::span<char>> decode(std::span<char> bytes);
    core::result<void> take_trailers(std::span<char> bytes);
    core::Failure failure(core::Code code) const { return {code, origin_.side, origin_.stage, 0}; }

    Origin origin_;
    http::BodyKind kind_ = http::BodyKind::none;
    std::uint64_t left_ = 0;
    std::uint64_t total_ = 0;
    http::ChunkDecoder chunks_;
    bool in_trailers_ = false, done_ = true;
    std::span<char> buffered_, excess_;
    std::string trailer_bytes_;  // only when a trailer section is split over reads, or holds fields
    http::Fields trailers_;
};

/// Writes one body: puts the framing on.
class BodyWriter {
  public:
    BodyWriter() {}
    BodyWriter(net::Stream& stream, bool chunked, core::Side side, core::Stage stage, core::Duration within) {
        start(stream, chunked, side, stage, within);
    }
    BodyWriter(const BodyWriter&) = delete;
    BodyWriter& operator=(const BodyWriter&) = delete;

    /// Where to, and how framed: once, before the first write.
    void start(net::Stream& stream, bool chunked, core::Side side, core::Stage stage, core::Duration within) {
        stream_ = &stream;
        within_ = within;
        side_ = side;
        stage_ = stage;
        chunked_ = chunked;
    }

    /// What write() returns; co_await it at once. No coroutine of its own: nearly every write ends at the first try.
    class Write {
      public:
        bool await_ready() { return none_ || stream_write_.await_ready(); }
        void await_suspend(std::coroutine_handle<> h) { stream_write_.await_suspend(h); }
        core::result<std::size_t> await_resume();

      private:
        friend class BodyWriter;
        Write(BodyWriter& writer, std::span<iovec> parts, bool more)
            : stream_write_(writer.stream_->write(parts, writer.within_, more)), writer_(writer), none_(parts.empty()) {}
        net::Stream::Write stream_write_;
        BodyWriter& writer_;
        bool none_;
    };

    /// co_await -> result<size_t>: the bytes written. `head` goes first and unframed (a message head, or ""). One at a time.
    /// `more`: what follows at once can leave in one segment with it.
    Write write(std::string_view head, std::span<const char> payload, bool last, const http::Fields* trailers, bool more = false);

    /// While a write waits: those of `bytes` that it still has to send, and has it take them from `to` on.
    std::span<const char> unsent(std::span<const char> bytes) const;
    void move_unsent(std::span<const char> unsent, const char* to);

    /// Bytes the kernel took of the last write, also when it failed.
    std::size_t written() const { return written_; }

    /// The stream is closed at once after the last bytes of the body (see Stream::write).
    void ends_stream() { ends_stream_ = true; }

  private:
    net::Stream* stream_ = nullptr;
    core::Duration within_{};
    core::Side side_{};
    core::Stage stage_{};
    bool chunked_ = false, ends_stream_ = false;
    // What is being written must stay until it is.
    std::array<iovec, 5> parts_;
    std::size_t used_ = 0;  // of parts_
    std::size_t written_ = 0;
    char size_line_[http::chunk_head_room];
    std::string end_;  // allocates only for trailers
};

}  // namespace sluice::exchange
