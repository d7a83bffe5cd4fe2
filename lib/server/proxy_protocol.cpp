// What comes before the first request where `listen` says proxy_protocol.
#include "server/client.hpp"
#include "server/worker.hpp"

namespace sluice::server {

using exchange::Level;
using exchange::ProxyHeader;
using net::Task;
using State = exchange::ProxyHeaderOutcome::State;

/// False: there is none, or it did not come in time; the connection is to be closed.
Task<bool> Client::read_proxy_header(Input& in) {
    constexpr std::string_view doing = "while reading PROXY protocol";
    const auto deadline = accepted_ + worker_.first_wait(local_);
    for (;;) {
        const auto bytes = in.bytes();
        ProxyHeader header;
        const auto outcome = exchange::read_proxy_header({bytes.data(), bytes.size()}, header);
        if (outcome.state == State::complete) {
            proxy_header_ = std::make_unique<const ProxyHeader>(std::move(header));
            in.begin += outcome.size;
            co_return true;
        }
        if (outcome.state == State::failed) {
            tell(Level::error, outcome.why, doing);
            co_return false;
        }
        auto n = co_await stream_.read_some(in.room(), deadline - worker_.loop().now());
        if (!n || *n == 0) {
            const bool timed_out = !n && n.error().code == core::Code::timed_out;
            tell(Level::info, timed_out ? "client timed out (110: Connection timed out)" : "client closed connection", doing);
            co_return false;
        }
        in.end += *n;
    }
}

}  // namespace sluice::server
