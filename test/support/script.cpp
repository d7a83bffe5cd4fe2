#include "support/script.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/faults.hpp"
#include "support/laws.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using What = Step::What;

namespace {

bool has_tunnel(const Script& script) {
    return std::any_of(script.steps.begin(), script.steps.end(), [](const Step& s) { return s.status == 101; });
}

/// Lets every deadline pass that can follow another, until nobody is left.
void wait_for_the_end(Run& run) {
    run.listen_all();
    for (int minutes = 0; minutes < 90 && run.is_well() && run.sim().is_running(); ++minutes) {
        if (run.sim().worker().connections() == 0 && run.sim().worker().loop().watching() == 0) return;
        run.pass(1min);
        run.listen_all();
    }
}

/// Plays the script up to `where`, lets the fault happen there, and goes on as far as that goes.
std::string run_once(const Script& script, const Fault& fault, std::size_t where) {
    Run run(script);
    run.sim().client(0);
    while (run.next() < where && run.is_well()) run.play_next(true);
    const Before before = look(run);
    const bool harmless = fault.kind == Fault::Kind::harmless;
    fault.happen(run);
    if (where == 0 || script.steps[where - 1].settled) run.settle();
    while (!run.is_over() && run.is_well()) run.play_next(harmless);
    if (harmless && run.is_well() && !has_tunnel(script)) check_rest(run);
    wait_for_the_end(run);
    check_end(run, fault, before);
    return run.is_well() ? "" : run.wrong() + run.transcript();
}

/// Sends become several: in the middle of lines, at their ends, before the last byte.
std::vector<Step> cut_up(const std::vector<Step>& steps) {
    std::vector<Step> out;
    for (const Step& step : steps) {
        std::vector<std::size_t> cuts;
        if (step.what == What::sends) {
            const std::string& text = step.text;
            const auto line = text.find("\r\n"), head = text.find("\r\n\r\n");
            for (const auto cut : {std::size_t{1}, line == text.npos ? 0 : line + 1, head == text.npos ? 0 : head + 3,
                                   head == text.npos ? 0 : head + 4, text.size() / 2, text.size() - 1})
                if (cut > 0 && cut < text.size()) cuts.push_back(cut);
        }
        std::sort(cuts.begin(), cuts.end());
        cuts.push_back(step.text.size());
        std::size_t from = 0;
        for (const auto cut : cuts) {
            if (cut == from && cut != 0) continue;
            Step piece = step;
            if (step.what == What::sends) piece.text = step.text.substr(from, cut - from);
            out.push_back(piece);
            from = cut;
        }
    }
    return out;
}

struct Mode {
    const char* name;
    bool cut;
    std::size_t pieces;  // into which the longest message is cut; 0: none
    int send_buffer;
    Setup::Log log;
    Setup::Spare spare;
};
constexpr Mode modes[] = {
    {"whole messages", false, 0, 0, Setup::Log::written, Setup::Spare::answer},
    {"whole messages, no access log", false, 0, 0, Setup::Log::none, Setup::Spare::refuse},
    {"cut up, small buffers", true, 0, 4608, Setup::Log::written, Setup::Spare::answer},
    {"byte by byte", false, 400, 4608, Setup::Log::written, Setup::Spare::answer},
    {"log stuck", false, 0, 0, Setup::Log::stuck, Setup::Spare::answer},
};

std::size_t peers_in(const Script& script) {
    std::size_t count = 0;
    for (const Step& s : script.steps)
        if (s.side == Step::Side::peer) count = std::max(count, s.number + 1);
    return count;
}

Script in_mode(Script script, const Mode& mode) {
    std::size_t longest = 1;
    for (const Step& s : script.steps) longest = std::max(longest, s.text.size());
    if (mode.cut) script.steps = cut_up(script.steps);
    if (mode.pieces) script.setup.piece = (longest + mode.pieces - 1) / mode.pieces;
    script.setup.send_buffer = mode.send_buffer;
    script.setup.log = mode.log;
    script.setup.spare = mode.spare;
    script.setup.scripted_peers = peers_in(script);
    return script;
}

/// Reports a few failures: the first says it all, as a rule.
class Reports {
  public:
    bool are_enough() const { return count_ >= 3; }
    bool add(const Mode& mode, const Script& script, const Fault& fault, std::size_t where, const std::string& wrong) {
        if (wrong.empty()) return false;
        ++count_;
        const std::string step = where < script.steps.size() ? describe(script.steps[where]) : "the end";
        FAIL_CHECK(mode.name << ": " << fault.name << " before step " << where << ", " << step << "\n" << wrong);
        return true;
    }

  private:
    int count_ = 0;
};

}  // namespace

void rerun(const Script& written) {
    Reports reports;
    for (const Mode& mode : modes) {
        const Script script = in_mode(written, mode);
        const Fault& none = faults()[0];
        if (reports.add(mode, script, none, 0, run_once(script, none, 0))) return;
        for (std::size_t where = 0; where <= script.steps.size(); ++where)
            for (const Fault& fault : faults().subspan(1)) {
                if (fault.of_disk && !script.setup.buffers) continue;
                reports.add(mode, script, fault, where, run_once(script, fault, where));
                if (reports.are_enough()) return;
            }
    }
    SUCCEED();
}

namespace {

/// A run in which anything may happen, and nothing is promised but that all ends well.
std::string shake_once(const Script& script, core::Rng& rng, std::string& happened) {
    static constexpr Fault anything{"several faults", Fault::Kind::several, [](Run&) {}};
    Run run(script);
    run.sim().client(0);
    const auto all = faults();
    const Before nothing;
    for (auto faults_left = rng.next() % 4 + 1; !run.is_over();) {
        if (faults_left > 0 && rng.next() % (script.steps.size() / 2) == 0) {
            const Fault& fault = all[rng.next() % all.size()];
            happened += std::string("; ") + fault.name + " before step " + std::to_string(run.next());
            fault.happen(run);
            if (rng.next() % 2) run.settle();
            --faults_left;
        } else {
            run.play_next();
        }
    }
    wait_for_the_end(run);
    check_end(run, anything, nothing);
    return run.is_well() ? "" : run.wrong() + run.transcript();
}

}  // namespace

void shake(const Script& written, int times) {
    core::Rng rng(20'261'118);
    int failures = 0;
    for (int i = 0; i < times && failures < 3; ++i) {
        const Script script = in_mode(written, modes[rng.next() % std::size(modes)]);
        std::string happened = "run " + std::to_string(i);
        const auto wrong = shake_once(script, rng, happened);
        if (wrong.empty()) continue;
        ++failures;
        FAIL_CHECK(happened << "\n" << wrong);
    }
    SUCCEED();
}

}  // namespace sluice::test
