#include "support/message.hpp"

#include "core/text.hpp"

namespace sluice::test {

namespace {

std::string find(const Message::Fields& fields, std::string_view name) {
    for (const auto& [key, value] : fields)
        if (core::iequals(key, name)) return value;
    return "";
}

/// Up to the empty line, which is left out.
Message::Fields parse_fields(std::string_view text) {
    Message::Fields out;
    while (!text.empty() && text != "\r\n") {
        const auto end = text.find("\r\n");
        const auto colon = text.find(": ");
        if (end == std::string_view::npos || colon > end) throw std::runtime_error("no field: " + std::string(text));
        out.emplace_back(text.substr(0, colon), text.substr(colon + 2, end - colon - 2));
        text.remove_prefix(end + 2);
        if (text.starts_with("\r\n")) break;
    }
    return out;
}

void read_chunked(Socket& socket, Message& out) {
    for (;;) {
        const std::size_t size = std::stoul(socket.read_until("\r\n"), nullptr, 16);
        if (size == 0) break;
        out.body += socket.read_exactly(size);
        if (socket.read_exactly(2) != "\r\n") throw std::runtime_error("a chunk does not end where it said");
    }
    std::string trailers;
    for (std::string line; line != "\r\n"; trailers += line) line = socket.read_until("\r\n");
    out.trailers = parse_fields(trailers);
}

/// False: nothing says how long it is.
bool read_body(Socket& socket, Message& out) {
    if (core::iequals(out["Transfer-Encoding"], "chunked"))
        read_chunked(socket, out);
    else if (out.has("Content-Length"))
        out.body = socket.read_exactly(std::stoul(out["Content-Length"]));
    else
        return false;
    return true;
}

}  // namespace

std::string Message::operator[](std::string_view name) const { return find(fields, name); }
std::string Message::trailer(std::string_view name) const { return find(trailers, name); }

std::size_t Message::count(std::string_view name) const {
    std::size_t out = 0;
    for (const auto& [key, value] : fields) out += core::iequals(key, name);
    return out;
}

Message read_head(Socket& socket) {
    Message out;
    out.head = socket.read_until("\r\n\r\n");
    out.start_line = out.head.substr(0, out.head.find("\r\n"));
    out.fields = parse_fields(std::string_view(out.head).substr(out.start_line.size() + 2));
    return out;
}

Message read_request(Socket& socket) {
    Message out = read_head(socket);
    read_body(socket, out);
    return out;
}

Message read_response(Socket& socket, std::string_view to) {
    Message out = read_head(socket);
    out.status = std::stoi(out.start_line.substr(9, 3));
    if (to == "HEAD" || out.status < 200 || out.status == 204 || out.status == 304) return out;
    if (!read_body(socket, out)) {
        const auto [body, ending] = socket.read_to_end();
        if (ending == Ending::reset) throw Closed("reset in a body that lasts until the end");
        out.body = body;
    }
    return out;
}

std::string ok(std::string_view body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace sluice::test
