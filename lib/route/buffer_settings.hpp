// How much of a body is held here, in memory and on disk.
#pragma once

#include <cstdint>
#include <memory>

#include "config/source.hpp"
#include "spool/folder.hpp"

namespace sluice::route {

/// A folder that is made at start if a route may write into it.
struct TempFolder : spool::Folder {
    config::Span where;  // unknown: the usual one, of which the conf does not speak
};

/// client_body_in_file_only.
enum class BodyInFile : std::uint8_t { off, on, clean };

/// Of requests.
struct BodyBuffers {
    bool whole_first = true;             // proxy_request_buffering: the body is here before a peer is asked
    std::uint64_t memory = 2 * 4096;     // bytes; what does not fit goes to a file
    BodyInFile in_file = BodyInFile::off;
    std::shared_ptr<const TempFolder> folder;
};

/// Of answers. Sizes in bytes.
struct AnswerBuffers {
    static constexpr std::uint64_t page = 4096;

    bool on = true;                     // proxy_buffering
    std::uint64_t head = page;          // proxy_buffer_size
    std::uint32_t number = 8;           // proxy_buffers
    std::uint64_t size = page;
    std::uint64_t busy = 0;             // proxy_busy_buffers_size; 0: twice the larger of `head` and `size`
    std::uint64_t file_most = std::uint64_t{1} << 30;  // proxy_max_temp_file_size; 0: no file
    std::uint64_t file_write = 0;       // proxy_temp_file_write_size; 0: as `busy`
    std::shared_ptr<const TempFolder> folder;
    config::Span where;                 // the last word about sizes

    std::uint64_t memory() const { return number * size; }
    std::uint64_t largest() const { return head > size ? head : size; }
    std::uint64_t busy_most() const { return busy ? busy : 2 * largest(); }
};

}  // namespace sluice::route
