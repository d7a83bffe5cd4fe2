#include "server/ocsp_desk.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace sluice::server {

namespace asio = boost::asio;
using exchange::Level;

void OcspDesk::ask_when_idle(Question question, Asker asker, Done done) {
    ask({std::move(question), std::move(asker), std::move(done)}, &Responder::idle);
}

void OcspDesk::post(Question question, Asker asker, Done done) {
    asio::post(control_, [this, request = Request{std::move(question), std::move(asker), std::move(done)}]() mutable {
        ask(std::move(request), &Responder::first);
    });
}

void OcspDesk::ask(Request request, Queue queue) {
    Responder* responder = find_or_add(request.question->responder.authority());
    if (!responder) return refuse(std::move(request), "too many OCSP responders are asked", Level::error);
    if (responder->pace.rests(clock_.now()))
        return refuse(std::move(request), "the OCSP responder is not asked, as it failed a moment ago: " + responder->problem, Level::info);
    if (responder->pace.is_doubted() && (responder->pace.is_busy() || responder->askers > 0))
        return refuse(std::move(request), "the OCSP responder is asked one question to see if it answers again: " + responder->problem, Level::info);
    if (responder->askers >= most_askers) drop_unwanted(*responder);
    if (responder->askers >= most_askers) return refuse(std::move(request), "too many wait for the OCSP responder", Level::error);
    ++responder->askers;
    auto key = request.question->key();
    const auto [question, is_new] = responder->questions.try_emplace(key);
    question->second.push_back(std::move(request));
    if (!is_new) return;
    (responder->*queue).push_back(std::move(key));
    begin_what_may();
}

/// nullptr: there are too many.
OcspDesk::Responder* OcspDesk::find_or_add(const std::string& name) {
    if (const auto known = responders_.find(name); known != responders_.end()) return &known->second;
    const auto now = clock_.now();
    std::erase_if(responders_, [&](const auto& entry) { return entry.second.askers == 0 && entry.second.pace.is_forgotten(now); });
    return responders_.size() < most_responders ? &responders_[name] : nullptr;
}

/// Clients that have left while they waited. A question under way stays, even if nobody wants to know any more.
void OcspDesk::drop_unwanted(Responder& responder) {
    for (auto& [_, requests] : responder.questions)
        responder.askers -= std::erase_if(requests, [](const Request& request) { return !request.is_wanted(); });
    const auto is_empty = [&](const std::string& key) { return responder.questions[key].empty() && responder.questions.erase(key) == 1; };
    std::erase_if(responder.first, is_empty);
    std::erase_if(responder.idle, is_empty);
}

OcspDesk::Requests OcspDesk::take(Responder& responder, const std::string& key) {
    Requests out = std::move(responder.questions.extract(key).mapped());
    responder.askers -= out.size();
    return out;
}

/// Responders have their turns one after the other, so that none waits for another's queue.
void OcspDesk::begin_what_may() {
    for (std::size_t passed = 0; passed < responders_.size() && under_way_ < most_under_way;) {
        auto next = responders_.upper_bound(last_turn_);
        if (next == responders_.end()) next = responders_.begin();
        last_turn_ = next->first;
        passed = begin_one(next->first, next->second) ? 0 : passed + 1;
    }
}

bool OcspDesk::begin_one(const std::string& name, Responder& responder) {
    const auto now = clock_.now();
    while (responder.pace.has_room(now)) {
        auto& queue = responder.first.empty() ? responder.idle : responder.first;
        if (queue.empty()) return false;
        const auto key = std::move(queue.front());
        queue.pop_front();
        const auto& requests = responder.questions[key];
        if (std::ranges::none_of(requests, &Request::is_wanted)) {
            take(responder, key);
            continue;
        }
        ++under_way_;
        responder.pace.begin();
        fetch_(requests.front().question, [this, name, key, now](const OcspFetched& fetched) { finish(name, key, now, fetched); });
        return true;
    }
    return false;
}

void OcspDesk::finish(const std::string& name, const std::string& key, core::Instant begun, const OcspFetched& fetched) {
    --under_way_;
    Responder& responder = responders_[name];
    const auto requests = take(responder, key);
    std::vector<Requests> given_up;
    if (responder.pace.end(fetched.heard, begun, clock_.now())) {
        responder.problem = fetched.problem;
        for (auto* queue : {&responder.first, &responder.idle})
            for (const auto& waiting : std::exchange(*queue, {})) given_up.push_back(take(responder, waiting));
    }
    begin_what_may();
    judge(requests, fetched);  // may ask again at once
    for (const auto& others : given_up) give_up(others, fetched.problem, fetched.peer);
}

void OcspDesk::judge(const Requests& requests, const OcspFetched& fetched) {
    std::string told;  // one line for all that failed in the same way
    for (const auto& request : requests) {
        OcspVerdict verdict;
        std::string problem = fetched.problem;
        if (problem.empty()) {
            verdict.answer = request.question->read(fetched.der, clock_.wall(), problem);
            verdict.der = fetched.der;
        }
        if (!verdict.answer && problem != std::exchange(told, problem)) tell(*request.question, problem, fetched.peer);
        if (request.is_wanted()) request.done(verdict);
    }
}

void OcspDesk::give_up(const Requests& requests, const std::string& why, const std::string& peer) {
    tell(*requests.front().question, "the OCSP responder is not asked, as it has just failed: " + why, peer, Level::info);
    for (const auto& request : requests)
        if (request.is_wanted()) request.done({std::nullopt, "", false});
}

void OcspDesk::refuse(Request request, const std::string& why, Level level) {
    tell(*request.question, why, "", level);
    asio::post(control_, [request = std::move(request)] {
        if (request.is_wanted()) request.done({std::nullopt, "", false});
    });
}

void OcspDesk::tell(const tls::OcspQuestion& question, const std::string& why, const std::string& peer, Level level) {
    std::string text = why + " while requesting certificate status, responder: " + question.responder.host;
    if (!peer.empty()) text += ", peer: " + peer;
    tell_(level, text + ", certificate: \"" + question.about + '"');
}

}  // namespace sluice::server
