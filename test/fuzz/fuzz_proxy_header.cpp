// Headers of the PROXY protocol. Laws: nothing crashes; a longer header is never needed than may be; the outcome does not
// depend on how the bytes were cut up; one that is complete says the same again when it is written anew as version 1.
#include <cstdint>
#include <string>

#include "exchange/proxy_header.hpp"
#include "laws.hpp"

namespace {

using namespace sluice;
using exchange::ProxyHeader;
using exchange::ProxyHeaderOutcome;
using fuzz::require;
using State = ProxyHeaderOutcome::State;

std::string as_version_1(const ProxyHeader& header) {
    const bool v4 = header.client.family() == net::Address::Family::v4;
    return std::string("PROXY ") + (v4 ? "TCP4 " : "TCP6 ") + header.client.ip() + ' ' + header.server.ip() + ' ' +
           std::to_string(header.client.port()) + ' ' + std::to_string(header.server.port()) + "\r\n";
}

void check_complete(const ProxyHeader& header, const ProxyHeaderOutcome& outcome, std::string_view bytes) {
    require(outcome.size <= bytes.size() && outcome.size <= exchange::longest_proxy_header, "the size is that of bytes that are there");
    require(header.client.family() == header.server.family(), "both ends are of one family");
    require(header.tlvs.size() < outcome.size, "TLVs are part of the header");
    if (header.client.ip_bytes().empty()) return;
    ProxyHeader again;
    const auto line = as_version_1(header);
    require(exchange::read_proxy_header(line, again).state == State::complete, "what is read can be written");
    require(again.client == header.client && again.server == header.server, "and says the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    ProxyHeader header;
    const auto outcome = exchange::read_proxy_header(bytes, header);
    if (outcome.state == State::complete) check_complete(header, outcome, bytes);
    if (outcome.state == State::failed) require(!outcome.why.empty() && outcome.why.find('\n') == outcome.why.npos, "a failure has words for one line");
    if (outcome.state == State::need_more) require(size < exchange::longest_proxy_header, "no more is needed than may be");
    for (std::size_t cut = 0; cut < size && cut < 200; ++cut) {
        ProxyHeader part;
        const auto early = exchange::read_proxy_header(bytes.substr(0, cut), part);
        if (early.state == State::need_more) continue;
        require(early.state == outcome.state && early.size == outcome.size, "more bytes change nothing once it is known");
        break;
    }
    return 0;
}
