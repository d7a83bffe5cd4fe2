// Questions to OCSP responders: those of the same words are asked once, and not too many at a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "exchange/reasons.hpp"
#include "server/ocsp_fetch.hpp"

namespace sluice::server {

/// What became of a question.
struct OcspVerdict {
    std::optional<tls::OcspAnswer> answer;  // nothing: why has been logged
    std::string der;
};

/// The control thread's, but for post().
class OcspDesk {
  public:
    using Question = std::shared_ptr<const tls::OcspQuestion>;
    using Done = std::function<void(const OcspVerdict&)>;
    using Tell = std::function<void(exchange::Level, const std::string&)>;

    /// `patience`: how long one address of a responder may take.
    OcspDesk(boost::asio::io_context& control, const core::Clock& clock, Tell tell,
             std::chrono::milliseconds patience = std::chrono::seconds(60));

    /// `done` is called later, on the control thread; never, if that has ended before.
    void ask(Question question, Done done);
    /// The same from any thread.
    void post(Question question, Done done);
    /// In nginx's words: why, doing what, whom it was asked of.
    void tell(const tls::OcspQuestion& question, const std::string& why, const std::string& peer);

    /// Some question is under way, perhaps looking for its responder's name, which nothing can end.
    bool is_busy() const { return under_way_ > 0; }

    static constexpr unsigned most_under_way = 64;

  private:
    struct Asker {
        Question question;
        Done done;
    };
    static boost::asio::awaitable<void> run(OcspDesk& desk, std::string key, Question question);
    void begin(std::string key, Question question);
    void finish(const std::string& key, const OcspFetched& fetched);

    boost::asio::io_context& control_;
    const core::Clock& clock_;
    Tell tell_;
    std::chrono::milliseconds patience_;
    std::map<std::string, std::vector<Asker>, std::less<>> askers_;
    std::deque<std::string> waiting_;  // keys of those that have not begun
    unsigned under_way_ = 0;
};

}  // namespace sluice::server
