#include "bench/answer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace sluice::bench {

namespace http = boost::beast::http;

constexpr std::uint32_t most_head = 64 * 1024;

Answer::Answer(bool head_only) {
    eager(true);
    skip(head_only);
    header_limit(most_head);
    body_limit(boost::none);
}

Answer::Taken Answer::take(const char* bytes, std::size_t size) {
    boost::beast::error_code error;
    std::size_t taken = 0;
    while (taken < size && !is_done()) {
        const std::size_t n = put(boost::asio::const_buffer(bytes + taken, size - taken), error);
        taken += n;
        if (error == http::error::need_more) return {taken, State::more};
        if (error) return {taken, State::malformed};
        if (n == 0) break;
    }
    if (!is_done()) return {taken, State::more};
    const bool interim = status_ / 100 == 1 && status_ != 101;
    return {taken, interim ? State::interim : State::done};
}

bool Answer::end() {
    boost::beast::error_code error;
    if (!is_header_done() || !need_eof()) return false;
    put_eof(error);
    return !error && is_done();
}

}  // namespace sluice::bench
