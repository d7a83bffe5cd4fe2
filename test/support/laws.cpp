#include "support/laws.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::test {

namespace {

bool is_idempotent(const std::string& line) {
    return line.compare(0, 5, "POST ") != 0 && line.compare(0, 6, "PATCH ") != 0;
}

/// The request line of an access log record.
std::string line_of(const std::string& record) {
    const auto start = record.find("] \"") + 3;
    return record.substr(start, record.find("\" ", start) - start);
}

bool is_ours(const Message& answer) {
    return answer.status >= 400 && (answer.body.find("\n<!-- reason: ") != std::string::npos || answer.body.empty());
}

/// The peer's answer as the script has it.
bool is_expected(const Message& answer, const std::vector<Step>& expected, std::size_t place) {
    if (place >= expected.size() || answer.status != expected[place].status) return false;
    return expected[place].text == any_body || answer.body == expected[place].text;
}

bool is_spare(const Message& answer) {
    return answer.status == 200 && (answer.body == Sim::spare_body || answer.body.empty());
}

/// An answer that ends with the connection and was cut short looks whole: nobody could tell.
bool is_beginning(const Run& run, const Message& answer, const std::vector<Step>& expected, std::size_t place) {
    if (!run.script().until_close || place >= expected.size() || answer.status != expected[place].status) return false;
    return expected[place].text.compare(0, answer.body.size(), answer.body) == 0;
}

void check_answers(Run& run, std::size_t client) {
    const auto begun = run.begun(client);
    const auto messages = run.answers(client);
    const auto expected = run.expected(client);
    const std::string who = "client " + std::to_string(client) + ": ";
    if (messages.malformed) run.complain(who + "an answer is malformed");
    for (std::size_t i = 0; i < messages.all.size(); ++i) {
        const Message& answer = messages.all[i];
        if (!answer.whole) continue;
        if (!is_ours(answer) && !is_expected(answer, expected, i) && !is_spare(answer) &&
            !is_beginning(run, answer, expected, i))
            run.complain(who + "answer " + std::to_string(i) + " looks whole and is not: " + printable(answer.body));
    }
    const bool tunnel = !messages.all.empty() && messages.all.back().status == 101;
    if (!tunnel && !messages.rest.empty()) run.complain(who + "more bytes than answers: " + printable(messages.rest));
}

/// One record for each request, none for what was none.
void check_records(Run& run, bool stopped) {
    if (run.script().setup.log == Setup::Log::none) return;
    std::size_t begun = 0, answered = 0, at_least = 0;
    for (std::size_t i = 0; i < run.sim().clients(); ++i) {
        begun += run.begun(i).size();
        at_least += std::min<std::size_t>(run.begun(i).size(), 1);
        answered += run.answers(i).all.size();
    }
    const auto records = run.sim().records();
    std::set<std::string> lines;
    for (const auto& record : records)
        if (!lines.insert(line_of(record)).second) run.complain("two records of one request: " + line_of(record));
    if (records.size() > begun) run.complain("more records than requests");
    if (records.size() < answered) run.complain("fewer records than answers");
    if (!stopped && records.size() < at_least) run.complain("a request has no record");
}

/// Each is logged once, when it has failed for good.
void check_errors(Run& run) {
    std::map<std::string, int> final_lines;
    const std::string text = run.sim().errors();
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        const auto line = text.substr(at, end - at);
        at = end + 1;
        const auto request = line.find(", request: ");
        if (request == std::string::npos || line.find("trying again") != std::string::npos) continue;
        if (++final_lines[line.substr(request)] == 2) run.complain("logged twice: " + line);
    }
}

/// What cannot be repeated has reached one peer at most.
void check_deliveries(Run& run) {
    std::map<std::string, int> reached;
    for (std::size_t i = 0; i < run.sim().peers(); ++i) {
        const std::string& bytes = run.sim().peer(i)->delivered();
        std::set<std::string> lines;
        for (std::size_t c = 0; c < run.sim().clients(); ++c)
            for (const auto& line : run.begun(c))
                if (bytes.find(line + "\r\n") != std::string::npos) lines.insert(line);
        for (const auto& line : lines)
            if (++reached[line] == 2 && !is_idempotent(line)) run.complain("delivered twice: " + line);
    }
}

