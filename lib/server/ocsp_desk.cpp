#include "server/ocsp_desk.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace sluice::server {

namespace asio = boost::asio;

OcspDesk::OcspDesk(asio::io_context& control, const core::Clock& clock, Tell tell, std::chrono::milliseconds patience)
    : control_(control), clock_(clock), tell_(std::move(tell)), patience_(patience) {}

void OcspDesk::post(Question question, Done done) {
    asio::post(control_, [this, question = std::move(question), done = std::move(done)]() mutable { ask(std::move(question), std::move(done)); });
}

void OcspDesk::ask(Question question, Done done) {
    auto key = question->key();
    auto& askers = askers_[key];
    askers.push_back({question, std::move(done)});
    if (askers.size() > 1) return;
    if (under_way_ >= most_under_way) return waiting_.push_back(std::move(key));
    begin(std::move(key), std::move(question));
}

void OcspDesk::begin(std::string key, Question question) {
    ++under_way_;
    asio::co_spawn(control_, run(*this, std::move(key), std::move(question)), asio::detached);
}

asio::awaitable<void> OcspDesk::run(OcspDesk& desk, std::string key, Question question) {
    const auto fetched = co_await fetch_ocsp(std::move(question), desk.patience_);
    desk.finish(key, fetched);
}

void OcspDesk::finish(const std::string& key, const OcspFetched& fetched) {
    --under_way_;
    const auto askers = std::move(askers_.extract(key).mapped());
    if (!waiting_.empty()) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        auto question = askers_[next].front().question;
        begin(std::move(next), std::move(question));
    }
    std::string told;  // one line for all that failed in the same way
    for (const auto& asker : askers) {
        OcspVerdict verdict;
        std::string problem = fetched.problem;
        if (problem.empty()) {
            verdict.answer = asker.question->read(fetched.der, clock_.wall(), problem);
            verdict.der = fetched.der;
        }
        if (!verdict.answer && problem != std::exchange(told, problem)) tell(*asker.question, problem, fetched.peer);
        asker.done(verdict);
    }
}

void OcspDesk::tell(const tls::OcspQuestion& question, const std::string& why, const std::string& peer) {
    std::string text = why + " while requesting certificate status, responder: " + question.responder.host;
    if (!peer.empty()) text += ", peer: " + peer;
    tell_(exchange::Level::error, text + ", certificate: \"" + question.about + '"');
}

}  // namespace sluice::server
