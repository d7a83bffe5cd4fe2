// Questions to OCSP responders: those of the same words are asked once, and each responder holds up its own only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "exchange/reasons.hpp"
#include "server/ocsp_fetch.hpp"
#include "server/ocsp_pace.hpp"

namespace sluice::server {

/// What became of a question.
struct OcspVerdict {
    std::optional<tls::OcspAnswer> answer;  // nothing: why has been logged
    std::string der;
    bool asked = true;  // false: the responder has failed or has too many to answer, and was not asked this
};

/// The control thread's, but for post().
class OcspDesk {
  public:
    using Question = std::shared_ptr<const tls::OcspQuestion>;
    using Done = std::function<void(const OcspVerdict&)>;
    using Tell = std::function<void(exchange::Level, const std::string&)>;
    using Fetch = std::function<void(Question, OcspFetcher::Done)>;  // calls back later, on the control thread
    using Asker = std::weak_ptr<const void>;                        // once it is gone, nobody wants to know

    OcspDesk(boost::asio::io_context& control, const core::Clock& clock, Tell tell, Fetch fetch)
        : control_(control), clock_(clock), tell_(std::move(tell)), fetch_(std::move(fetch)) {}

    /// When there is nothing else to ask that responder: nobody waits. `done` is called later, on the control thread; never,
    /// if that has ended before or the asker is gone.
    void ask_when_idle(Question question, Asker asker, Done done);
    /// Before those; from any thread.
    void post(Question question, Asker asker, Done done);
    /// In nginx's words: why, doing what, whom it was asked of.
    void tell(const tls::OcspQuestion& question, const std::string& why, const std::string& peer,
              exchange::Level level = exchange::Level::error);

    static constexpr unsigned most_under_way = 256;     // in all: a descriptor each
    static constexpr std::size_t most_askers = 16384;   // of one responder
    static constexpr std::size_t most_responders = 1024;

  private:
    struct Request {
        Question question;
        Asker asker;
        Done done;
        bool is_wanted() const { return !asker.expired(); }
    };
    using Requests = std::vector<Request>;  // of the same words
    struct Responder {
        OcspPace pace;
        std::map<std::string, Requests> questions;  // by their keys: those that wait and those under way
        std::deque<std::string> first, idle;        // keys of those that wait, the longest in front
        std::size_t askers = 0;
        std::string problem;  // why it rests
    };
    using Queue = std::deque<std::string> Responder::*;
    using Responders = std::map<std::string, Responder, std::less<>>;  // by host and port

    void ask(Request request, Queue queue);
    Responder* find_or_add(const std::string& name);
    static void drop_unwanted(Responder& responder);
    static Requests take(Responder& responder, const std::string& key);
    void begin_what_may();
    bool begin_one(const std::string& name, Responder& responder);
    void finish(const std::string& name, const std::string& key, core::Instant begun, const OcspFetched& fetched);
    void judge(const Requests& requests, const OcspFetched& fetched);
    void give_up(const Requests& requests, const std::string& why, const std::string& peer);
    void refuse(Request request, const std::string& why, exchange::Level level);

    boost::asio::io_context& control_;
    const core::Clock& clock_;
    Tell tell_;
    Fetch fetch_;
    Responders responders_;
    std::string last_turn_;  // whose question began last: the next one in order is next
    unsigned under_way_ = 0;
};

}  // namespace sluice::server
