// What strangers tell us on the way to an OCSP answer: the responder's address, which stands in a certificate, and its
// answer in HTTP. Laws: an address that was taken makes one request line and one Host, and is the text it came from; an
// answer is the same however its bytes are cut up, is no larger than allowed, and what is wrong with it fits one line.
#include <algorithm>
#include <boost/beast/http/write.hpp>
#include <cstdint>
#include <sstream>
#include <string>

#include "laws.hpp"
#include "server/ocsp_http.hpp"

namespace {

using namespace sluice;
using sluice::fuzz::require;
using boost::system::error_code;

bool is_one_line(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos; }

void check_address(const std::string& url) {
    std::string problem;
    tls::OcspQuestion question;
    auto responder = tls::parse_responder(url, problem);
    require(responder.has_value() == problem.empty(), "an address or a problem");
    if (!responder) return;
    require("http://" + responder->text == url, "what is told is what was written");
    require(!responder->host.empty() && responder->port != 0, "somebody to ask");
    require(url.find(responder->host) != url.npos, "the host was written there");
    std::string again;
    const auto same = tls::parse_responder("http://" + responder->authority() + responder->path, again);
    require(same && same->host == responder->host && same->port == responder->port && same->path == responder->path, "its parts are the whole");
    question.responder = *responder;
    question.request = "\x30\xff?";
    std::ostringstream out;
    out << server::ocsp_http_request(question);
    const std::string text = out.str();
    require(std::ranges::count(text, '\n') == 3 && text.ends_with("\r\n\r\n"), "a request line, a field and the end");
    require(std::ranges::count(text.substr(0, text.find('\r')), ' ') == 2, "method, target, version");
}

/// As the fetcher reads: pieces of `step` bytes, then the end. "": it has what was asked for.
std::string read(const std::string& text, std::size_t step, std::string& body) {
    server::OcspHttpParser parser;
    parser.eager(false);
    parser.body_limit(server::most_of_ocsp_answer);
    std::string held;
    error_code error;
    for (std::size_t at = 0; at < text.size() && !parser.is_done(); at += step) {
        held += text.substr(at, step);
        for (;;) {
            const std::string piece = held;  // of its own, so that the sanitizer sees a step outside
            const auto used = parser.put(boost::asio::buffer(piece), error);
            require(used <= piece.size(), "no more taken than given");
            held.erase(0, used);
            if (error == boost::beast::http::error::need_more) break;
            if (error) return server::ocsp_http_failure("recv()", error);
            if (parser.is_header_done() && !parser.is_done()) {
                if (auto problem = server::problem_with_ocsp_head(parser); !problem.empty()) return problem;
                parser.eager(true);
            }
            if (parser.is_done() || held.empty() || used == 0) break;
        }
    }
    if (!parser.is_done()) {
        if (!parser.got_some()) return "nothing";
        parser.put_eof(error);
        if (error) return server::ocsp_http_failure("recv()", error);
    }
    body = parser.get().body();
    return server::problem_with_ocsp_http(parser.get());
}

void check_answer(const std::string& text) {
    std::string whole_body, cut_body;
    const auto whole = read(text, std::max<std::size_t>(text.size(), 1), whole_body);
    const auto cut = read(text, 1, cut_body);
    require(is_one_line(whole) && is_one_line(cut), "what is wrong fits one line");
    // Where it is malformed, which mistake is met first depends on the pieces.
    require(whole.empty() == cut.empty(), "good or bad, however it is cut");
    if (!whole.empty()) return;
    require(whole_body == cut_body, "the same, however it is cut");
    require(whole_body.size() <= server::most_of_ocsp_answer, "no larger than allowed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_address(text);
    check_address("http://" + text);
    check_answer(text);
    check_answer("HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n" + text);
    return 0;
}
