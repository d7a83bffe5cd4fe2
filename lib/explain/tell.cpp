#include "explain/tell.hpp"

#include <algorithm>

#include "config/row.hpp"
#include "config/words.hpp"
#include "exchange/meaning.hpp"
#include "explain/choose.hpp"
#include "exchange/silent_requester.hpp"
#include "explain/parts.hpp"
#include "http/status.hpp"
#include "route/file_path.hpp"
#include "route/find_file.hpp"

namespace sluice::explain {

namespace {

using config::concat;
using config::in_quotes;
using route::Decision;
using route::Trace;

std::string name_of(Trace::Kind kind) {
    switch (kind) {
        case Trace::Kind::site:
            return "site";
        case Trace::Kind::search:
            return "search";
        case Trace::Kind::step:
            return "step";
        case Trace::Kind::check:
            return "check";
        case Trace::Kind::turn:
            return "turn";
    }
    return "";
}

/// The address that the client's connection is to, where the listener takes any.
net::Address local_of(const route::Listening& listening, const Asked& asked) {
    if (listening.address.family() == net::Address::Family::unix_path) return listening.address;
    const auto literal = net::Address::parse(asked.host, listening.address.port());
    if (literal && literal->family() == listening.address.family()) return *literal;
    return *net::Address::parse("127.0.0.1", listening.address.port());
}

class Teller {
  public:
    Teller(const route::Snapshot& snapshot, const Asked& asked, const route::Listening& listening,
           const core::Clock& clock, Story& story)
        : snapshot_(snapshot),
          asked_(asked),
          places_(snapshot),
          client_(local_of(listening, asked)),
          tools_{buffers_, dates_, clock, rng_, {}},
          story_(story) {
        x_.client = &asked.client;
        x_.local = &listening.address;
        x_.requester = &client_;
        x_.secure = asked_.secure.value_or(listening.secure);
        x_.record.connection = x_.record.number = 1;
        x_.record.when = clock.wall();
        x_.record.accepted = x_.record.began = x_.record.head_done = clock.now();
        scope_.emplace(snapshot, listening, x_, tools_);
    }

    void run() {
        const auto head = http::parse_request_head(asked_.head, 0, scope_->listening.head_limits, x_.head);
        x_.record.head_size = head.size;
        if (head.state == http::HeadState::failed) return refuse(head.status, head.why);
        if (const auto refusal = exchange::read_meaning(x_); refusal.status) return refuse(refusal.status, refusal.why);
        follow(route::decide(*scope_, &trace_));
        tell_site();
        tell_steps();
        tell_route();
    }

  private:
    using Kind = Decision::Kind;

    void tell_site() {
        if (asked_.brief)
            story_.site.chosen = {title_of(*scope_->site), "", places_.of(scope_->site->where)};
        else
            story_.site = describe_site(*scope_, trace_.name, places_);
    }

    /// Before anything is decided.
    void refuse(int status, const char* why) {
        tell_site();
        end("page", status, "", {"", why, {}});
        tell_route();
    }

    void end(std::string kind, int status, std::string_view text, Item item) {
        story_.outcome = {std::move(kind), status, std::string(text), std::move(item)};
    }

    /// As server/serve does, as far as it gets without a peer.
    void follow(Decision decision) {
        for (;;) {
            int status = decision.status;
            Item item{"", decision.why, places_.of(decision.where)};
            switch (decision.kind) {
                case Kind::respond:
                    return end("respond", status, decision.text, std::move(item));
                case Kind::redirect:
                    if (std::string_view(decision.why) != "error_page" && route::has_error_page(*scope_, status)) break;
                    return end("redirect", status, route::absolute_location(*scope_, decision.text), std::move(item));
                case Kind::close:
                    return end("close", status, "", std::move(item));
                case Kind::refuse:
                    break;
                case Kind::serve:
                    if (auto elsewhere = look_for_files()) {
                        if (story_.outcome.kind == "file") return;
                        decision = *elsewhere;
                        if (decision.kind != Kind::refuse) continue;
                        status = decision.status;
                        item = {"", decision.why, places_.of(decision.where)};
                        break;
                    }
                    if (std::holds_alternative<route::StubStatus>(scope_->route->content))
                        return end("counters", 200, "", {"", "stub_status", places_.of(scope_->route->where)});
                    why_ = pass();
                    if (why_.empty()) {
                        const auto next = after_peer();
                        if (!next) return;
                        decision = *next;
                        if (decision.kind != Kind::refuse) continue;
                        why_ = decision.why;
                    } else
                        decision = {Kind::refuse, story_.passing ? 502 : 404, {}, why_.c_str(), scope_->route->where};
                    status = decision.status;
                    item = {"", why_, places_.of(scope_->route->where)};
            }
            const auto turn = trace_.events.size();
            const auto instead = route::on_error(*scope_, status, &trace_);
            if (!instead) return end("page", status, "", std::move(item));
            tell_refusal(turn, status, decision);
            decision = *instead;
        }
    }

    /// Before the steps of the error page that takes over. What `return` says is there already.
    void tell_refusal(std::size_t at, int status, const Decision& decision) {
        if (std::string_view(decision.why) == "return") return;
        Trace::Event event{concat({std::to_string(status), ": ", decision.why}), decision.where, Trace::Kind::turn};
        trace_.events.insert(trace_.events.begin() + static_cast<std::ptrdiff_t>(at), std::move(event));
    }

