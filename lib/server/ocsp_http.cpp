#include "server/ocsp_http.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/string.hpp>

#include "core/log_escape.hpp"

namespace sluice::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

std::string ocsp_http_failure(const char* doing, const error_code& error) {
    if (error == beast::error::timeout) return "OCSP responder timed out (110: Connection timed out)";
    if (error == http::error::end_of_stream || error == http::error::partial_message || error == asio::error::connection_reset)
        return "OCSP responder prematurely closed connection";
    if (error.category() == http::make_error_code(http::error::bad_version).category())
        return "OCSP responder sent invalid response (" + error.message() + ")";
    return std::string(doing) + " failed (" + std::to_string(error.value()) + ": " + error.message() + ")";
}

http::request<http::empty_body> ocsp_http_request(const tls::OcspQuestion& question) {
    http::request<http::empty_body> out;
    out.method(http::verb::get);
    out.version(10);
    out.target(tls::ocsp_target(question.responder.path, question.request));
    out.set(http::field::host, question.responder.authority());
    return out;
}

std::string problem_with_ocsp_head(const OcspHttpParser& parser) {
    return parser.chunked() ? "OCSP responder sent invalid response (in chunks, which HTTP/1.0 does not have)" : "";
}

std::string problem_with_ocsp_http(const OcspHttpParser::value_type& answer) {
    if (answer.result_int() != 200) return "OCSP responder answered with status " + std::to_string(answer.result_int());
    const auto type = answer[http::field::content_type];
    if (beast::iequals(type.substr(0, type.find(';')), "application/ocsp-response")) return {};
    std::string out = "OCSP responder sent invalid \"Content-Type\" header: \"";
    core::append_escaped(out, std::string_view(type.data(), type.size()));
    return out += '"';
}

}  // namespace sluice::server
