#include "route/run_script.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "core/text.hpp"
#include "route/uri.hpp"

namespace sluice::route {

namespace {

using vars::Part;

bool is_true(std::string_view value) { return !value.empty() && value != "0"; }

bool test_file(Condition::Test test, std::string_view path) {
    const std::string name(path);
    struct stat file {};
    if (stat(name.c_str(), &file) != 0) return false;
    switch (test) {
        case Condition::Test::file: return S_ISREG(file.st_mode);
        case Condition::Test::folder: return S_ISDIR(file.st_mode);
        case Condition::Test::executable: return access(name.c_str(), X_OK) == 0;
        default: return true;
    }
}

constexpr std::size_t longest_uri = 64 * 1024;  // that rewrites may make

class Runner {
  public:
    Runner(Scope& scope, Decision& decision, Trace* trace) : scope_(scope), decision_(decision), trace_(trace) {}

    Flow run(const Script& script) {
        bool changed = false;
        for (const Step& step : script) {
            const Flow flow = std::visit([&](const auto& what) { return take(what, step.where); }, step.what);
            if (flow == Flow::search && !ends_here_) changed = true;
            if (flow == Flow::on || (flow == Flow::search && !ends_here_)) continue;
            return flow;
        }
        return changed ? Flow::search : Flow::on;
    }

  private:
    /// As in nginx, $1 and its like are empty after a match that failed.
    bool match(const Matcher& matcher, std::string_view subject) {
        const auto before = std::exchange(scope_.gave_up, {});
        const bool yes = scope_.match(matcher, subject);
        gave_up_ = !scope_.gave_up.empty();
        if (!gave_up_) scope_.gave_up = before;
        if (!yes) scope_.take_captures({}, core::Captures());
        return note_match(matcher, subject, yes);
    }

    /// To go on as if it had not matched could open what the conf is to keep shut.
    Flow give_up(config::Span where) {
        decision_ = {Decision::Kind::refuse, 500, {}, "", where, exchange::Reason::pattern_limit};
        return Flow::decided;
    }

    bool holds(const Condition& condition) {
        using Test = Condition::Test;
        const auto subject = text_of(condition.subject, quotes_);
        bool result = false;
        if (condition.test == Test::truth)
            result = is_true(subject);
        else if (condition.test == Test::equals)
            result = subject == text_of(condition.other, quotes_);
        else if (condition.test == Test::matches)
            result = match(*condition.matcher, subject);
        else
            result = test_file(condition.test, subject);
        return result != condition.negated;
    }

    Flow take(const SetStep& step, config::Span where) {
        const auto value = text_of(step.value, quotes_);
        scope_.set(step.variable, value);
        if (trace_) tell(where, "set $" + scope_.snapshot.variables[step.variable].name + " to \"" + std::string(value) + '"');
        return Flow::on;
    }

    Flow take(const BreakStep&, config::Span where) {
        if (trace_) tell(where, "break: no further rewriting");
        return Flow::stop;
    }

    Flow take(const ReturnStep& step, config::Span where) {
        const bool redirects = is_redirect(step.status);
        decision_ = {Decision::Kind::refuse, step.status, {}, "return", where};
        if ((step.status == 444 || step.status == 499) && !step.has_text)
            decision_.kind = Decision::Kind::close;
        else if (redirects)
            decision_.kind = Decision::Kind::redirect;
        else if (step.has_text || step.status < 400)
            decision_.kind = Decision::Kind::respond;
        if (step.has_text) {
            // $status inside the text is the answer's own.
            auto& status = scope_.x.record.status;
            status = scope_.error_status ? scope_.error_status : step.status;
            decision_.text = scope_.evaluate(step.text);
            status = 0;
        }
        if (trace_) tell(where, "return " + std::to_string(step.status) + (step.has_text ? " \"" + std::string(decision_.text) + '"' : ""));
        return Flow::decided;
    }

