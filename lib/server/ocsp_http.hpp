// A question to an OCSP responder, and its answer, in HTTP's form (RFC 6960 A.1).
#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

#include "tls/ocsp_question.hpp"

namespace sluice::server {

using OcspHttpParser = boost::beast::http::response_parser<boost::beast::http::string_body>;

/// Bytes of an answer's body that are read.
inline constexpr std::size_t most_of_ocsp_answer = 256 * 1024;

/// nginx sends no more fields than these.
boost::beast::http::request<boost::beast::http::empty_body> ocsp_http_request(const tls::OcspQuestion& question);

/// "": what follows the head can be read. We speak HTTP/1.0, to which no answer comes in chunks (RFC 9112 6.1); Beast's
/// parser of chunks also stops the process where assertions are on, if the last one comes in pieces.
std::string problem_with_ocsp_head(const OcspHttpParser& parser);

/// "": it has what was asked for. Otherwise why not, in nginx's words; nothing in it that would end a line of a log.
std::string problem_with_ocsp_http(const OcspHttpParser::value_type& answer);

/// "connect() failed (111: Connection refused)", or that it took too long.
std::string ocsp_http_failure(const char* doing, const boost::system::error_code& error);

}  // namespace sluice::server