/// Answers that the fault could not prevent.
void check_promises(Run& run, const Fault& fault, const Before& before) {
    if (run.script().fails) return;
    for (std::size_t c = 0; c < run.sim().clients(); ++c) {
        const auto all = run.answers(c).all;
        const auto expected = run.expected(c);
        const auto before_at = [&](const std::vector<std::size_t>& v) { return c < v.size() ? v[c] : 0; };
        const auto answered = before_at(before.answered);
        const std::string who = std::string(fault.name) + ": client " + std::to_string(c);
        const auto is_good = [&](std::size_t i) {
            return i < all.size() && all[i].whole &&
                   (is_expected(all[i], expected, i) || is_spare(all[i]) || is_beginning(run, all[i], expected, i));
        };
        if (!run.sim().client(c).is_open()) continue;
        const bool others_are_well = run.script().setup.spare == Setup::Spare::answer;
        if (others_are_well && fault.kind == Fault::Kind::peer && run.script().idempotent &&
            before.answers_of_peers == answered) {
            for (std::size_t i = 0; i < std::min(run.begun(c).size(), expected.size()); ++i)
                if (!is_good(i)) run.complain(who + " was not answered although other peers are well");
        }
        const bool ends_in_time = fault.kind == Fault::Kind::drain || fault.name == std::string("client half-closes");
        const auto& under_way = fault.kind == Fault::Kind::drain ? before.begun : before.whole;
        // A head that the script never completes is owed nothing.
        if (ends_in_time && std::min(before_at(under_way), expected.size()) > answered && !is_good(answered))
            run.complain(who + " lost the request that was under way");
    }
}

}  // namespace

Before look(Run& run) {
    Before out;
    for (std::size_t c = 0; c < run.sim().clients(); ++c) {
        run.sim().client(c).take_all();
        out.begun.push_back(run.begun(c).size());
        out.whole.push_back(run.whole_requests(c));
        const auto all = run.answers(c).all;
        out.answered.push_back(
            static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const auto& a) { return a.whole; })));
    }
    out.answers_of_peers = run.answers_of_peers();
    return out;
}

void check_rest(Run& run) {
    for (std::size_t c = 0; c < run.sim().clients(); ++c) {
        run.sim().client(c).take_all();
        if (run.sim().client(c).is_ended()) return;  // the proxy may be waiting for the client's end
    }
    if (const auto leaks = run.sim().what_leaks(false); !leaks.empty()) run.complain("at rest: " + leaks);
    std::size_t begun = 0;
    for (std::size_t c = 0; c < run.sim().clients(); ++c) {
        if (!run.sim().client(c).is_open()) return;
        begun += run.begun(c).size();
    }
    if (run.script().setup.log == Setup::Log::written && run.sim().records().size() != begun)
        run.complain("not one record per request");
}

void check_end(Run& run, const Fault& fault, const Before& before) {
    run.sim().accept_pending();  // so that what became of them can be seen
    run.listen_all();
    if (const auto leaks = run.sim().what_leaks(true); !leaks.empty()) run.complain("at the end: " + leaks);
    const bool ends = fault.kind == Fault::Kind::drain || fault.kind == Fault::Kind::stop;
    if (ends && run.sim().is_running()) run.complain("the worker runs on");
    if (!run.sim().is_running()) run.sim().end_worker();
    run.listen_all();
    for (std::size_t c = 0; c < run.sim().clients(); ++c) {
        End& end = run.sim().client(c);
        if (end.is_alive() && !end.is_ended()) run.complain("client " + std::to_string(c) + " is still connected");
        check_answers(run, c);
    }
    for (std::size_t i = 0; i < run.sim().peers(); ++i)
        if (run.sim().peer(i)->is_alive() && !run.sim().peer(i)->is_ended())
            run.complain("peer " + std::to_string(i) + " is still connected");
    check_deliveries(run);
    check_errors(run);
    check_promises(run, fault, before);
    const bool stopped = !run.sim().is_running();
    run.sim().end_worker();
    check_records(run, stopped);
}

}  // namespace sluice::test
