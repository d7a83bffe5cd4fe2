// An answer as it comes: its framing by Beast's parser, its bytes only counted.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>

namespace sluice::bench {

class Answer : private boost::beast::http::basic_parser<false> {
    using Base = boost::beast::http::basic_parser<false>;

  public:
    enum class State : std::uint8_t { more, done, interim, malformed };

    /// `head_only`: it answers HEAD.
    explicit Answer(bool head_only);

    struct Taken {
        std::size_t bytes;
        State state;
    };
    /// Takes as many of the bytes as it can. After `interim` (1xx) another answer begins. What is left of a head, or of
    /// a chunk's, is to be offered again with what follows.
    Taken take(const char* bytes, std::size_t size);
    /// The connection has ended. True: that was the answer's end, too.
    bool end();

    int status() const { return static_cast<int>(status_); }
    bool keeps_connection() const { return keep_alive(); }
    std::uint64_t body_bytes() const { return body_; }

  private:
    void on_request_impl(boost::beast::http::verb, boost::beast::string_view, boost::beast::string_view, int,
                         boost::beast::error_code&) override {}
    void on_response_impl(int code, boost::beast::string_view, int, boost::beast::error_code&) override {
        status_ = code;
    }
    void on_field_impl(boost::beast::http::field, boost::beast::string_view, boost::beast::string_view,
                       boost::beast::error_code&) override {}
    void on_header_impl(boost::beast::error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, boost::beast::error_code&) override {}
    std::size_t on_body_impl(boost::beast::string_view body, boost::beast::error_code&) override {
        body_ += body.size();
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, boost::beast::error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, boost::beast::error_code&) override {
        body_ += body.size();
        return body.size();
    }
    void on_finish_impl(boost::beast::error_code&) override {}

    int status_ = 0;
    std::uint64_t body_ = 0;
};

}  // namespace sluice::bench
