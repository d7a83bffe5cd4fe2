// Files as bodies of answers in HTTP/1.1.
#include <unistd.h>

#include <algorithm>

#include "server/http1.hpp"

namespace sluice::server {

using core::Code;
using core::Failure;
using core::result;
using core::Side;
using core::Stage;
using exchange::FilePart;
using net::Task;

namespace {

constexpr std::uint64_t most_in_one_call = 0x7ffff000;  // of sendfile(2)

Failure shortened() { return {Code::end_of_stream, Side::self, Stage::response_body, 0}; }

}  // namespace

Task<result<void>> Http1Requester::send_file(const FilePart& part, bool last) {
    const bool direct = part.direct && stream_.sends_files() && !chunked_ && part.size > 0 && rate_ == 0;
    return direct ? send_direct(part, last) : send_by_reading(part, last);
}

Task<result<void>> Http1Requester::send_direct(const FilePart& part, bool last) {
    const auto chunk = part.max_chunk ? std::min(part.max_chunk, most_in_one_call) : most_in_one_call;
    for (std::uint64_t done = 0; done < part.size;) {
        const auto size = static_cast<std::size_t>(std::min(chunk, part.size - done));
        auto sending = stream_.send_file(part.descriptor, part.offset + done, size, settings().send_timeout, done > 0);
        const auto n = co_await sending;
        done += sending.done();
        x_.record.bytes_sent += sending.done();
        x_.record.body_sent += sending.done();
        if (n) continue;
        if (n.error().code == Code::end_of_stream) co_return shortened();
        co_return net::at(n.error(), Side::client, Stage::response_body);
    }
    co_return sent(std::size_t{0}, 0, last);
}

Task<result<void>> Http1Requester::send_by_reading(const FilePart& part, bool last) {
    auto buffer = s_.loop.buffers().lend_large();
    std::uint64_t done = 0;
    do {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), part.size - done));
        const auto n =
            size == 0 ? 0 : ::pread(part.descriptor, buffer.data(), size, static_cast<off_t>(part.offset + done));
        if (n < 0) co_return Failure{Code::system, Side::self, Stage::response_body, errno};
        if (n == 0 && size > 0) co_return shortened();
        done += static_cast<std::uint64_t>(n);
        auto out = co_await send_body({buffer.data(), static_cast<std::size_t>(n)}, last && done == part.size, nullptr);
        if (!out) co_return out;
    } while (done < part.size);
    co_return result<void>{};
}

}  // namespace sluice::server
