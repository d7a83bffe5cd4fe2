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
            tell_no_proxy_header(Level::error, outcome.why);
            co_return false;
        }
        auto n = co_await stream_.read_some(in.room(), deadline - worker_.loop().now());
        if (!n || *n == 0) {
            const bool timed_out = !n && n.error().code == core::Code::timed_out;
            tell_no_proxy_header(Level::info, timed_out ? "client timed out (110: Connection timed out)" : "client closed connection");
            co_return false;
        }
        in.end += *n;
    }
}

/// In nginx's words, to the logs of the listener's default site.
void Client::tell_no_proxy_header(Level level, std::string_view why) {
    const auto& conf = worker_.conf();
    const auto* listening = conf.find_listening(local_.number);
    const auto text = std::string(why) + " while reading PROXY protocol", client = address_.ip(), server = local_.address.text();
    const observe::ErrorEntry entry{.text = text, .connection = number_, .client = client, .server = server, .has_request = false};
    const auto* logs = listening ? conf.snapshot->sites[listening->default_site].root.settings.error_logs.get() : nullptr;
    if (!logs) return worker_.tell(level, entry);
    boost::container::small_vector<observe::ErrorSink, 2> sinks;
    for (const auto& log : *logs) sinks.push_back({conf.channels[log.file], log.level, log.json});
    worker_.logs().error(sinks.data(), sinks.data() + sinks.size(), level, entry);
}

}  // namespace sluice::server