    Flow take(const RewriteStep& step, config::Span where) {
        const auto subject = scope_.uri;
        const bool matches = match(step.matcher, subject);
        if (gave_up_) return give_up(where);
        if (!matches) {
            if (trace_) tell(where, "rewrite \"" + step.matcher.regex.pattern() + "\" does not match \"" + std::string(subject) + '"');
            return Flow::on;
        }
        const bool redirects = step.absolute || step.end == RewriteStep::End::redirect || step.end == RewriteStep::End::permanent;
        if (redirects) return redirect(step, where);
        const auto path = text_of(step.replacement, false);
        quotes_ = false;
        if (step.has_args) {
            core::ArenaText args(scope_.arena);
            args.append(text_of(step.args, true));
            if (!step.drop_args && !scope_.args.empty()) {
                args.push_back('&');
                args.append(scope_.args);
            }
            scope_.args = args.view();
        } else if (step.drop_args) {
            scope_.args = {};
        }
        scope_.uri = path;
        scope_.internal = true;
        scope_.uri_is_as_sent = false;
        if (trace_) tell(where, "rewrite \"" + step.matcher.regex.pattern() + "\" matches: the URI is now \"" + std::string(path) + '"');
        if (logs()) scope_.rewrites->push_back("rewritten data: \"" + std::string(path) + "\", args: \"" + std::string(scope_.args) + '"');
        if (path.size() + scope_.args.size() > longest_uri) {
            decision_ = {Decision::Kind::refuse, 500, {}, "the rewritten URI is too long", where, exchange::Reason::rewrite_too_long};
            return Flow::decided;
        }
        if (path.empty()) {
            decision_ = {Decision::Kind::refuse, 500, {}, "the rewritten URI is empty", where};
            return Flow::decided;
        }
        if (step.end == RewriteStep::End::stop) {
            scope_.at_location = false;
            return Flow::stop;
        }
        ends_here_ = step.end == RewriteStep::End::last;
        return Flow::search;
    }

    Flow redirect(const RewriteStep& step, config::Span where) {
        core::ArenaText out(scope_.arena);
        std::string decoded;
        unescape(text_of(step.replacement, true), Unescape::redirect, decoded);
        out.append(decoded);
        if (step.has_args) {
            out.push_back('?');
            out.append(text_of(step.args, true));
        }
        if (!step.drop_args && !scope_.args.empty()) {
            out.push_back(step.has_args ? '&' : '?');
            out.append(scope_.args);
        }
        const int status = step.end == RewriteStep::End::permanent ? 301 : 302;
        decision_ = {Decision::Kind::redirect, status, out.view(), "rewrite", where};
        if (logs()) scope_.rewrites->push_back("rewritten redirect: \"" + std::string(out.view()) + '"');
        if (trace_) tell(where, "rewrite \"" + step.matcher.regex.pattern() + "\" matches: " + std::to_string(status) + " to \"" + std::string(out.view()) + '"');
        return Flow::decided;
    }

    Flow take(const IfStep& step, config::Span where) {
        const bool yes = holds(step.condition);
        if (gave_up_) return give_up(where);
        if (trace_) tell(where, std::string(scope_.snapshot.conf.sources.text(where)) + (yes ? " holds" : " does not hold"));
        if (!yes) return Flow::on;
        if (step.route) scope_.route = step.route;
        return run(step.then);
    }

    /// nginx escapes captures where they go into arguments or a redirect, and in set and if until a rewrite has matched;
    /// all that only if the request's own URI was escaped.
    std::string_view text_of(const vars::Template& text, bool escapes) {
        if (!escapes || !(scope_.quoted || scope_.plus) || !text.has_captures()) return scope_.evaluate(text);
        std::string out;
        for (const Part& part : text.parts()) {
            if (part.kind == Part::Kind::capture)
                escape(scope_.part(part), Escape::args, out);
            else
                out += scope_.part(part);
        }
        return scope_.arena.keep(out);
    }

    /// In nginx's words.
    bool logs() const { return scope_.rewrites && scope_.settings().rewrite_log; }
    bool note_match(const Matcher& matcher, std::string_view subject, bool yes) {
        if (logs()) scope_.rewrites->push_back('"' + matcher.regex.pattern() + (yes ? "\" matches \"" : "\" does not match \"") + std::string(subject) + '"');
        return yes;
    }

    void tell(config::Span where, std::string text) { trace_->add(where, std::move(text)); }

    Scope& scope_;
    Decision& decision_;
    Trace* trace_;
    bool gave_up_ = false;    // a regex took too many steps
    bool ends_here_ = false;  // "last"
    bool quotes_ = true;      // captures in set and if are escaped
};

}  // namespace

Flow run_script(const Script& script, Scope& scope, Decision& decision, Trace* trace) {
    if (script.empty()) return Flow::on;
    return Runner(scope, decision, trace).run(script);
}

}  // namespace sluice::route
