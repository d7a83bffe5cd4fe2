// What a mock backend reads of a request.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string>

namespace sluice::bench {

/// A request: its framing, what is asked for and how, and nothing else.
class MockRequest : private boost::beast::http::basic_parser<true> {
  public:
    MockRequest() {
        eager(true);
        body_limit(boost::none);
        header_limit(1024 * 1024);
    }
    using basic_parser::is_done;
    using basic_parser::keep_alive;
    using basic_parser::put;
    bool head_only() const { return head_only_; }
    const std::string& target() const { return target_; }

  private:
    void on_request_impl(boost::beast::http::verb method, boost::beast::string_view, boost::beast::string_view target,
                         int, boost::system::error_code&) override {
        target_ = std::string(target);
        head_only_ = method == boost::beast::http::verb::head;
    }
    void on_response_impl(int, boost::beast::string_view, int, boost::system::error_code&) override {}
    void on_field_impl(boost::beast::http::field, boost::beast::string_view, boost::beast::string_view,
                       boost::system::error_code&) override {}
    void on_header_impl(boost::system::error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, boost::system::error_code&) override {}
    std::size_t on_body_impl(boost::beast::string_view body, boost::system::error_code&) override {
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, boost::system::error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, boost::system::error_code&) override {
        return body.size();
    }
    void on_finish_impl(boost::system::error_code&) override {}

    bool head_only_ = false;
    std::string target_;
};

}  // namespace sluice::bench
