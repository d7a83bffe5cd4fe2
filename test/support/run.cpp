#include "support/run.hpp"

#include <algorithm>

#include "support/messages.hpp"

namespace sluice::test {

using What = Step::What;

std::string printable(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size() && i < 400; ++i) {
        const char c = bytes[i];
        if (c == '\r')
            out += "\\r";
        else if (c == '\n')
            out += "\\n";
        else
            out += c < ' ' || c > '~' ? '?' : c;
    }
    if (bytes.size() > 400) out += "... " + std::to_string(bytes.size()) + " bytes";
    return out;
}

std::string describe(const Step& step) {
    static constexpr const char* sides[] = {"client ", "peer ", "proxy "};
    static constexpr const char* whats[] = {"sends",     "closes",       "half-closes", "gets answer", "gets interim",
                                            "gets head", "gets request", "gets bytes",  "gets end",    "listens",
                                            "waits",     "drains",       "stops"};
    return sides[static_cast<int>(step.side)] + std::to_string(step.number) + " " + whats[static_cast<int>(step.what)] +
           " " + (step.status ? std::to_string(step.status) + " " : "") + '"' +
           printable(std::string_view(step.text).substr(0, 60)) + '"';
}

Run::Run(const Script& script) : script_(script), sim_(script.setup) {}

End* Run::client() { return sim_.clients() && sim_.client(0).is_alive() ? &sim_.client(0) : nullptr; }

End* Run::peer() {
    End* end = sim_.peers() ? sim_.last_peer() : nullptr;
    return end && end->is_alive() ? end : nullptr;
}

End* Run::end_of(const Step& step) {
    End* end = step.side == Step::Side::client ? &sim_.client(step.number) : sim_.peer(step.number);
    if (step.side == Step::Side::peer && lost_.count(step.number)) return nullptr;
    return end && end->is_alive() ? end : nullptr;
}

void Run::settle() {
    if (!sim_.settle()) complain("the loop does not come to rest");
}

void Run::pass(core::Duration time) {
    if (!sim_.pass(time)) complain("the loop does not come to rest");
}

void Run::listen_all() {
    for (std::size_t i = 0; i < sim_.clients(); ++i) sim_.client(i).listens(true);
    for (std::size_t i = 0; i < sim_.peers(); ++i) sim_.peer(i)->listens(true);
    settle();
}

void Run::play_next(bool must) {
    if (!is_over()) play(script_.steps[next_++], must);
}

/// For a proxy that is out of descriptors, or waits for its log.
void Run::wait_a_moment() {
    sim_.advance(std::chrono::milliseconds(sim_.log_is_stuck() ? 1000 : 100));
    settle();
}

void Run::missed(const Step& step, const std::string& complaint) {
    if (!complaint.empty()) complain(complaint + describe(step));
    const bool gets = step.what == What::gets_head || step.what == What::gets_request || step.what == What::gets_bytes;
    if (step.side != Step::Side::peer || !gets) return;
    // What the script has this peer say next would answer something else.
    lost_.insert(step.number);
    sim_.improvise(step.number);
}

void Run::play(const Step& step, bool must) {
    if (step.side == Step::Side::proxy) {
        if (step.what == What::waits) pass(step.time);
        if (step.what == What::drains) sim_.worker().drain();
        if (step.what == What::stops) sim_.worker().stop();
        return settle();
    }
    End* end = end_of(step);
    for (int i = 0; i < 10 && must && !end; ++i) {
        wait_a_moment();
        end = end_of(step);
    }
    if (!end) return missed(step, must ? "nobody is there for: " : "");
    switch (step.what) {
        case What::sends:
            end->send(step.text);
            break;
        case What::closes:
            end->close();
            break;
        case What::half_closes:
            end->half_close();
            break;
        case What::listens:
            end->listens_on();
            break;
        default:
            return await(step, *end, must);
    }
    if (step.settled)
        settle();
    else
        end->move(SIZE_MAX);
}

void Run::await(const Step& step, End& end, bool must) {
    end.listens(true);
    settle();
    for (int i = 0; i < 10 && must && !came(step, end); ++i) wait_a_moment();
    if (!came(step, end)) missed(step, must ? "did not come: " : "");
    end.listens(end.is_listening_on());
}

bool Run::came(const Step& step, End& end) {
    switch (step.what) {
        case What::gets_answer:
            return got_answer(step);
        case What::gets_head:
        case What::gets_request:
            return got_request(step, end);
        case What::gets_interim: {
            const auto interim = answers(step.number).interim;
            return std::find(interim.begin(), interim.end(), step.status) != interim.end();
        }
        case What::gets_bytes:
            return end.received().size() >= step.text.size() &&
                   end.received().compare(end.received().size() - step.text.size(), step.text.size(), step.text) == 0;
        case What::gets_end:
            return end.is_ended();
        default:
            return true;
    }
}

