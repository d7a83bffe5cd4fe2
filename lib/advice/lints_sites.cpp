// Names of sites.
#include <algorithm>
#include <map>
#include <utility>

#include "advice/lint_rows.hpp"
#include "advice/listen.hpp"
#include "advice/words.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

/// Of all its lines.
std::vector<std::string> addresses_of_site(const Level& site) {
    std::vector<std::string> out;
    for (const Directive* listen : own(site, "listen"))
        for (auto& address : addresses_of(*listen)) out.push_back(std::move(address));
    if (first_own(site, "listen") == nullptr) out.push_back("*:80");
    return out;
}

struct Name {
    std::string text;  // lower case
    config::Span span;
};

/// ".x" is "x" and "*.x"; a site without names has the name "".
std::vector<Name> names_of(const Level& site) {
    std::vector<Name> out;
    for (const Directive* names : own(site, "server_name"))
        for (const config::Word& word : names->args) {
            const bool regex = word.value.starts_with('~');
            const std::string text = regex ? word.value : lower_case(word.value);
            if (text.starts_with('.')) {
                out.push_back({text.substr(1), word.span});
                out.push_back({"*" + text, word.span});
            } else {
                out.push_back({text, word.span});
            }
        }
    if (out.empty()) out.push_back({"", site.block->name.span});
    return out;
}

/// Gets what is for no other site.
bool is_default(const Level& site) {
    for (const Directive* listen : own(site, "listen"))
        for (const config::Word& arg : listen->args)
            if (arg.value == "default_server" || arg.value == "default") return true;
    return false;
}

void report_duplicate(const Name& name, const std::string& address, config::Span first, Report& report) {
    config::Diagnostic& d =
        name.text.empty()
            ? report.add(name.span,
                         concat({"another site on ", address, " has no name either; this one gets no requests"}),
                         "give it a server_name, or another port")
            : report.add(name.span,
                         concat({in_quotes(name.text), " is already a name of another site on ", address,
                                 ", which gets its requests"}),
                         "delete it at one of the two");
    d.notes.push_back({"the first one is here", first});
}

void find_duplicate(const View& view, Report& report) {
    std::map<std::pair<std::string, std::string>, config::Span> taken;  // by address and name
    for (const Level* site : view.levels(config::in::server)) {
        const std::vector<std::string> addresses = addresses_of_site(*site);
        for (const Name& name : names_of(*site)) {
            bool said = (name.text.empty() || name.text == "_") && is_default(*site);
            for (const std::string& address : addresses) {
                const auto [first, is_new] = taken.emplace(std::pair(address, name.text), name.span);
                if (is_new || said || first->second == name.span) continue;
                report_duplicate(name, address, first->second, report);
                said = true;
            }
        }
    }
}

void find_strange(const View& view, Report& report) {
    for (const Level* site : view.levels(config::in::server))
        for (const Directive* names : own(*site, "server_name"))
            for (const config::Word& word : names->args) {
                const std::string_view name = word.value;
                if (name.starts_with('~') || name.find("://") != name.npos) continue;
                if (name == "default_server" || name == "default")
                    report.add(word.span, concat({in_quotes(name), " is a name like any other here"}),
                               "to make the site the default one, write it behind the port: listen 80 default_server;");
                else if (name.find_first_of("()|^$\\+") != name.npos)
                    report.add(
                        word.span,
                        concat({in_quotes(name), " is compared letter by letter here, not as a regular expression"}),
                        concat({"put \"~\" before it: ~", name}));
                else if (name.find('/') != name.npos)
                    report.add(word.span, concat({"no request is for ", in_quotes(name), ": a path is no part of a name"}),
                               concat({"write ", name.substr(0, name.find('/')), "; paths stand in locations"}));
                else if (name.size() > 1 && name.ends_with('.'))
                    report.add(word.span,
                               concat({"no request is for ", in_quotes(name), ": the dot at the end is taken off before"}),
                               concat({"write ", name.substr(0, name.size() - 1)}));
            }
}

constexpr Lint table[] = {
    {.code = "SL013",
     .name = "duplicate-server-name",
     .summary = "two sites on one address have the same name",
     .explanation =
         R"(A request goes to the site whose name it asks for. Where two sites on one address have that name, the
first one gets all and the second none. A site without server_name has the empty name, so there can be one such site
for an address.

Wrong: the second one is never used.
    server { listen 80; server_name example.com; location / { proxy_pass http://a; } }
    server { listen 80; server_name example.com; location / { proxy_pass http://b; } }

Right: one site with two locations, or two names.
    server { listen 80; server_name a.example.com; location / { proxy_pass http://a; } }
    server { listen 80; server_name b.example.com; location / { proxy_pass http://b; } }
)",
     .find = find_duplicate},
    {.code = "SL014",
     .name = "server-name-never-asked-for",
     .summary = "a server_name that no request can ask for",
     .explanation =
         R"(server_name is compared with the Host field of a request, without port, in lower case and without a
dot at its end. What else stands in the name makes it match nothing. Scheme and port are errors; a path, a dot at the
end, or a regular expression without "~" are not, but cannot be meant.

Wrong:
    server_name example.com/shop;
    server_name (www|api)\.example\.com;
    server_name default_server;

Right:
    server_name example.com;          and location /shop/ { ... }
    server_name ~^(www|api)\.example\.com$;
    listen 80 default_server;
)",
     .find = find_strange},
};

}  // namespace

std::span<const Lint> rows::sites() { return table; }

}  // namespace sluice::advice
