#include "bench/signals.hpp"

namespace sluice::bench {

namespace {

sigset_t all() {
    sigset_t out;
    sigemptyset(&out);
    for (const int number : ending_signals) sigaddset(&out, number);
    return out;
}

}  // namespace

SignalsHeld::SignalsHeld() {
    const sigset_t held = all();
    pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

SignalsLet::SignalsLet() {
    const sigset_t held = all();
    pthread_sigmask(SIG_UNBLOCK, &held, &before_);
}

SignalsLet::~SignalsLet() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace sluice::bench
