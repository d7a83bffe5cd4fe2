#include "support/answers.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/text.hpp"

namespace sluice::test {

namespace http = boost::beast::http;

namespace {

template <class Parser>
Message note(const Parser& parser) {
    Message out;
    out.head_whole = parser.is_header_done();
    out.whole = parser.is_done();
    out.body = parser.get().body();
    for (const auto& field : parser.get()) {
        std::string name(field.name_string());
        for (char& c : name) c = core::lower(c);
        out.fields[name] = std::string(field.value());
    }
    return out;
}

/// How many bytes the parser took; npos: they are malformed.
template <class Parser>
std::size_t feed_all(Parser& parser, std::string_view bytes, bool ended) {
    boost::system::error_code error;
    std::size_t used = 0;
    parser.eager(true);
    parser.body_limit(boost::none);
    while (!parser.is_done() && used < bytes.size()) {
        const auto n = parser.put(boost::asio::buffer(bytes.substr(used)), error);
        used += n;
        if (error == http::error::need_more) break;
        if (error) return std::string_view::npos;
    }
    if (ended && !parser.is_done() && parser.is_header_done() && parser.need_eof()) parser.put_eof(error);
    return used;
}

}  // namespace

Messages parse_answers(std::string_view bytes, bool ended, const std::vector<bool>& to_head) {
    Messages out;
    while (!bytes.empty() && out.all.size() < to_head.size()) {
        http::response_parser<http::string_body> parser;
        parser.skip(to_head[out.all.size()]);
        const auto used = feed_all(parser, bytes, ended);
        if (used == std::string_view::npos) {
            out.malformed = true;
            break;
        }
        Message answer = note(parser);
        answer.status = answer.head_whole ? static_cast<int>(parser.get().result_int()) : 0;
        answer.until_close = answer.head_whole && parser.need_eof();
        const bool interim = answer.whole && answer.status / 100 == 1 && answer.status != 101;
        if (answer.whole) bytes.remove_prefix(used);
        if (interim) {
            out.interim.push_back(answer.status);
            continue;
        }
        out.all.push_back(answer);
        if (!answer.whole) return out;
        if (answer.status == 101) break;
    }
    out.rest = bytes;
    return out;
}

Messages parse_requests(std::string_view bytes) {
    Messages out;
    while (!bytes.empty()) {
        http::request_parser<http::string_body> parser;
        const auto used = feed_all(parser, bytes, false);
        if (used == std::string_view::npos) {
            out.malformed = true;
            break;
        }
        Message request = note(parser);
        if (request.head_whole)
            request.start = std::string(parser.get().method_string()) + " " + std::string(parser.get().target());
        const bool tunnel = request.fields.count("upgrade") > 0;
        out.all.push_back(request);
        if (!request.whole) return out;
        bytes.remove_prefix(used);
        if (tunnel) break;
    }
    out.rest = bytes;
    return out;
}

}  // namespace sluice::test
