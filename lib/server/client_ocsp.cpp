// ssl_ocsp: a client's certificate is looked up when the handshake is done, before anything else is.
#include "server/client.hpp"
#include "server/ocsp_desk.hpp"
#include "server/worker.hpp"
#include "tls/client_status.hpp"

namespace sluice::server {

using core::Code;
using exchange::Level;
using net::Task;

namespace {

/// One answer on its way from the control thread; gone when nobody waits any more. The worker's thread only.
struct Awaited {
    net::Stream* stream;
    bool come = false;
    std::optional<tls::OcspAnswer> answer;
};

void deliver(Awaited& awaited, const OcspVerdict& verdict) {
    awaited.come = true;
    awaited.answer = verdict.answer;
    awaited.stream->cancel_write(Code::cancelled);
}

}  // namespace

/// Nothing: nobody knows, which has been logged. False from `alive`: the client has gone, or its time is over.
Task<std::optional<tls::OcspAnswer::Status>> Client::find_status(std::shared_ptr<const tls::OcspQuestion> question,
                                                                 core::Instant deadline, bool& alive) {
    auto* const statuses = tls_->statuses();
    if (const auto known = tls::known_status(statuses, *question)) co_return known;
    const auto awaited = std::make_shared<Awaited>(Awaited{&stream_, false, {}});
    Worker& worker = worker_;
    worker_.ocsp().post(question, awaited, [weak = std::weak_ptr(awaited), &worker](const OcspVerdict& verdict) {
        worker.loop().post([weak, verdict] {
            if (const auto still = weak.lock()) deliver(*still, verdict);
        });
    });
    const auto ended = co_await stream_.pause(deadline - worker_.loop().now());
    if (!awaited->come) {
        alive = false;
        if (!ended && !aborted_) tell_no_status(ended.error(), question->responder);
        co_return std::nullopt;
    }
    if (!awaited->answer) co_return std::nullopt;
    tls::remember_status(statuses, *question, *awaited->answer, worker_.loop().wall());
    co_return awaited->answer->status;
}

/// As nginx says it, and whom we were waiting for.
void Client::tell_no_status(const net::IoError& error, const tls::OcspResponder& responder) {
    if (error.code != Code::timed_out) return tell_no_tls(error);
    tell(Level::info, "client timed out (110: Connection timed out)",
         "while SSL handshaking, waiting for certificate status, responder: " + responder.authority());
}

/// True: the handshake has come to its end. A client that is not good gets a page, as for other faults of its certificate.
Task<bool> Client::check_status(core::Instant deadline) {
    const auto questions = tls::status_questions(stream_.tls()->ssl(), *tls_);
    std::string_view refused;
    for (const auto& [question, problem] : questions) {
        bool alive = true;
        std::optional<tls::OcspAnswer::Status> status;
        if (question)
            status = co_await find_status(question, deadline, alive);
        else
            tell(Level::error, problem, "while requesting certificate status");
        if (!alive) co_return false;
        refused = tls::refusal_words(status);
        if (!refused.empty()) break;
    }
    if (!refused.empty())
        stream_.doubt_client(std::string(refused));
    else if (!SSL_session_reused(stream_.tls()->ssl()))
        tls::keep_checked_session(stream_.tls()->ssl());
    co_return true;
}

}  // namespace sluice::server
