// What is asked for: URLs, lists of them, and the bytes that go out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

/// Whom a connection is made to.
struct Origin {
    bool secure = false;
    std::string host;  // a name or an address, without brackets; "" for a Unix socket
    std::uint16_t port = 80;
    std::string unix_path;
    std::string sni;  // the name to ask for and to verify; "": `host`

    std::string text() const;  // "127.0.0.1:80", "unix:/run/app.sock"
    friend bool operator==(const Origin&, const Origin&) = default;
};

struct Url {
    Origin origin;
    std::string authority;  // for the Host field
    std::string target;     // "/path?query"
};

struct ParsedUrl {
    Url url;
    std::string message;  // what is wrong with the text, and what would be right; or ""
};

/// "http://host:8080/path", "https://[::1]/", "host:8080/path", "http://unix:/run/app.sock:/path".
ParsedUrl parse_url(std::string_view text);

/// "host:8080", "[::1]:443", "unix:/run/app.sock": where to connect instead. `port` is what none means.
ParsedUrl parse_connect(std::string_view text, std::uint16_t port);

/// One kind of request of a load.
struct Wanted {
    Url url;
    std::string method;  // "": that of the command line
    std::uint32_t weight = 1;
};

struct ParsedList {
    std::vector<Wanted> wanted;
    std::string message;  // with the line's number
};

/// One a line: [METHOD] URL [weight=NUMBER]; empty lines and those that begin with "#" do not count.
ParsedList parse_url_list(std::string_view text);

/// A request as it goes out, and what has to be known of it.
struct Request {
    std::string bytes;
    std::string last_bytes;  // the same with "Connection: close", for the last one of a connection
    std::size_t origin = 0;  // index into the plan's
    std::uint32_t weight = 1;
    bool head_only = false;   // the answer has no body, whatever its head says
    bool repeatable = false;  // may be sent again when a kept connection turns out to be closed (RFC 9110 9.2.2)
    std::string label;        // "GET /path"
};

struct RequestParts {
    std::string method = "GET";
    std::vector<std::string> fields;  // "Name: value"
    std::string body;
    bool has_body = false;
    bool without_host = false;  // HTTP/1.0
};

/// `fields` take the place of Host, User-Agent, Accept and Content-Length.
Request make_request(const Url& url, const RequestParts& parts);

/// "" or what is wrong with "Name: value".
std::string check_field(std::string_view field);
/// "" or what is wrong with it as a method (RFC 9110 5.6.2).
std::string check_method(std::string_view method);

}  // namespace sluice::bench
