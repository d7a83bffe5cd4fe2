#include "bench/routes.hpp"

#include <algorithm>
#include <map>

#include "bench/sample.hpp"
#include "config/words.hpp"
#include "core/clock.hpp"
#include "explain/choose.hpp"
#include "explain/tell.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using Kind = route::LocationSpec::Kind;

/// As it may stand in a request line.
std::string escaped_uri(std::string_view path) {
    constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte >= 0x7f || c == '%' || c == '?' || c == '#' || c == '"' || c == '<' || c == '>')
            out += {'%', hex[byte >> 4], hex[byte & 15]};
        else
            out += c;
    }
    return out;
}

class Finder {
  public:
    Finder(const route::Snapshot& snapshot, const Staged& staged, const std::string& method,
           const std::vector<std::string>& fields)
        : snapshot_(snapshot), staged_(staged), method_(method), fields_(fields) {}

    std::vector<DrivenRoute> run() {
        for (const route::Site& site : snapshot_.sites) add_site(site);
        return std::move(out_);
    }

  private:
    struct Door {
        const route::Listening* listening;
        std::string host;
    };

    ConfPlace place_of(config::Span where) const {
        if (!where.known()) return {};
        const auto line = snapshot_.conf.sources.position(where).line;
        return line <= staged_.places.size() ? staged_.places[line - 1] : ConfPlace{};
    }

    std::uint32_t line_of(config::Span where) const {
        return where.known() ? snapshot_.conf.sources.position(where).line : 0;
    }

    std::optional<explain::Story> ask(const Door& door, const std::string& uri) const {
        explain::Question question;
        question.method = method_;
        question.url = concat({door.listening->secure ? "https" : "http",
                               "://127.0.0.1:", std::to_string(door.listening->address.port()), uri});
        question.fields = fields_;
        question.fields.push_back("Host: " + door.host);
        auto told = explain::tell(snapshot_, question, clock_);
        return told.error.empty() ? std::optional(std::move(told.story)) : std::nullopt;
    }

    /// A listener and a host that lead to the site.
    std::optional<Door> door_of(const route::Site& site) const {
        for (const auto& listening : snapshot_.listening) {
            if (std::ranges::find(listening.sites, site.index) == listening.sites.end()) continue;
            for (const std::string& host : candidate_hosts(site.names)) {
                Door door{&listening, host};
                const auto story = ask(door, "/");
                if (story && story->site.chosen.place.line == line_of(site.where)) return door;
            }
        }
        return std::nullopt;
    }

    /// A group by its name; a peer by its address in the user's conf.
    std::string name_of_group(const std::string& group) const {
        const auto moved = std::ranges::find_if(staged_.peers, [&](const Moved& peer) {
            return group == concat({"127.0.0.1:", std::to_string(peer.port)});
        });
        return moved == staged_.peers.end() ? group : moved->peer;
    }

    std::string leads_to(const explain::Story& story, bool directly) const {
        std::string out;
        if (story.outcome.kind == "pass" && story.passing)
            out = "to " + name_of_group(story.passing->group);
        else if (story.outcome.kind == "file")
            out = "a file";
        else if (story.outcome.kind == "close")
            out = "closes";
        else
            out = concat({story.outcome.kind == "page" ? "an error page, " : "", std::to_string(story.outcome.status)});
        return directly ? out : concat({story.route.what, ", ", out});
    }

    Url url_of(const Door& door, const std::string& uri) const {
        Url out;
        out.origin.secure = door.listening->secure;
        out.origin.host = "127.0.0.1";
        out.origin.port = door.listening->address.port();
        out.origin.sni = door.host;
        out.authority = door.host;
        out.target = uri;
        return out;
    }

    void add_site(const route::Site& site) {
        const std::string title = explain::title_of(site);
        const auto door = door_of(site);
        if (!door) {
            DrivenRoute none{title,
                             place_of(site.where),
                             "",
                             place_of(site.where),
                             {},
                             "",
                             "no name was found that chooses this server"};
            out_.push_back(std::move(none));
            return;
        }
        const auto root = ask(*door, "/");
        if (root && root->route.place.line == line_of(site.where))
            out_.push_back(
                {title, place_of(site.where), "", place_of(site.where), url_of(*door, "/"), leads_to(*root, true), ""});
        for (const route::Route& route : site.routes) add_location(site, *door, route);
    }

