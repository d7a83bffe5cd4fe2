// The request's body on its way to the peer, beside the answer: what is in a file, what an earlier attempt has read, and what
// the client has not sent yet.
#include "proxy/attempt.hpp"

namespace sluice::proxy {

using core::Code;
using core::Failure;
using core::Side;
using core::Stage;
using exchange::BodyWriter;
using net::Task;

/// Runs beside receive(): a peer may answer before it has the whole body, and must be heard.
Task<void> Attempt::upload() {
    BodyWriter writer(connection_->stream, x_.framing.kind == http::BodyKind::chunked, Side::peer, Stage::request_body,
                      settings().send_timeout);
    Outcome failure = co_await upload_file(writer);
    if (!failure) failure = co_await upload_kept(writer);
    bool last = x_.requester->body_done();
    if (!last && !body_.kept) body_.kept = s_.loop.buffers().lend_large();
    while (!failure && !last) {
        if (body_.whole && body_.kept.size() - body_.kept_size < 4096) body_.whole = false;
        const auto from = body_.whole ? body_.kept_size : 0;
        auto piece = co_await x_.requester->read_body(body_.kept.span().subspan(from));
        if (!piece) {
            // The client's fault, or ours for having stopped to read: either way there is no more to send.
            failure = piece.error();
            break;
        }
        if (body_.whole) body_.kept_size += piece->size();
        last = x_.requester->body_done();
        if (auto sent = co_await writer.write("", *piece, last, &x_.requester->trailers()); !sent)
            failure = sent.error();
        else
            note_.bytes_sent += *sent;
    }
    upload_whole_ = !failure;
    moved_ = s_.loop.now();
    if (!failure || failure->code == Code::cancelled) co_return;  // stopped by us
    // A peer that broke the connection may have answered before: receive() finds out. Everything else ends the attempt.
    if (!(failure->side == Side::peer && failure->code == Code::reset)) abandon(*failure);
}

/// A wait for the disk cannot be ended by stop_upload(): afterwards the peer may be gone.
Task<Attempt::Outcome> Attempt::upload_file(BodyWriter& writer) {
    if (!body_.file) co_return std::nullopt;
    auto& file = *body_.file;
    const auto buffer = s_.loop.buffers().lend_large();
    for (std::uint64_t offset = 0; offset < file.size();) {
        auto piece = co_await file.read(offset, buffer.span());
        if (upload_stopped_) co_return Failure{Code::cancelled, Side::self, Stage::request_body, 0};
        if (!piece) co_return piece.error();
        offset += piece->size();
        const bool last = offset == file.size() && body_.kept_size == 0 && x_.requester->body_done();
        auto sent = co_await writer.write("", *piece, last, &x_.requester->trailers());
        if (!sent) co_return sent.error();
        note_.bytes_sent += *sent;
    }
    co_return std::nullopt;
}

Task<Attempt::Outcome> Attempt::upload_kept(BodyWriter& writer) {
    if (body_.kept_size == 0) co_return std::nullopt;
    auto sent = co_await writer.write("", body_.kept.span().first(body_.kept_size), x_.requester->body_done(), &x_.requester->trailers());
    if (!sent) co_return sent.error();
    note_.bytes_sent += *sent;
    co_return std::nullopt;
}

/// The answer is whole before the request is: what is left of the request interests nobody.
void Attempt::stop_upload() {
    if (!uploading_.running()) return;
    upload_whole_ = false;
    upload_stopped_ = true;
    // Ends upload() here and now, whichever side it waits on; a wait for the disk ends by itself.
    x_.requester->cancel_read();
    if (connection_) connection_->stream.cancel_write(Code::cancelled);
}

}  // namespace sluice::proxy
