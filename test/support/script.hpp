// What both sides of the proxy do, written once in order and then run again and again with something going wrong.
#pragma once

#include <string>
#include <vector>

#include "support/sim.hpp"

namespace sluice::test {

struct Step {
    enum class Side { client, peer, proxy };
    enum class What {
        sends,
        closes,
        half_closes,
        gets_answer,   // the next one: `status` and `text` as its body
        gets_interim,  // a 1xx of `status`
        gets_head,     // of the next request, whose first line begins with `text`
        gets_request,  // the next one: `text` begins its first line, `body`
        gets_bytes,    // the last bytes, through a tunnel, are `text`
        gets_end,
        listens,  // takes all that comes from now on, not only what it waits for
        waits,
        drains,
        stops,
    };
    Side side;
    std::size_t number;  // of the client, or of the connection to a peer in the order they are dialled
    What what;
    std::string text, body = {};
    int status = 0;
    std::string field = {};  // "name: value" that must be there, if not empty
    core::Duration time{};
    bool settled = true;  // false: the next step happens in the same turn of the loop

    Step at_once() && {
        settled = false;
        return std::move(*this);
    }
};

/// "*" as a body: any.
inline constexpr const char* any_body = "*";

/// The words of a script.
struct Client {
    std::size_t number = 0;
    Step sends(std::string bytes) const { return {Step::Side::client, number, Step::What::sends, std::move(bytes)}; }
    Step closes() const { return {Step::Side::client, number, Step::What::closes, ""}; }
    Step half_closes() const { return {Step::Side::client, number, Step::What::half_closes, ""}; }
    Step gets(int status, std::string body, std::string field = "") const {
        return {Step::Side::client, number, Step::What::gets_answer, std::move(body), "", status, std::move(field)};
    }
    Step gets_interim(int status) const {
        return {Step::Side::client, number, Step::What::gets_interim, "", "", status};
    }
    Step gets_bytes(std::string bytes) const {
        return {Step::Side::client, number, Step::What::gets_bytes, std::move(bytes)};
    }
    Step gets_end() const { return {Step::Side::client, number, Step::What::gets_end, ""}; }
};

struct Peer {
    std::size_t number = 0;
    Step sends(std::string bytes) const { return {Step::Side::peer, number, Step::What::sends, std::move(bytes)}; }
    Step closes() const { return {Step::Side::peer, number, Step::What::closes, ""}; }
    Step half_closes() const { return {Step::Side::peer, number, Step::What::half_closes, ""}; }
    Step listens() const { return {Step::Side::peer, number, Step::What::listens, ""}; }
    Step gets_head(std::string start) const {
        return {Step::Side::peer, number, Step::What::gets_head, std::move(start)};
    }
    Step gets(std::string start, std::string body = "", std::string field = "") const {
        return {Step::Side::peer, number, Step::What::gets_request, std::move(start),
                std::move(body),  0,      std::move(field)};
    }
    Step gets_bytes(std::string bytes) const {
        return {Step::Side::peer, number, Step::What::gets_bytes, std::move(bytes)};
    }
    Step gets_end() const { return {Step::Side::peer, number, Step::What::gets_end, ""}; }
};

struct Proxy {
    Step waits(core::Duration time) const { return {Step::Side::proxy, 0, Step::What::waits, "", "", 0, "", time}; }
    Step drains() const { return {Step::Side::proxy, 0, Step::What::drains, ""}; }
    Step stops() const { return {Step::Side::proxy, 0, Step::What::stops, ""}; }
};

namespace words {
inline constexpr Client client{0};
inline constexpr Peer peer{0}, second_peer{1};
inline constexpr Proxy proxy{};
}  // namespace words

struct Script {
    std::vector<Step> steps;
    bool idempotent = true;    // every request in it is
    bool until_close = false;  // the peer's close ends its answer: one that comes early cannot be told from it
    bool fails = false;        // as it stands, the client gets no whole answer
    Setup setup = {};
};

/// Runs the script as it stands, then failing before each of its steps in every way there is; all of that with messages
/// in one piece, cut up, byte by byte, and through tiny socket buffers. Reports what breaks a law (see laws.hpp).
void rerun(const Script& script);

/// Runs the script `times` times with up to four faults at once or one after the other, drawn by lot.
void shake(const Script& script, int times);

}  // namespace sluice::test
