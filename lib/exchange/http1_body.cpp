#include "exchange/http1_body.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace sluice::exchange {

using core::Code;
using core::result;
using http::BodyKind;

namespace {
constexpr http::HeadLimits trailer_limits{8192, 16384, 100};

/// Fields that would change how the message is understood are not taken from a trailer: framing, routing, who asks, what
/// the content is (RFC 9110 6.5.1). A peer may merge them into the head.
bool may_trail(const http::Field& f) {
    if (f.id == http::FieldId::date) return true;
    if (f.id != http::FieldId::other || http::shape_of_name(f.name) != http::NameShape::plain) return false;
    for (const std::string_view start : {"content-", "x-forwarded-", "if-", "proxy-"})
        if (core::iequals(f.name.substr(0, start.size()), start)) return false;
    for (const std::string_view name : {"authorization", "cookie", "set-cookie", "forwarded", "range", "max-forwards", "via", "x-real-ip",
                                        "www-authenticate", "age", "expires", "pragma", "retry-after", "vary", "warning"})
        if (core::iequals(f.name, name)) return false;
    return true;
}
}  // namespace

BodyReader::BodyReader(Origin origin, const http::Framing& framing, std::span<char> buffered)
    : origin_(origin), kind_(framing.kind), left_(framing.length), buffered_(buffered) {
    done_ = kind_ == BodyKind::none || (kind_ == BodyKind::length && left_ == 0);
    if (done_) excess_ = std::exchange(buffered_, {});
}

result<std::span<char>> BodyReader::take_buffered() {
    if (buffered_.empty()) return std::span<char>{};
    return decode(std::exchange(buffered_, {}));
}

net::Task<result<std::span<char>>> BodyReader::read(std::span<char> room) {
    if (!buffered_.empty()) co_return take_buffered();
    while (!done_) {
        // What follows a client's body is its next request and stays in the socket. After a peer's nothing may follow:
        // reading on finds what does, and a short read tells that the socket is empty.
        if (origin_.side == core::Side::client && kind_ == BodyKind::length && left_ < room.size()) room = room.first(left_);
        auto n = co_await origin_.stream->read_some(room, origin_.within);
        if (!n) co_return net::at(n.error(), origin_.side, origin_.stage);
        if (*n == 0) {
            // With TLS the end is said; a connection that is only closed may have been cut by anybody.
            if (kind_ != BodyKind::until_close || origin_.stream->was_cut()) co_return failure(Code::end_of_stream);
            done_ = true;
            break;
        }
        auto payload = decode(room.first(*n));
        if (!payload || !payload->empty()) co_return payload;
    }
    co_return std::span<char>{};
}

result<std::span<char>> BodyReader::decode(std::span<char> bytes) {
    if (kind_ == BodyKind::until_close) {
        total_ += bytes.size();
        return bytes;
    }
    if (kind_ == BodyKind::length) {
        const auto mine = std::min<std::uint64_t>(left_, bytes.size());
        left_ -= mine;
        total_ += mine;
        done_ = left_ == 0;
        excess_ = bytes.subspan(mine);
        return bytes.first(mine);
    }
    std::span<char> payload;
    if (!in_trailers_) {
        const auto step = chunks_.decode(bytes);
        if (step.state == http::ChunkState::malformed) return failure(Code::malformed);
        payload = bytes.first(step.payload);
        total_ += step.payload;
        if (step.state == http::ChunkState::more) return payload;
        in_trailers_ = true;
        bytes = bytes.subspan(step.consumed);
    }
    if (auto taken = take_trailers(bytes); !taken) return taken.error();
    return payload;
}

result<void> BodyReader::take_trailers(std::span<char> bytes) {
    // The usual end, nothing but an empty line, needs no copy.
    if (trailer_bytes_.empty() && bytes.size() >= 2 && bytes[0] == '\r' && bytes[1] == '\n') {
        excess_ = bytes.subspan(2);
        done_ = true;
        return {};
    }
    const auto seen = trailer_bytes_.size();
    trailer_bytes_.append(bytes.data(), bytes.size());
    const auto outcome = http::parse_trailers(trailer_bytes_, seen, trailer_limits, trailers_);
    if (outcome.state == http::HeadState::failed) return failure(Code::malformed);
    if (outcome.state == http::HeadState::need_more) return {};
    trailers_.erase(std::remove_if(trailers_.begin(), trailers_.end(), [](const http::Field& f) { return !may_trail(f); }),
                    trailers_.end());
    excess_ = bytes.last(trailer_bytes_.size() - outcome.size);
    done_ = true;
    return {};
}

BodyWriter::Write BodyWriter::write(std::string_view head, std::span<const char> payload, bool last, const http::Fields* trailers, bool more) {
    std::size_t used = 0;
    if (!head.empty()) parts_[used++] = net::part(head);
    if (chunked_ && !payload.empty())
        parts_[used++] = net::part(std::string_view(size_line_, http::write_chunk_head(size_line_, payload.size())));
    if (!payload.empty()) parts_[used++] = net::part(payload);
    if (chunked_ && last && trailers && !trailers->empty()) {
        end_ = payload.empty() ? "0\r\n" : "\r\n0\r\n";
        for (const auto& f : *trailers) ((end_ += f.name) += ": ").append(f.value) += "\r\n";
        end_ += "\r\n";
        parts_[used++] = net::part(std::string_view(end_));
    } else if (chunked_ && last) {
        parts_[used++] = net::part(std::string_view(payload.empty() ? "0\r\n\r\n" : "\r\n0\r\n\r\n"));
    } else if (chunked_ && !payload.empty()) {
        parts_[used++] = net::part(std::string_view("\r\n"));
    }
    used_ = used;
    return Write(*this, std::span(parts_.data(), used), more || (last && ends_stream_));
}

std::span<const char> BodyWriter::unsent(std::span<const char> bytes) const {
    for (const auto& part : std::span(parts_).first(used_)) {
        const auto* const begin = static_cast<const char*>(part.iov_base);
        if (part.iov_len > 0 && begin >= bytes.data() && begin < bytes.data() + bytes.size()) return {begin, part.iov_len};
    }
    return {};
}

void BodyWriter::move_unsent(std::span<const char> unsent, const char* to) {
    for (auto& part : std::span(parts_).first(used_)) {
        const auto* const begin = static_cast<const char*>(part.iov_base);
        if (part.iov_len > 0 && begin >= unsent.data() && begin < unsent.data() + unsent.size())
            part.iov_base = const_cast<char*>(to + (begin - unsent.data()));
    }
}

result<std::size_t> BodyWriter::Write::await_resume() {
    if (none_) return std::size_t{0};
    const auto n = stream_write_.await_resume();
    writer_.written_ = stream_write_.done();
    if (!n) return net::at(n.error(), writer_.side_, writer_.stage_);
    return *n;
}

}  // namespace sluice::exchange
