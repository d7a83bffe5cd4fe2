// Directives whose arguments follow rules of their own.
#include <algorithm>
#include <iterator>

#include "config/check_parts.hpp"
#include "config/values.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

using Args = std::vector<Word>;

bool is_in(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

void check_location(const Directive& d, Diagnostics& out) {
    constexpr std::string_view modifiers[] = {"=", "~*", "~", "^~"};
    if (d.args.size() != 2 || is_in(d.args[0].value, modifiers)) return;
    const std::string& first = d.args[0].value;
    const bool path_first = first.starts_with('/') || first.starts_with('@');
    const std::string meant = is_in(d.args[1].value, modifiers)
                                  ? concat({"the other way round: location ", d.args[1].value, " ", first})
                                  : did_you_mean(first, modifiers);
    out.error("value", d.args[0].span, concat({in_quotes(first), " is not a modifier of a location"}),
              path_first && !is_in(d.args[1].value, modifiers)
                  ? "a location has one path; a path with a space needs quotes"
              : meant.empty() ? "there are =, ~, ~* and ^~"
                              : meant);
}

void check_upstream(const Directive& d, Diagnostics& out) {
    if (d.args.size() != 1) return;
    const std::string& name = d.args[0].value;
    const std::size_t scheme = name.find("://");
    if (scheme == std::string::npos) return;
    out.error("value", d.args[0].span, concat({"the name of an upstream has no scheme, but here is ", in_quotes(name)}),
              concat({"write upstream ", name.substr(scheme + 3), " { ... }, and proxy_pass ", name, ";"}));
}

void check_variable_name(const Directive& d, Diagnostics& out) {
    if (d.args.empty() || d.args[0].value.starts_with('$')) return;
    const std::string& name = d.args[0].value;
    out.error("value", d.args[0].span, concat({in_quotes(name), " is not a variable"}),
              concat({"variables start with \"$\": ", d.name.value, " $", name}));
}

/// The two-argument forms of map and geo: source first, then the new variable.
void check_map(const Directive& d, Diagnostics& out) {
    if (d.args.empty() || d.args.back().value.starts_with('$')) return;
    const std::string& name = d.args.back().value;
    out.error("value", d.args.back().span, concat({in_quotes(name), " is not a variable"}),
              concat({"the variable that gets the result comes last: $", name}));
}

void check_return(const Directive& d, Diagnostics& out) {
    if (d.args.empty()) return;
    const std::string& code = d.args[0].value;
    const bool url = code.starts_with("http://") || code.starts_with("https://") || code.starts_with("$scheme");
    if (url && d.args.size() == 1) return;
    Complaint c = parse_integer(code, 0, 999).complaint;
    if (c)
        out.error("value", d.args[0].span, concat({in_quotes(code), " is not a status code"}),
                  "as in return 404; or return 301 https://example.com/;");
}

void check_error_page(const Directive& d, Diagnostics& out) {
    for (std::size_t i = 0; i + 1 < d.args.size(); ++i) {
        const std::string& code = d.args[i].value;
        if (code.starts_with('=') && i + 2 == d.args.size() && i > 0) return;
        if (Complaint c = parse_integer(code, 300, 599).complaint)
            out.error("value", d.args[i].span, concat({"status code ", c.message}),
                      "codes come first, then the page: error_page 404 /404.html;");
    }
}

/// Between listen's parameters and the address; and what moved from one word to another.
void check_server_name(const Directive& d, Diagnostics& out) {
    for (const Word& arg : d.args) {
        const std::string_view v = arg.value;
        if (v.starts_with('~')) continue;
        const std::size_t scheme = v.find("://");
        if (scheme != v.npos)
            out.error("value", arg.span, concat({in_quotes(v), " is a URL, not a name"}),
                      concat({"write ", v.substr(scheme + 3, v.find('/', scheme + 3) - scheme - 3)}));
        else if (v.ends_with(','))
            out.error("value", arg.span, concat({in_quotes(v), " ends with a comma"}),
                      concat({"names have only spaces between them: write ", v.substr(0, v.size() - 1)}));
        else if (v.find(':') != v.npos && !v.starts_with('['))
            out.error("value", arg.span, concat({in_quotes(v), " has a port, which is no part of a name"}),
                      concat({"write ", v.substr(0, v.find(':')), "; the port stands in \"listen\""}));
    }
}

void check_access(const Directive& d, Diagnostics& out) {
    if (d.args.size() != 1) return;
    const std::string_view v = d.args[0].value;
    if (v == "all" || v == "unix:") return;
    const bool mask = v.find('/') != v.npos;
    const Parsed<AddressText> address = v.find(':') != v.npos
                                            ? parse_listen_address(concat({"[", v.substr(0, v.find('/')), "]"}))
                                            : parse_listen_address(concat({v.substr(0, v.find('/')), ":80"}));
    const bool number =
        address.value.family == AddressText::Family::ipv4 || address.value.family == AddressText::Family::ipv6;
    const bool good_mask =
        !mask ||
        parse_integer(v.substr(v.find('/') + 1), 0, address.value.family == AddressText::Family::ipv6 ? 128 : 32).ok();
    if (address.ok() && number && good_mask) return;
    out.error("value", d.args[0].span, concat({in_quotes(v), " is not an address or a network"}),
              "as in 10.0.0.1, 10.0.0.0/8, 2001:db8::/32 or all");
}

struct Special {
    std::string_view name;
    void (*check)(const Directive&, Diagnostics&);
};
constexpr Special specials[] = {
    {"if", check_condition},
    {"location", check_location},
    {"upstream", check_upstream},
    {"set", check_variable_name},
    {"map", check_map},
    {"geo", check_map},
    {"split_clients", check_map},
    {"return", check_return},
    {"error_page", check_error_page},
    {"server_name", check_server_name},
    {"allow", check_access},
    {"deny", check_access},
};

}  // namespace

void check_special(const Directive& directive, Diagnostics& diagnostics) {
    const Special* row = std::ranges::find(specials, directive.name.value, &Special::name);
    if (row != std::end(specials)) row->check(directive, diagnostics);
}

}  // namespace sluice::config
