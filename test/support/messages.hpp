// Reads one whole HTTP/1 message from bytes as the proxy does, with no socket: head, framing, target, body, trailers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

#include "http/chunked.hpp"
#include "http/framing.hpp"
#include "http/head.hpp"
#include "http/target.hpp"

namespace sluice::test {

/// What becomes of a message: the answer owed for it, or its body and the bytes after it.
struct Verdict {
    static constexpr int incomplete = -1;

    int status = 0;  // 0: accepted
    std::string body;
    std::string rest;

    bool operator==(const Verdict&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const Verdict& v) {
        return out << v.status << " body '" << v.body << "' rest '" << v.rest << "'";
    }
};

inline Verdict accepted(std::string body = "", std::string rest = "") { return {0, std::move(body), std::move(rest)}; }
inline Verdict refused(int status) { return {status, "", ""}; }

/// Gives `parse(bytes, seen)` ever more of `text`, `step` bytes at a time, until it has decided or there is no more.
template <class Parse>
http::HeadOutcome feed(std::string_view text, std::size_t step, Parse parse) {
    http::HeadOutcome outcome;
    std::size_t seen = 0;
    do {
        const std::size_t now = std::min(step, text.size() - seen) + seen;
        outcome = parse(text.substr(0, now), seen);
        seen = now;
    } while (outcome.state == http::HeadState::need_more && seen < text.size());
    if (outcome.state == http::HeadState::need_more) outcome.status = Verdict::incomplete;
    return outcome;
}

inline Verdict read_chunked(std::string_view text, std::size_t step, int malformed) {
    http::ChunkDecoder decoder;
    http::ChunkDecoder::Step last;
    std::string body;
    std::size_t at = 0;
    while (at < text.size() && last.state == http::ChunkState::more) {
        std::string piece(text.substr(at, step));
        last = decoder.decode({piece.data(), piece.size()});
        body += piece.substr(0, last.payload);
        at += last.consumed;
    }
    if (last.state == http::ChunkState::malformed) return refused(malformed);
    if (last.state == http::ChunkState::more) return refused(Verdict::incomplete);
    http::Fields trailers;
    const http::HeadOutcome outcome = feed(text.substr(at), step, [&](std::string_view bytes, std::size_t seen) {
        return http::parse_trailers(bytes, seen, {}, trailers);
    });
    if (outcome.state == http::HeadState::failed) return refused(malformed);
    if (outcome.status != 0) return refused(outcome.status);
    return accepted(body, std::string(text.substr(at + outcome.size)));
}

inline Verdict read_body(const http::Framing& framing, std::string_view text, std::size_t step, int malformed) {
    switch (framing.kind) {
        case http::BodyKind::none:
            return accepted("", std::string(text));
        case http::BodyKind::until_close:
            return accepted(std::string(text));
        case http::BodyKind::chunked:
            return read_chunked(text, step, malformed);
        case http::BodyKind::length:
            break;
    }
    if (text.size() < framing.length) return refused(Verdict::incomplete);
    return accepted(std::string(text.substr(0, framing.length)), std::string(text.substr(framing.length)));
}

inline Verdict read_request(std::string_view raw, std::size_t step = std::string_view::npos) {
    http::RequestHead head;
    const http::HeadOutcome outcome = feed(raw, step, [&](std::string_view bytes, std::size_t seen) {
        return http::parse_request_head(bytes, seen, {}, head);
    });
    if (outcome.state != http::HeadState::complete) return refused(outcome.status);
    const http::Framing framing = http::frame_request(head);
    if (framing.error) return refused(framing.status);
    if (http::parse_target(head).error) return refused(400);
    return read_body(framing, raw.substr(outcome.size), step, 400);
}

inline Verdict read_response(std::string_view raw, http::Method request, std::size_t step = std::string_view::npos) {
    http::ResponseHead head;
    const http::HeadOutcome outcome = feed(raw, step, [&](std::string_view bytes, std::size_t seen) {
        return http::parse_response_head(bytes, seen, {}, head);
    });
    if (outcome.state != http::HeadState::complete) return refused(outcome.status);
    const http::Framing framing = http::frame_response(head, request);
    if (framing.error) return refused(framing.status);
    return read_body(framing, raw.substr(outcome.size), step, 502);
}

}  // namespace sluice::test
