// One run of a script: plays its steps, and knows what has come of it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "support/answers.hpp"
#include "support/script.hpp"

namespace sluice::test {

class Run {
  public:
    explicit Run(const Script& script);

    Sim& sim() { return sim_; }
    const Script& script() const { return script_; }

    /// The client and the connection to a peer that the steps are about; nullptr: there is none yet, or it is over.
    End* client();
    End* peer();

    /// Does the next step and lets everything settle. `must`: what does not come is a fault of the proxy.
    void play_next(bool must = false);
    bool is_over() const { return next_ == script_.steps.size(); }
    std::size_t next() const { return next_; }

    /// From here on everybody listens who can.
    void listen_all();
    void settle();
    void pass(core::Duration time);

    void complain(const std::string& what) { wrong_ += what + "\n"; }
    const std::string& wrong() const { return wrong_; }
    bool is_well() const { return wrong_.empty(); }

    /// Requests that this client has begun, by what it has sent: the first lines.
    std::vector<std::string> begun(std::size_t client);
    /// How many of them it has sent to their end.
    std::size_t whole_requests(std::size_t client);
    Messages answers(std::size_t client);
    /// What the script says the client gets, in order.
    std::vector<Step> expected(std::size_t client) const;
    /// Final answers of which a peer has sent the whole head.
    std::size_t answers_of_peers();

    /// Whatever this peer sends next is the beginning of a head.
    static bool is_between_answers(End& peer);

    /// Everything that was said, for whoever looks for the cause.
    std::string transcript();

  private:
    bool is_upgraded(std::size_t client);
    void play(const Step& step, bool must);
    void await(const Step& step, End& end, bool must);
    void missed(const Step& step, const std::string& complaint);
    void wait_a_moment();
    End* end_of(const Step& step);
    bool came(const Step& step, End& end);
    bool got_answer(const Step& step);
    bool got_request(const Step& step, End& end) const;

    const Script& script_;
    Sim sim_;
    std::size_t next_ = 0;
    std::set<std::size_t> lost_;  // peers that no longer follow the script
    std::string wrong_;
};

/// Says what the step was.
std::string describe(const Step& step);

/// `bytes` so that they can be read in a report.
std::string printable(std::string_view bytes);

}  // namespace sluice::test
