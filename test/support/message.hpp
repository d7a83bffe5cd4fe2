// HTTP/1 messages as a test reads them: simple, and independent of the code under test.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/socket.hpp"

namespace sluice::test {

struct Message {
    using Fields = std::vector<std::pair<std::string, std::string>>;

    std::string head;  // as it came, with the empty line
    std::string start_line;
    Fields fields, trailers;
    std::string body;  // without chunk framing
    int status = 0;    // of a response

    /// The value of the first field of that name in any case; "" if there is none.
    std::string operator[](std::string_view name) const;
    std::size_t count(std::string_view name) const;
    bool has(std::string_view name) const { return count(name) > 0; }
    std::string trailer(std::string_view name) const;
};

/// A head and what it says of itself; the body is not read.
Message read_head(Socket& socket);

/// Throw Closed when the connection ends too early.
Message read_request(Socket& socket);
/// `to`: the method of the request, since there is no body after HEAD. A 1xx is a response of its own.
Message read_response(Socket& socket, std::string_view to = "GET");

/// "HTTP/1.1 200 OK" with Content-Length and this body.
std::string ok(std::string_view body);

}  // namespace sluice::test
