// What stands twice and may not.
#include <map>
#include <set>
#include <string>

#include "config/check_parts.hpp"
#include "config/values.hpp"
#include "config/words.hpp"

namespace sluice::config {

namespace {

using Seen = std::map<std::string, const Directive*>;

void report(Span place, const Directive& first, std::string message, std::string help, Diagnostics& diagnostics) {
    Diagnostic& d = diagnostics.error("duplicate", place, std::move(message), std::move(help));
    d.notes.push_back({"the first one is here", first.span});
}

/// A key by which two directives are the same, or "" if it may repeat.
std::string key_of(const Directive& d, Contexts context) {
    const std::string& name = d.name.value;
    if (name == "upstream" || name == "location") {
        // Of equal patterns and names the first holds, as in nginx: a snippet with them may be included twice.
        if (name == "location" && !d.args.empty() && (d.args[0].value.starts_with('~') || d.args[0].value.starts_with('@'))) return "";
        std::string key = name;
        for (const Word& arg : d.args) key += ' ' + arg.value;
        return d.args.empty() ? "" : key;
    }
    const Row* row = find_row(name, context);
    return row && !row->repeats ? name : "";
}

/// An address so that two spellings of one are equal.
std::string canonical(const AddressText& address) {
    const bool everywhere = address.host.empty() || address.host == "*" || address.host == "0.0.0.0";
    return concat(
        {everywhere ? "*" : address.host, ":", std::to_string(address.port), "-", std::to_string(address.last_port)});
}

void check_site(const Directive& site, Seen& defaults, Diagnostics& diagnostics) {
    Seen here;
    for (const Directive& d : site.block->children) {
        if (d.name.value != "listen" || d.args.empty()) continue;
        const Parsed<AddressText> address = parse_listen_address(d.args[0].value);
        if (!address.ok()) continue;
        const std::string key = canonical(address.value);
        if (const auto [first, is_new] = here.emplace(key, &d); !is_new)
            report(d.args[0].span, *first->second,
                   concat({"this server listens on ", in_quotes(d.args[0].value), " twice"}), "delete one of the two",
                   diagnostics);
        for (const Word& arg : d.args) {
            if (arg.value != "default_server" && arg.value != "default") continue;
            const auto [first, is_new] = defaults.emplace(key, &d);
            if (!is_new && first->second != &d)
                report(arg.span, *first->second, concat({"a second default server for ", in_quotes(d.args[0].value)}),
                       "leave \"default_server\" at one of them", diagnostics);
        }
    }
}

}  // namespace

void check_repeats(const std::vector<Directive>& siblings, Contexts context, Diagnostics& diagnostics) {
    Seen seen;
    for (const Directive& d : siblings) {
        const std::string key = key_of(d, context);
        if (key.empty()) continue;
        const auto [first, is_new] = seen.emplace(key, &d);
        if (is_new) continue;
        const bool block = d.name.value == "upstream" || d.name.value == "location";
        report(block ? d.span : d.name.span, *first->second,
               block ? concat({"there is already a block ", in_quotes(key)})
                     : concat({in_quotes(d.name.value), " stands here a second time"}),
               block     ? "put both into one, or give one another name"
               : d.block ? "put both into one"
                         : "only one may stand in a block; delete one",
               diagnostics);
    }
}

void check_listeners(const std::vector<Directive>& http, Diagnostics& diagnostics) {
    Seen defaults;
    for (const Directive& site : http)
        if (site.name.value == "server" && site.block) check_site(site, defaults, diagnostics);
}

}  // namespace sluice::config