    /// try_files and static files. nullopt: neither is here, or what is there goes on; else what comes of them.
    std::optional<Decision> look_for_files() {
        route::FileAnswer told;
        auto elsewhere = route::try_files(*scope_, told, &trace_);
        if (!elsewhere && std::holds_alternative<route::StaticFiles>(scope_->route->content) && !is_not_here_yet()) {
            told = route::find_file(*scope_, &trace_);
            elsewhere = told.decision;
            if (!elsewhere) {
                const auto path = route::path_of_uri(*scope_);
                end("file", scope_->error_status ? scope_->error_status : 200, path ? path->path : "", {"", "", places_.of(scope_->route->where)});
                return Decision{};
            }
        }
        if (elsewhere && elsewhere->kind == Kind::refuse && !*elsewhere->why) {
            why_ = told.log.empty() ? "no file is found" : told.log;
            elsewhere->why = why_.c_str();
        }
        return elsewhere;
    }

    /// Something else than files would serve here, by words that are not there yet; one to "https://" among them.
    bool is_not_here_yet() const {
        constexpr std::string_view others[] = {"stub_status", "empty_gif", "flv", "mp4", "autoindex", "random_index"};
        const auto blocks = places_.blocks_at(scope_->route->where);
        return !blocks.empty() && std::ranges::any_of(*blocks.front(), [&](const auto& d) {
            const auto& name = d.name.value;
            const auto* row = config::find_row(name, config::in::location);
            return name == "proxy_pass" || (row && row->support == config::Support::later && (name.ends_with("_pass") || std::ranges::count(others, name) > 0));
        });
    }

    /// "" if the request gets to a peer, or why not.
    std::string pass() {
        const auto* content = std::get_if<route::ProxyPass>(&scope_->route->content);
        if (!content) return "what would serve here is not in sluice yet";
        const auto destination = route::find_destination(*scope_, *content);
        scope_->peer_uri = destination.uri;
        story_.passing = describe_passing(*scope_, *content, destination, places_);
        if (!leads_somewhere(*scope_, *content, destination))
            return concat({in_quotes(destination.authority), " is no upstream, and no address"});
        end("pass", scope_->error_status, "", {"", "", places_.of(content->where)});
        return "";
    }

    /// What becomes of the answer that the question gives the peers. nullopt: the client gets it.
    std::optional<Decision> after_peer() {
        if (!asked_.peers || !story_.passing) return std::nullopt;
        const PeerAnswer& answer = *asked_.peers;
        const auto where = scope_->route->where;
        if (!answer.group.empty() && answer.group != story_.passing->group) return std::nullopt;
        if (!answer.spares.empty() && scope_->peer_uri.find(answer.spares) != scope_->peer_uri.npos)
            return std::nullopt;
        const auto tell = [&](std::string text) { trace_.add(where, std::move(text), Trace::Kind::turn); };
        if (answer.reset) {
            tell("no peer answers");
            return Decision{Kind::refuse, 502, {}, "no peer answers", where};
        }
        const bool heeded = (scope_->settings().proxy.ignored_fields & route::ignored::accel_redirect) == 0;
        if (!answer.redirect.empty() && heeded) {
            tell(concat({"the peer answers with X-Accel-Redirect: ", answer.redirect}));
            return route::follow_peer(*scope_, answer.redirect, &trace_);
        }
        if (answer.status == 0 || !route::intercepts(*scope_, answer.status)) {
            story_.outcome.status = scope_->error_status ? scope_->error_status : answer.status;
            return std::nullopt;
        }
        tell(concat({"the peer answers ", std::to_string(answer.status)}));
        return Decision{Kind::refuse, answer.status, {}, "the peer's answer is intercepted", where};
    }

    void tell_steps() {
        std::size_t search = 0;
        for (const auto& event : trace_.events) {
            Step step;
            step.kind = name_of(event.kind);
            step.item = {event.text, "", places_.of(event.where)};
            if (event.kind == Trace::Kind::search && !asked_.brief)
                describe_losers(*scope_->site, trace_.searches[search++].locations, places_, step);
            step.enters = event.enters;
            if (event.kind != Trace::Kind::site) story_.steps.push_back(std::move(step));
        }
        if (!scope_->gave_up.empty())
            story_.steps.push_back(
                {"step", {concat({"gave up matching ", in_quotes(scope_->gave_up)}), "too many steps", {}}, {}, 0});
    }

    void tell_route() {
        const auto& route = *scope_->route;
        story_.route = {route.title, scope_->internal ? "after an internal redirect or a rewrite" : "",
                        places_.of(route.where)};
        if (asked_.brief) return;
        describe_checks(*scope_, places_, story_.checks);
        for (const auto& event : trace_.events)
            if (event.kind == Trace::Kind::check) story_.checks.push_back({event.text, "", places_.of(event.where)});
        story_.later = later_words(*scope_, places_);
        describe_answer(*scope_, places_, story_);
    }

    const route::Snapshot& snapshot_;
    const Asked& asked_;
    const Places places_;
    exchange::SilentRequester client_;
    core::BufferPool buffers_;
    http::DateCache dates_;
    core::Rng rng_ = core::Rng::from_system();
    route::Tools tools_;
    exchange::Exchange x_;
    std::optional<route::Scope> scope_;
    Trace trace_;
    std::string why_;  // nothing serves
    Story& story_;
};

}  // namespace

Told tell(const route::Snapshot& snapshot, const Question& question, const core::Clock& clock) {
    Told out;
    const Asked asked = ask(question);
    out.error = asked.error;
    if (!out.error.empty()) return out;
    auto listener = choose_listener(snapshot, Places(snapshot), asked);
    out.error = listener.error;
    if (!listener.listening) return out;
    out.story.method = question.method;
    out.story.url = question.url;
    out.story.from = asked.client.ip();
    out.story.listener = std::move(listener.choice);
    Teller(snapshot, asked, *listener.listening, clock, out.story).run();
    return out;
}

}  // namespace sluice::explain
