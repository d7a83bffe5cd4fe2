// One try of an exchange at one peer: connect, send, read the answer, relay it.
#pragma once

#include <optional>

#include "exchange/http1_body.hpp"
#include "proxy/headers.hpp"
#include "proxy/pace.hpp"
#include "proxy/service.hpp"

namespace sluice::proxy {

class Backlog;

class Attempt final : net::Waiter {
  public:
    /// `host`: $proxy_host. `tls`: how it is done; nullptr: not.
    Attempt(Serving& serving, upstream::GroupAtWorker& group, upstream::GroupAtWorker::Pick pick, std::string_view host, const tls::ClientContexts* tls);
    ~Attempt();

    /// Runs the attempt to its end. nullopt: the client has its answer, or one of those below tells why it has not.
    /// `fresh`: not on a kept connection. `others_left`: another peer can be asked if this one declines.
    net::Task<std::optional<core::Failure>> run(bool fresh, bool others_left);

    /// The status of an answer that an error_page takes the place of; 0: none.
    int intercepted() const { return intercepted_; }
    /// The status of an answer that proxy_next_upstream speaks of; 0: none.
    int declined() const { return declined_; }
    /// Where the peer says that the answer is (X-Accel-Redirect); in the scope's arena.
    std::optional<std::string_view> redirected() const { return redirected_; }
    bool reused() const { return reused_; }
    bool peer_may_have_seen() const { return sent_; }
    bool response_begun() const { return response_begun_; }

  private:
    using Outcome = std::optional<core::Failure>;

    bool take_kept();
    net::Task<Outcome> connect();
    void choose_tls_name();
    bool choose_tls_pair();
    net::Task<Outcome> secure();
    net::Task<Outcome> send_request();
    net::Task<void> upload();
    net::Task<Outcome> upload_file(exchange::BodyWriter& writer);
    net::Task<Outcome> upload_kept(exchange::BodyWriter& writer);
    net::Task<Outcome> receive();
    void report_success();
    net::Task<Outcome> read_head();
    void grow_buffer();
    net::Task<Outcome> take_interim();
    exchange::Answer answer_of_peer(const http::Framing& framing);
    net::Task<Outcome> relay();
    bool heed_directions();
    void hand_over(std::string_view redirect);
    void edit_fields();
    net::Task<Outcome> relay_rest(exchange::BodyReader& reader);
    void note_received(const exchange::BodyReader& reader);
    net::Task<bool> sent_in_time();
    void pack_unsent();
    net::Task<Outcome> relay_behind(exchange::BodyReader& reader);
    net::Task<Outcome> read_one_ahead(exchange::BodyReader& reader, Backlog& backlog);
    net::Task<void> begin_sending(const exchange::Answer& answer, std::span<const char> first);
    net::Task<void> go_on_sending(std::span<const char> piece, const exchange::BodyReader& reader);
    net::Task<void> send_backlog(core::result<void> sent);
    Pace pace();
    net::Task<void> wait_for_room(std::uint64_t read);
    std::size_t piece_size() const;
    void take_larger_buffer();
    std::size_t paced(std::size_t room, std::uint64_t read) const;
    net::Task<Outcome> open_tunnel();
    void give_peer_back(bool reusable);
    void stop_upload();
    core::Duration patience() const;
    const route::ProxySettings& settings() const { return q_.settings().proxy; }
    bool may_reuse(const exchange::BodyReader& reader) const;
    core::Failure peer_failure(core::Code code, core::Stage stage) const { return {code, core::Side::peer, stage, 0}; }
    /// `why`: for the error log, good for ever.
    core::Failure malformed_head(const char* why) const {
        q_.peer_mistake = why;
        return peer_failure(core::Code::malformed, core::Stage::response_head);
    }
    /// The failure that explains the other: a client that left explains a cancelled wait for the peer.
    core::Failure explain(core::Failure f) const { return abandoned_ ? *abandoned_ : f; }
    void abandon(core::Failure why);

    // Waiter: the client's connection broke while nobody read from it.
    bool attempt() override { return true; }
    void fail(net::IoError) override {}
    void finish() override;

    Serving& q_;
    Service& s_;
    exchange::Exchange& x_;
    upstream::GroupAtWorker& group_;
    std::string_view host_;
    const tls::ClientContexts* tls_;
    std::shared_ptr<const tls::LoadedPair> shown_;  // the certificate whose name has variables
    RequestBody& body_;
    upstream::GroupAtWorker::Pick pick_;
    exchange::Attempt& note_;  // this attempt in the record

    upstream::ConnectionPtr connection_;
    upstream::Connecting connecting_;
    upstream::DialOptions how_;
    net::Sleep* pause_ = nullptr;  // of proxy_limit_rate
    Pace pace_{0, {}};
    net::Child uploading_;
    net::Child sending_;           // to the client, while the peer's bytes are read ahead
    Outcome sending_failed_;
    core::Duration waited_{};      // for sending_, in all
    Backlog* behind_ = nullptr;    // the client is slow
    const exchange::BodyReader* behind_reader_ = nullptr;
    Outcome abandoned_;  // why the attempt must end although the peer is well
    core::Buffer buffer_;          // the peer's bytes
    core::Instant moved_;          // the last byte of the request, or of the answer's head
    std::size_t have_ = 0, head_size_ = 0;
    http::ResponseHead response_;
    http::Method asked_with_ = http::Method::get;
    int intercepted_ = 0, declined_ = 0;
    std::optional<std::string_view> redirected_;
    bool counted_ = true;          // in the peer's load
    bool reused_ = false, sent_ = false, response_begun_ = false, upload_whole_ = false, upload_stopped_ = false, buffering_ = false, read_ahead_ = false,
         keeps_alive_ = false, announced_body_ = false, others_left_ = false, asked_to_close_ = false;
};

}  // namespace sluice::proxy
