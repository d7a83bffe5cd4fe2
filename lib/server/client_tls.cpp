// The TLS handshake with a client.
#include <cstring>

#include "core/text.hpp"
#include "server/client.hpp"
#include "server/worker.hpp"

namespace sluice::server {

using core::Code;
using exchange::Level;
using net::Task;

namespace {

/// A first byte that no HTTP begins with: a record of TLS, or the hello of SSL 2.
bool begins_tls(char first) { return first == '\x16' || static_cast<unsigned char>(first) >= 0x80; }

constexpr std::string_view doing = "while SSL handshaking";

}  // namespace

/// Which site's certificate a client gets.
class Client::Chooser final : public tls::SiteChooser {
  public:
    Chooser(Client& client, proxy::Configured& conf, const route::Listening& listening)
        : client_(client), conf_(conf), listening_(listening), first_(conf.snapshot->sites[listening.default_site]), chosen_(&first_) {}

    SSL_CTX* choose(std::string_view name) override {
        if (!name.empty()) {
            std::string lower(name);
            for (char& c : lower) c = core::lower(c);
            if (lower.ends_with('.')) lower.pop_back();  // as in the field Host
            const auto choice = listening_.names.decide(lower, captures_);
            // A name that may be another's, had its regex come to an end, gets nobody's certificate.
            if (choice.over_limit != route::NameChoice::none) return nullptr;
            chosen_ = &conf_.snapshot->sites[choice.site];
        }
        if (tls()->description().reject_handshake) return nullptr;
        return tls()->at(conf_.worker);
    }
    bool certify(SSL* ssl) override { return client_.certify(ssl, *owner(), conf_); }
    /// A site that has no certificate is served with the first one's. nullptr: that has none either.
    const std::shared_ptr<const tls::ServerContexts>& tls() const { return owner()->tls; }
    /// Before the client has named any.
    SSL_CTX* first() const { return first_.tls ? first_.tls->at(conf_.worker) : nullptr; }

  private:
    const route::Site* owner() const { return chosen_->tls ? chosen_ : &first_; }

    Client& client_;
    proxy::Configured& conf_;
    const route::Listening& listening_;
    const route::Site& first_;
    const route::Site* chosen_;
    core::Captures captures_;
};

Task<bool> Client::begin_tls(Input& in) {
    const Worker::Use use(worker_);
    served_by_ = use->snapshot.get();
    const auto* listening = use->find_listening(local_.number);
    if (!listening) co_return false;
    const auto& site = use->snapshot->sites[listening->default_site];
    const auto deadline = accepted_ + site.handshake_timeout.value_or(site.header_timeout);
    if (in.empty()) {
        auto n = co_await stream_.read_some(in.room(), deadline - worker_.loop().now());
        if (!n || *n == 0) {
            if (!n) tell_no_tls(n.error());
            co_return false;
        }
        in.end += *n;
    }
    if (!begins_tls(in.bytes().front())) co_return true;  // the answer to the request will say so
    Chooser chooser(*this, *use, *listening);
    tls::Engine::Setup setup;
    setup.context = chooser.first();
    setup.chooser = &chooser;
    setup.early_data = listening->early_data;
    if (!setup.context || !stream_.start_tls(setup, in.bytes())) {
        tell(Level::error, "no \"ssl_certificate\" is defined in server listening on SSL port", doing);
        co_return false;
    }
    auto agreed = co_await stream_.long_turn(deadline - worker_.loop().now());
    if (agreed) agreed = stream_.handshake_now();
    in.begin = in.end = 0;
    if (!agreed && net::Stream::would_block(agreed.error())) {
        // Nobody is waited for any more who has not even asked.
        if (worker_.draining()) co_return false;
        // Slow ones, and those that send a byte and no more, hold no buffer but the engine's, of what they have sent.
        in.buffer.release();
        shakes_hands_ = true;
        agreed = co_await stream_.handshake(deadline - worker_.loop().now());
        shakes_hands_ = false;
        in.buffer = worker_.loop().buffers().lend_small();
    }
    served_by_ = nullptr;
    if (!agreed) {
        if (!aborted_) tell_no_tls(agreed.error());
        co_return false;
    }
    tls_ = chooser.tls();
    if (tls_->description().ocsp == tls::ClientOcsp::off) co_return true;
    if (worker_.draining()) co_return false;
    in.buffer.release();
    shakes_hands_ = true;
    const bool known = co_await check_status(deadline);
    shakes_hands_ = false;
    in.buffer = worker_.loop().buffers().lend_small();
    co_return known;
}

/// In nginx's words and at its levels: what clients do is nobody's alarm.
void Client::tell_no_tls(const net::IoError& error) {
    const auto* engine = stream_.tls();
    if (error.code == Code::timed_out) return tell(Level::info, "client timed out (110: Connection timed out)", doing);
    if (error.code == Code::end_of_stream) return tell(Level::info, "peer closed connection in SSL handshake", doing);
    if (engine && engine->refused_name()) return tell(Level::info, "SSL_do_handshake() failed: no site of that name takes part", doing);
    if (engine && !engine->problem().empty()) return tell(Level::info, "SSL_do_handshake() failed (" + engine->problem() + ")", doing);
    tell(Level::info, "SSL_do_handshake() failed (" + std::to_string(error.os_error) + ": " + std::strerror(error.os_error) + ")", doing);
}

}  // namespace sluice::server