    void add_location(const route::Site& site, const Door& door, const route::Route& route) {
        DrivenRoute out{explain::title_of(site), place_of(site.where), route.title, place_of(route.where), {}, "", ""};
        if (route.kind == Kind::named)
            out.why_not = "it has a name, and is reached from other locations only";
        else if (route.internal)
            out.why_not = "it is internal, and is reached from other locations only";
        else
            out.why_not = find_uri(door, route, out);
        out_.push_back(std::move(out));
    }

    /// "" or why there is none.
    std::string find_uri(const Door& door, const route::Route& route, DrivenRoute& out) const {
        const std::uint32_t line = line_of(route.where);
        std::string why = "no URI was found that chooses it";
        for (const std::string& uri : candidate_uris(route)) {
            const auto story = ask(door, uri);
            if (!story) continue;
            // The first search has what the request as it came belongs to; rewrites and the like may go on from there.
            const auto search = std::ranges::find(story->steps, "search", &explain::Step::kind);
            const bool found = search != story->steps.end() && search->item.place.line == line;
            if (!found) {
                const std::string who =
                    search == story->steps.end() ? "the server block answers first" : search->item.what;
                why = concat({"no URI was found that chooses it; ", who});
                continue;
            }
            out.url = url_of(door, uri);
            out.leads = leads_to(*story, story->route.place.line == line);
            return "";
        }
        return why;
    }

    const route::Snapshot& snapshot_;
    const Staged& staged_;
    const std::string& method_;
    const std::vector<std::string>& fields_;
    const core::SystemClock clock_;
    std::vector<DrivenRoute> out_;
};

}  // namespace

std::vector<std::string> candidate_uris(const route::Route& route) {
    std::vector<std::string> plain;
    const std::string& text = route.text;
    switch (route.kind) {
        case Kind::exact:
            plain = {text};
            break;
        case Kind::prefix:
        case Kind::preferred:
            plain = {text, text + "x", text + (text.ends_with('/') ? "x/y" : "/x"), text + "-bench"};
            break;
        case Kind::regex:
        case Kind::regex_caseless: {
            std::string pattern = text;
            // As the conf has it, the modifier may stand before it.
            for (const std::string& sample : samples_of_regex(pattern)) {
                if (sample.starts_with('/')) plain.push_back(sample);
                for (const char* before : {"/", "/x", "/x/"}) plain.push_back(before + sample);
                plain.push_back("/" + sample + "x");
            }
            // One that stands in a prefix location is found below that only.
            if (route.around && !route.around->text.empty() && route.around->kind == Kind::prefix) {
                auto below = plain;
                for (std::string& uri : below)
                    uri = route.around->text + (route.around->text.ends_with('/') ? uri.substr(1) : uri);
                plain.insert(plain.end(), below.begin(), below.end());
            }
            break;
        }
        case Kind::named:
            break;
    }
    std::vector<std::string> out;
    for (const std::string& uri : plain)
        if (uri.starts_with('/')) {
            std::string escaped = escaped_uri(uri);
            if (std::ranges::find(out, escaped) == out.end()) out.push_back(std::move(escaped));
        }
    return out;
}

std::vector<std::string> candidate_hosts(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (const std::string& name : names) {
        if (name.starts_with('~'))
            std::ranges::copy(samples_of_regex(std::string_view(name).substr(1)), std::back_inserter(out));
        else if (name.starts_with("*."))
            out.push_back("www" + name.substr(1));
        else if (name.starts_with('.'))
            out.push_back(name.substr(1));
        else if (name.ends_with(".*"))
            out.push_back(name.substr(0, name.size() - 1) + "example");
        else if (!name.empty() && name != "_")
            out.push_back(name);
    }
    // Whoever is asked for a name that nobody has is the default server.
    out.push_back("localhost");
    out.push_back("sluice-bench.invalid");
    return out;
}

std::vector<DrivenRoute> find_routes(const route::Snapshot& snapshot, const Staged& staged, const std::string& method,
                                     const std::vector<std::string>& fields) {
    return Finder(snapshot, staged, method, fields).run();
}

}  // namespace sluice::bench
