// Headers of the PROXY protocol, whole and in pieces (haproxy's proxy-protocol.txt).
#include "exchange/proxy_header.hpp"

#include "support/catch.hpp"

using namespace sluice;
using exchange::ProxyHeader;
using exchange::read_proxy_header;
using State = exchange::ProxyHeaderOutcome::State;

namespace {

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string v2(unsigned char command, unsigned char family, const std::string& rest, std::size_t said) {
    return signature + static_cast<char>(command) + static_cast<char>(family) + static_cast<char>(said >> 8) + static_cast<char>(said) + rest;
}
std::string v2(unsigned char command, unsigned char family, const std::string& rest) { return v2(command, family, rest, rest.size()); }

const std::string four("\x0a\0\0\x09\x0a\0\0\x01\x9c\x40\0\x50", 12);
const std::string six = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\x09' + std::string(15, '\0') + '\x01' + std::string("\x9c\x40\0\x50", 4);

/// "SIZE CLIENT SERVER TLVS", "more", or why it failed.
std::string told(const std::string& bytes) {
    ProxyHeader header;
    const auto outcome = read_proxy_header(bytes, header);
    if (outcome.state == State::need_more) return "more";
    if (outcome.state == State::failed) return outcome.why;
    const auto text = [](const net::Address& a) { return a.ip_bytes().empty() ? std::string("-") : a.text(); };
    return std::to_string(outcome.size) + ' ' + text(header.client) + ' ' + text(header.server) + ' ' + std::to_string(header.tlvs.size());
}

struct Row {
    std::string bytes, told;
};

const std::vector<Row> rows = {
    {"PROXY TCP4 10.0.0.9 10.0.0.1 40000 80\r\nGET", "39 10.0.0.9:40000 10.0.0.1:80 0"},
    {"PROXY TCP6 2001:db8::9 ::1 0 65535\r\n", "36 [2001:db8::9]:0 [::1]:65535 0"},
    {"PROXY UNKNOWN\r\nGET", "15 - - 0"},
    {"PROXY UNKNOWN ffff::1 what ever\r\n", "33 - - 0"},
    {"PROXY TCP4 10.0.0.9 10.0.0.1 40000 80\nGET", "broken header: \"PROXY TCP4 10.0.0.9 10.0.0.1 40000 80\""},
    {"PROXY TCP4 10.0.0.9 10.0.0.1 40000 80\rGET", "broken header: \"PROXY TCP4 10.0.0.9 10.0.0.1 40000 80\""},
    {"PROXY TCP4 10.0.0.9 10.0.0.1 40000 80 \r\n", "broken header: \"PROXY TCP4 10.0.0.9 10.0.0.1 40000 80 \""},
    {"PROXY TCP4 10.0.0.9 10.0.0.1 40000\r\n", "broken header: \"PROXY TCP4 10.0.0.9 10.0.0.1 40000\""},
    {"PROXY TCP4  10.0.0.9 10.0.0.1 1 2\r\n", "broken header: \"PROXY TCP4  10.0.0.9 10.0.0.1 1 2\""},
    {"PROXY TCP4 10.0.0 10.0.0.1 1 2\r\n", "broken header: \"PROXY TCP4 10.0.0 10.0.0.1 1 2\""},
    {"PROXY TCP4 ::1 ::2 1 2\r\n", "broken header: \"PROXY TCP4 ::1 ::2 1 2\""},
    {"PROXY TCP6 10.0.0.9 10.0.0.1 1 2\r\n", "broken header: \"PROXY TCP6 10.0.0.9 10.0.0.1 1 2\""},
    {"PROXY TCP4 10.0.0.9 10.0.0.1 65536 2\r\n", "broken header: \"PROXY TCP4 10.0.0.9 10.0.0.1 65536 2\""},
    {"PROXY TCP4 10.0.0.9 10.0.0.1 -1 2\r\n", "broken header: \"PROXY TCP4 10.0.0.9 10.0.0.1 -1 2\""},
    {"PROXY TCP4 10.0.0.9 10.0.0.1 01 2\r\n", "broken header: \"PROXY TCP4 10.0.0.9 10.0.0.1 01 2\""},
    {"PROXY TCP5 10.0.0.9 10.0.0.1 1 2\r\n", "broken header: \"PROXY TCP5 10.0.0.9 10.0.0.1 1 2\""},
    {"PROXY UNKNOWNS\r\n", "broken header: \"PROXY UNKNOWNS\""},
    {"proxy TCP4", "broken header: \"proxy TCP4\""},
    {"GET / HTTP/1.1\r\n", "broken header: \"GET / HTTP/1.1\""},
    {"\x16\x03\x01", "broken header: \"\\x16\\x03\\x01\""},
    {"\r\nGET", "broken header: \"\""},
    {"PROXY UNKNOWN " + std::string(91, 'x') + "\r\n", "107 - - 0"},
    {"PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", "broken header: \"PROXY UNKNOWN " + std::string(92, 'x') + "\""},
    {"PROXY UNKNOWN " + std::string(500, 'x'), "broken header: \"PROXY UNKNOWN " + std::string(93, 'x') + "\""},
    {v2(0x21, 0x11, four) + "GET", "28 10.0.0.9:40000 10.0.0.1:80 0"},
    {v2(0x21, 0x21, six), "52 [2001:db8::9]:40000 [::1]:80 0"},
    {v2(0x21, 0x11, four + std::string("\x01\0\x02h2", 5)), "33 10.0.0.9:40000 10.0.0.1:80 5"},
    {v2(0x20, 0x11, four), "28 - - 0"},
    {v2(0x20, 0x00, ""), "16 - - 0"},
    {v2(0x21, 0x00, "what ever"), "25 - - 0"},
    {v2(0x21, 0x12, four), "28 - - 0"},
    {v2(0x21, 0x31, std::string(216, 'x')), "232 - - 0"},
    {v2(0x31, 0x11, four), "unknown PROXY protocol version: 3"},
    {v2(0x22, 0x11, four), "unknown PROXY protocol command: 2"},
    {v2(0x21, 0x11, four.substr(1)), "broken header: its addresses are cut off"},
    {v2(0x21, 0x21, six.substr(1)), "broken header: its addresses are cut off"},
    {v2(0x21, 0x11, four + std::string(4096 - 28, 'x')), "4096 10.0.0.9:40000 10.0.0.1:80 4068"},
    {v2(0x21, 0x11, four, 4081), "header is too large"},
    {v2(0x21, 0x11, "", 0xffff), "header is too large"},
};

}  // namespace

TEST_CASE("PROXY headers of both versions, good and bad") {
    for (const Row& row : rows) {
        INFO(row.bytes);
        CHECK(told(row.bytes) == row.told);
    }
}

TEST_CASE("a PROXY header in pieces says nothing until it is whole or wrong") {
    for (const Row& row : rows) {
        INFO(row.bytes);
        std::size_t cut = 0;
        while (cut < row.bytes.size() && told(row.bytes.substr(0, cut)) == "more") ++cut;
        ProxyHeader header;
        const auto early = read_proxy_header(row.bytes.substr(0, cut), header), whole = read_proxy_header(row.bytes, header);
        CHECK(early.state == whole.state);
        CHECK(early.size == whole.size);
        if (whole.state == State::complete) CHECK(cut == whole.size);
    }
}
