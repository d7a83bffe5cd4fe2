#include "proxy/request_body.hpp"

#include <algorithm>
#include <cstring>

#include "core/system_text.hpp"
#include "proxy/headers.hpp"
#include "proxy/service.hpp"

namespace sluice::proxy {

using core::Code;
using core::Failure;
using core::result;
using core::Side;
using core::Stage;
using net::Task;
using route::BodyInFile;

namespace {

constexpr std::size_t least_room = 1024;  // of BodyReader::read

const route::BodyBuffers& settings_of(const Serving& q) { return q.settings().client.body; }

/// nginx, too, cannot pass chunks on to a peer that is spoken to in HTTP/1.0, and reads to its end what no peer is to get.
bool buffers(const Serving& q) {
    const auto& proxy = q.settings().proxy;
    return settings_of(q).whole_first || !proxy.pass_body || proxy.has_body || (q.x.framing.kind == http::BodyKind::chunked && proxy.http_minor == 0);
}

/// The body is here to its end: peers get it with a Content-Length.
void finish(Serving& q) {
    auto& x = q.x;
    auto& body = q.body;
    const bool was_chunked = x.framing.kind == http::BodyKind::chunked;
    x.framing = {http::BodyKind::length, x.record.body_received};
    if (body.file)
        x.record.request_body_file = body.file->path();
    else if (!body.held.empty())
        x.record.request_body = {body.held.data(), body.held.size()};
    else if (was_chunked)
        x.record.request_body = "";  // as in nginx, where Content-Length: 0 has none
}

/// Has room for `size` bytes in one piece, with what is held so far at its front.
std::span<char> make_room(Serving& q, std::size_t size) {
    auto& body = q.body;
    std::span<char> room;
    if (size <= core::BufferPool::large) {
        auto& pool = q.s.loop.buffers();
        body.lent = size <= core::BufferPool::small ? pool.lend_small() : pool.lend_large();
        room = body.lent.span();
    } else {
        // The kernel gives the pages that are used only.
        body.large = std::make_unique_for_overwrite<char[]>(size);
        room = {body.large.get(), size};
    }
    if (!body.held.empty()) std::memcpy(room.data(), body.held.data(), body.held.size());
    body.held = room.first(body.held.size());
    return room;
}

/// Whether memory can hold it: as in nginx a length that is known may be a quarter more than client_body_buffer_size.
bool may_fit(const Serving& q) {
    const auto memory = settings_of(q).memory;
    return q.x.framing.kind != http::BodyKind::length || q.x.framing.length - q.body.held.size() < memory + memory / 4;
}

/// Up to its end or, of chunks, to the byte that is too much.
Task<std::optional<Failure>> read_into_memory(Serving& q) {
    auto& body = q.body;
    auto& requester = *q.x.requester;
    const bool chunked = q.x.framing.kind == http::BodyKind::chunked;
    const auto most = chunked ? std::max<std::uint64_t>(settings_of(q).memory, body.held.size()) : q.x.framing.length;
    const auto room = make_room(q, most + least_room);
    while (!requester.body_done() && body.held.size() <= most) {
        const auto held = body.held.size();
        auto piece = co_await requester.read_body(room.subspan(held, most - held + least_room));
        if (!piece) co_return piece.error();
        body.held = room.first(held + piece->size());
    }
    co_return std::nullopt;
}

/// The disk takes no more. Somebody should know, but not for each request.
void tell_disk(Serving& q) {
    if (!q.s.disk.may_complain()) return;
    const auto& file = *q.body.file;
    log_error(q, exchange::Level::crit,
              core::failed(file.error().call, file.path(), file.error().os_error) + ", request bodies are passed on as they come");
}

/// False: the disk does not take it, and nothing is lost.
Task<bool> open_file(Serving& q) {
    auto& body = q.body;
    const auto& settings = settings_of(q);
    body.file = std::make_unique<spool::File>(q.s.disk);
    const auto name = settings.in_file == BodyInFile::on      ? spool::Name::kept
                      : settings.in_file == BodyInFile::clean ? spool::Name::temporary
                                                              : spool::Name::none;
    auto done = co_await body.file->open(*settings.folder, name);
    if (done) {
        const auto level = settings.in_file == BodyInFile::off ? exchange::Level::warn : exchange::Level::notice;
        if (logs_level(q, level)) log_error(q, level, "a client request body is buffered to a temporary file " + body.file->path());
        done = co_await body.file->append(body.held);
    }
    if (!done) {
        tell_disk(q);
        body.file.reset();
        co_return false;
    }
    body.held = {};
    body.lent.release();
    body.large.reset();
    co_return true;
}

/// What is read after the disk has failed is kept by the attempt that reads it.
Task<std::optional<Failure>> read_into_file(Serving& q) {
    auto& body = q.body;
    auto& requester = *q.x.requester;
    if (!co_await open_file(q)) co_return std::nullopt;
    auto buffer = q.s.loop.buffers().lend_large();
    while (!requester.body_done()) {
        if (requester.is_aborted()) co_return Failure{Code::cancelled, Side::client, Stage::request_body, 0};
        auto piece = co_await requester.read_body(buffer.span());
        if (!piece) co_return piece.error();
        if (piece->empty()) continue;
        if (co_await body.file->append(*piece)) continue;
        tell_disk(q);
        body.kept_size = piece->size();
        body.kept = std::move(buffer);
        break;
    }
    co_return std::nullopt;
}

}  // namespace

result<bool> begin_body(Serving& q) {
    auto& x = q.x;
    auto& body = q.body;
    if (body.begun) return false;
    body.begun = true;
    if (x.framing.kind == http::BodyKind::none) return false;
    const auto first = x.requester->buffered_body();
    if (!first) return first.error();
    body.held = *first;
    const bool waits = buffers(q);
    if (waits && (!x.requester->body_done() || settings_of(q).in_file != BodyInFile::off)) return true;
    // Who is not waited for may have sent all of it with the head.
    if (waits || (x.requester->body_done() && x.requester->trailers().empty())) finish(q);
    return false;
}

Task<std::optional<Failure>> read_whole(Serving& q) {
    auto& requester = *q.x.requester;
    if (auto asked = co_await requester.send_continue(); !asked) co_return asked.error();
    bool to_file = settings_of(q).in_file != BodyInFile::off || !may_fit(q);
    if (!to_file) {
        if (auto failure = co_await read_into_memory(q)) co_return failure;
        to_file = !requester.body_done() || (q.x.framing.kind == http::BodyKind::chunked && q.body.held.size() > settings_of(q).memory);
    }
    if (to_file)
        if (auto failure = co_await read_into_file(q)) co_return failure;
    if (requester.body_done()) finish(q);
    co_return std::nullopt;
}

}  // namespace sluice::proxy
