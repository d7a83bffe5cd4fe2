// Signals that end a run early, with its result so far.
#pragma once

#include <csignal>

namespace sluice::bench {

/// A terminal that is closed ends a run as Ctrl-C does: what it made is put away.
inline constexpr int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/// Between runs: those signals wait for the next one, so that what has to be put away at the end is. Threads that are
/// started while this lives never get them.
class SignalsHeld {
  public:
    SignalsHeld();
    ~SignalsHeld();
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;

  private:
    sigset_t before_;
};

/// Whether one of those signals has come and waits.
bool is_to_end();
/// Readable when one does; they go on to wait. To be closed by who asks.
int ending_signals_descriptor();

/// While a run goes on, what is held back comes through: there is somebody who takes it.
class SignalsLet {
  public:
    SignalsLet();
    ~SignalsLet();
    SignalsLet(const SignalsLet&) = delete;
    SignalsLet& operator=(const SignalsLet&) = delete;

  private:
    sigset_t before_;
};

}  // namespace sluice::bench
