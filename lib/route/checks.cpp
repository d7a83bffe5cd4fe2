#include "route/checks.hpp"

#include "route/access.hpp"

namespace sluice::route {

namespace {

using Kind = CheckOutcome::Kind;

CheckOutcome check_address(const Scope& scope, Trace* trace) {
    const auto& list = scope.settings().access;
    if (!list) return {};
    const auto* rule = list->find(*scope.x.client);
    if (trace) {
        const std::string who = scope.x.client->ip();
        if (rule)
            trace->add(rule->where, who + (rule->allows ? " is let in" : " is kept out") + " by " + std::string(scope.snapshot.conf.sources.text(rule->where)),
                       Trace::Kind::check);
        else
            trace->add(scope.route->where, "no allow or deny is about " + who, Trace::Kind::check);
    }
    if (!rule) return {};
    if (rule->allows) return {Kind::granted, {}};
    return {Kind::refused,
            {Decision::Kind::refuse, 403, {}, "access forbidden by rule", rule->where, exchange::Reason::denied_by_rule}};
}

}  // namespace

bool JoinedChecks::take(const CheckOutcome& outcome) {
    if (outcome.kind == Kind::silent) return true;
    if (outcome.kind == Kind::granted) {
        if (!any_) return true;
        refused_ = false;
        return false;
    }
    if (!refused_ || refusal_.status != 401) refusal_ = outcome.refusal;
    refused_ = true;
    return any_;
}

bool pass_checks(Scope& scope, Decision& decision, Trace* trace) {
    const auto& settings = scope.settings();
    if (!settings.access) return true;
    JoinedChecks checks(settings.satisfy);
    checks.take(check_address(scope, trace));
    if (const auto* refusal = checks.refusal()) {
        decision = *refusal;
        return false;
    }
    return true;
}

}  // namespace sluice::route
