#include "bench/signals.hpp"

#include <sys/signalfd.h>

#include <algorithm>

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

bool is_to_end() {
    sigset_t pending;
    sigpending(&pending);
    return std::ranges::any_of(ending_signals, [&](int number) { return sigismember(&pending, number) == 1; });
}

int ending_signals_descriptor() {
    const sigset_t held = all();
    return signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
}

SignalsLet::SignalsLet() {
    const sigset_t held = all();
    pthread_sigmask(SIG_UNBLOCK, &held, &before_);
}

SignalsLet::~SignalsLet() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace sluice::bench
