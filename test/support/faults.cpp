#include "support/faults.hpp"

namespace sluice::test {

using namespace std::chrono_literals;

namespace {

// Each leaves the loop untouched: what happens at once is met by the proxy in one turn.

void client_resets(Run& r) {
    if (End* e = r.client()) e->close();
}
void client_closes(Run& r) {
    if (End* e = r.client()) e->take_all(), e->close();
}
void client_half_closes(Run& r) {
    if (End* e = r.client()) e->half_close();
}
void client_stalls(Run& r) {
    if (End* e = r.client()) e->stalls();
}
void peer_resets(Run& r) {
    if (End* e = r.peer()) e->close();
}
void peer_closes(Run& r) {
    if (End* e = r.peer()) e->take_all(), e->close();
}
void peer_half_closes(Run& r) {
    if (End* e = r.peer()) e->half_close();
}
void peer_stalls(Run& r) {
    if (End* e = r.peer()) e->stalls();
}
void peer_talks_nonsense(Run& r) {
    if (End* e = r.peer(); e && r.is_between_answers(*e)) e->send(std::string("\0nonsense\r\n\r\n", 13));
}
void drain(Run& r) { r.sim().worker().drain(); }
void stop(Run& r) { r.sim().worker().stop(); }

using Outcome = Dialled;
constexpr Fault table[] = {
    {"nothing happens", Fault::Kind::harmless, [](Run&) {}},
    {"the next dial is refused", Fault::Kind::harmless, [](Run& r) { r.sim().next_dials({Outcome::refused}); }},
    {"descriptors run out for two dials", Fault::Kind::harmless,
     [](Run& r) {
         r.sim().next_dials({Outcome::no_descriptors, Outcome::no_descriptors});
     }},
    {"the disk is full", Fault::Kind::harmless, [](Run& r) { r.sim().disk().fills_after(0); }, true},
    {"the disk is full soon", Fault::Kind::harmless, [](Run& r) { r.sim().disk().fills_after(2); }, true},
    {"a second passes", Fault::Kind::harmless, [](Run& r) { r.sim().advance(1s); }},

    {"client closes", Fault::Kind::client, client_closes},
    {"client resets", Fault::Kind::client, client_resets},
    {"client half-closes", Fault::Kind::client, client_half_closes},
    {"client stalls", Fault::Kind::client, client_stalls},

    {"peer closes", Fault::Kind::peer, peer_closes},
    {"peer resets", Fault::Kind::peer, peer_resets},
    {"peer half-closes", Fault::Kind::peer, peer_half_closes},
    {"peer stalls", Fault::Kind::peer, peer_stalls},
    {"peer stalls, then resets", Fault::Kind::peer, [](Run& r) { r.settle(), r.pass(30s), peer_resets(r); }},
    {"the next dial is pending", Fault::Kind::peer, [](Run& r) { r.sim().next_dials({Outcome::pending}); }},

    {"peer talks nonsense", Fault::Kind::several, peer_talks_nonsense},
    {"every dial is refused", Fault::Kind::peers, [](Run& r) { r.sim().next_dials({}, Outcome::refused); }},
    {"every dial is pending", Fault::Kind::peers, [](Run& r) { r.sim().next_dials({}, Outcome::pending); }},
    {"descriptors run out", Fault::Kind::peers, [](Run& r) { r.sim().next_dials({}, Outcome::no_descriptors); }},

    {"drain", Fault::Kind::drain, drain},
    {"stop", Fault::Kind::stop, stop},

    {"a minute passes", Fault::Kind::several, [](Run& r) { r.sim().advance(61s); }},
    {"both close", Fault::Kind::several, [](Run& r) { client_closes(r), peer_closes(r); }},
    {"both reset", Fault::Kind::several, [](Run& r) { client_resets(r), peer_resets(r); }},
    {"both half-close", Fault::Kind::several, [](Run& r) { client_half_closes(r), peer_half_closes(r); }},
    {"both stall", Fault::Kind::several, [](Run& r) { client_stalls(r), peer_stalls(r); }},
    {"client resets as a minute passes", Fault::Kind::several, [](Run& r) { client_resets(r), r.sim().advance(61s); }},
    {"peer resets as a minute passes", Fault::Kind::several, [](Run& r) { peer_resets(r), r.sim().advance(61s); }},
    {"client stalls and peer resets", Fault::Kind::several, [](Run& r) { client_stalls(r), peer_resets(r); }},
    {"peer stalls and client resets", Fault::Kind::several, [](Run& r) { peer_stalls(r), client_resets(r); }},
    {"drain as the client closes", Fault::Kind::several, [](Run& r) { drain(r), client_closes(r); }},
    {"drain as the peer resets", Fault::Kind::several, [](Run& r) { drain(r), peer_resets(r); }},
    {"drain, then the peer stalls", Fault::Kind::several, [](Run& r) { drain(r), peer_stalls(r); }},
    {"client resets while descriptors run out", Fault::Kind::several,
     [](Run& r) { r.sim().next_dials({}, Outcome::no_descriptors), r.play_next(), client_resets(r); }},
    {"client resets while a dial is pending", Fault::Kind::several,
     [](Run& r) { r.sim().next_dials({}, Outcome::pending), r.play_next(), client_resets(r); }},
    {"stop as both reset", Fault::Kind::stop, [](Run& r) { stop(r), client_resets(r), peer_resets(r); }},
    {"stop as a minute passes", Fault::Kind::stop, [](Run& r) { stop(r), r.sim().advance(61s); }},
    {"stop while descriptors run out", Fault::Kind::stop,
     [](Run& r) { r.sim().next_dials({}, Outcome::no_descriptors), r.play_next(), stop(r); }},
    {"stop while a dial is pending", Fault::Kind::stop,
     [](Run& r) { r.sim().next_dials({}, Outcome::pending), r.play_next(), stop(r); }},
};

}  // namespace

std::span<const Fault> faults() { return table; }

}  // namespace sluice::test
