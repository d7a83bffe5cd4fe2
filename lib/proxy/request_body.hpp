// The body of a request on its way to peers: what of it is here, across attempts.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "core/buffers.hpp"
#include "core/failure.hpp"
#include "net/task.hpp"
#include "spool/file.hpp"

namespace sluice::proxy {

struct Serving;

/// A peer gets, in this order, what is held, what is in the file, what was kept, and what the client has not been asked
/// for yet. Lives as long as its exchange, whose log lines look into it.
struct RequestBody {
    std::span<char> held;               // came with the head, or was read before a peer was asked
    std::unique_ptr<spool::File> file;  // what does not fit into memory, on disk
    core::Buffer kept;                  // what an attempt has read, while it fits
    std::size_t kept_size = 0;
    bool begun = false;                 // somebody has asked for it
    bool whole = true;                  // nothing read is lost: the body can be sent again

    core::Buffer lent;                  // of `held`, as far as it did not come with the head
    std::unique_ptr<char[]> large;      // the same, of more than a buffer's size
};

/// Takes what came with the head. With proxy_request_buffering what needs no waiting is done then; true: read_whole() must
/// follow.
core::result<bool> begin_body(Serving& q);

/// Reads the body to its end, into memory and beyond client_body_buffer_size into a file; its length is known then, and it
/// has no trailers any more. A disk that takes no more is no failure: the body is passed on as it comes from there on.
net::Task<std::optional<core::Failure>> read_whole(Serving& q);

}  // namespace sluice::proxy
