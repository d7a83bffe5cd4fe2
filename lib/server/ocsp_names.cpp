#include "server/ocsp_names.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sluice::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// One name on its way. Only the thread writes what it has found, and only before it says so.
struct OcspNames::Search {
    Search(const asio::any_io_executor& control, std::string name) : executor(control), host(std::move(name)), come(control) {}

    const asio::any_io_executor executor;
    const std::string host;
    Addresses addresses;
    error_code error;
    bool ended = false;       // the control thread's
    asio::steady_timer come;  // likewise; cancelled when the search has ended
};

/// On a thread of the pool.
void OcspNames::search(std::shared_ptr<Search> search, std::shared_ptr<std::atomic<unsigned>> looking) {
    asio::io_context nobody;  // for a resolver that is asked to wait
    tcp::resolver resolver(nobody);
    for (const auto& entry : resolver.resolve(search->host, "", search->error)) search->addresses.push_back(entry.endpoint().address());
    const auto executor = search->executor;
    asio::post(executor, [search = std::move(search), looking = std::move(looking)] {
        --*looking;
        search->ended = true;
        search->come.cancel();
    });
}

namespace {

FoundName with_port(const std::vector<asio::ip::address>& addresses, std::uint16_t port) {
    FoundName out;
    for (const auto& address : addresses) out.endpoints.emplace_back(address, port);
    return out;
}

FoundName not_found(const std::string& why) { return {{}, "could not be resolved (" + why + ')'}; }

}  // namespace

asio::awaitable<FoundName> OcspNames::look_up(std::string host, std::uint16_t port) {
    error_code error;
    if (const auto address = asio::ip::make_address(host, error); !error) {
        FoundName out;
        out.endpoints.emplace_back(address, port);
        co_return out;
    }
    if (const auto known = known_.find(host); known != known_.end() && clock_.now() < known->second.until)
        co_return with_port(known->second.addresses, port);
    if (!pool_) pool_ = std::make_unique<asio::thread_pool>(threads);
    const auto search = std::make_shared<Search>(co_await asio::this_coro::executor, host);
    search->come.expires_after(patience_);
    ++*looking_;
    asio::post(*pool_, [search, looking = looking_] { OcspNames::search(search, looking); });
    co_await search->come.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (!search->ended) co_return not_found("110: Operation timed out");
    if (search->error) co_return not_found(search->error.message());
    make_room(clock_.now());
    known_[host] = {search->addresses, clock_.now() + kept};
    co_return with_port(search->addresses, port);
}

/// Names come from the conf and from certificates of trusted authorities: there are few, but nobody says how few.
void OcspNames::make_room(core::Instant now) {
    constexpr std::size_t most = 256;
    if (known_.size() < most) return;
    std::erase_if(known_, [&](const auto& entry) { return entry.second.until <= now; });
    if (known_.size() >= most) known_.clear();
}

}  // namespace sluice::server
