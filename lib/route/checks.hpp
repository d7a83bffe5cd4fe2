// The checks of a route between its rewrites and what serves it, and how `satisfy` joins them.
#pragma once

#include "route/decide.hpp"

namespace sluice::route {

/// What one check says of a request. Silent: it is not there, or has nothing against the request and nothing for it.
struct CheckOutcome {
    enum class Kind : std::uint8_t { silent, granted, refused };
    Kind kind = Kind::silent;
    Decision refusal;  // refused
};

/// Joins what the checks of a route say. They are asked in nginx's order: allow and deny, name and password, another
/// location; so what costs little is asked first.
class JoinedChecks {
  public:
    explicit JoinedChecks(Satisfy satisfy) : any_(satisfy == Satisfy::any) {}

    /// False: it is known what comes of them all; the others are not asked.
    bool take(const CheckOutcome& outcome);

    /// nullptr: the request may go on. Of several refusals under `any` one that asks for a password comes first (401),
    /// then the last one.
    const Decision* refusal() const { return refused_ ? &refusal_ : nullptr; }

  private:
    bool any_, refused_ = false;
    Decision refusal_;
};

/// Whether the request may go on to what serves its route; else `decision` is made.
bool pass_checks(Scope& scope, Decision& decision, Trace* trace);

}  // namespace sluice::route