namespace {
bool has_field(const Message& message, const std::string& field) {
    if (field.empty()) return true;
    const auto colon = field.find(": ");
    const auto it = message.fields.find(field.substr(0, colon));
    return it != message.fields.end() && it->second == field.substr(colon + 2);
}
}  // namespace

bool Run::got_answer(const Step& step) {
    const auto all = answers(step.number).all;
    std::size_t place = 0;  // among the answers of this client
    for (const Step& other : script_.steps) {
        if (&other == &step) break;
        place += other.what == What::gets_answer && other.side == step.side && other.number == step.number;
    }
    if (all.size() <= place || !all[place].whole) return false;
    return all[place].status == step.status && (step.text == any_body || all[place].body == step.text) &&
           has_field(all[place], step.field);
}

bool Run::got_request(const Step& step, End& end) const {
    const auto all = parse_requests(end.received()).all;
    std::size_t place = 0;
    for (const Step& other : script_.steps) {
        if (&other == &step) break;
        place += other.what == What::gets_request && other.side == step.side && other.number == step.number;
    }
    if (all.size() <= place) return false;
    const Message& request = all[place];
    if (!request.head_whole || request.start.compare(0, step.text.size(), step.text) != 0) return false;
    return step.what == What::gets_head ||
           (request.whole && request.body == step.body && has_field(request, step.field));
}

namespace {
/// The first line of each request in `sent`, begun or whole; how many are whole.
std::vector<std::string> requests_in(std::string_view sent, bool upgraded, std::size_t& whole) {
    std::vector<std::string> out;
    whole = 0;
    while (!sent.empty()) {
        const auto start = std::min(sent.find_first_not_of("\r\n"), sent.size());
        const auto line = sent.substr(start, sent.find_first_of("\r\n", start) - start);
        if (line.empty()) break;
        out.emplace_back(line);
        const auto request = read_request(sent);
        if (request.status == Verdict::incomplete) break;
        ++whole;
        const bool refused = request.status != 0;
        const bool tunnel =
            upgraded && sent.substr(0, sent.size() - request.rest.size()).find("Upgrade: ") != std::string_view::npos;
        if (refused || tunnel) break;
        sent = sent.substr(sent.size() - request.rest.size());
    }
    return out;
}
}  // namespace

std::vector<std::string> Run::begun(std::size_t client) {
    std::size_t whole = 0;
    return requests_in(sim_.client(client).sent(), is_upgraded(client), whole);
}

/// What it sends is a tunnel's and no request.
bool Run::is_upgraded(std::size_t client) {
    return sim_.client(client).received().find("HTTP/1.1 101 ") != std::string::npos;
}

std::size_t Run::whole_requests(std::size_t client) {
    std::size_t whole = 0;
    requests_in(sim_.client(client).sent(), is_upgraded(client), whole);
    return whole;
}

Messages Run::answers(std::size_t number) {
    std::vector<bool> to_head;
    for (const auto& line : begun(number)) to_head.push_back(line.compare(0, 5, "HEAD ") == 0);
    End& end = sim_.client(number);
    return parse_answers(end.received(), end.is_ended(), to_head);
}

std::vector<Step> Run::expected(std::size_t number) const {
    std::vector<Step> out;
    for (const Step& step : script_.steps)
        if (step.what == What::gets_answer && step.number == number) out.push_back(step);
    return out;
}

namespace {
Messages said_by(End& peer) {
    std::vector<bool> to_head;
    for (const auto& request : parse_requests(peer.delivered()).all)
        to_head.push_back(request.start.compare(0, 5, "HEAD ") == 0);
    to_head.resize(100);
    return parse_answers(peer.sent(), false, to_head);
}
}  // namespace

std::size_t Run::answers_of_peers() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < sim_.peers(); ++i)
        for (const auto& answer : said_by(*sim_.peer(i)).all) count += answer.head_whole;
    return count;
}

bool Run::is_between_answers(End& peer) {
    const auto said = said_by(peer);
    return said.rest.empty() && (said.all.empty() || (said.all.back().whole && said.all.back().status != 101));
}

std::string Run::transcript() {
    std::string out;
    const auto tell = [&](const std::string& who, End& end) {
        const char* state = !end.is_open()     ? " (closed)"
                            : end.is_stalled() ? " (stalled)"
                            : end.is_ended()   ? " (ended)"
                                               : "";
        out +=
            who + state + "\n  sent     " + printable(end.sent()) + "\n  received " + printable(end.received()) + "\n";
    };
    for (std::size_t i = 0; i < sim_.clients(); ++i) tell("client " + std::to_string(i), sim_.client(i));
    for (std::size_t i = 0; i < sim_.peers(); ++i) tell("peer " + std::to_string(i), *sim_.peer(i));
    for (const auto& line : sim_.records()) out += "record " + line + "\n";
    return out + sim_.errors();
}

}  // namespace sluice::test
