// Directives that are unknown, or known elsewhere.
#include <algorithm>
#include <iterator>

#include "config/check_parts.hpp"
#include "config/pattern.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

/// What users of other programs, or of guesses, write.
struct OtherName {
    std::string_view written;
    std::string_view help;
};
constexpr OtherName other_names[] = {
    {"else", "there is no \"else\": use a second \"if\", or map, which decides by value"},
    {"elif", "there is no \"elif\": use map, which decides by value"},
    {"elseif", "there is no \"elseif\": use map, which decides by value"},
    {"port", "the port stands in \"listen 80;\""},
    {"host", "the names of a site stand in \"server_name example.com;\""},
    {"domain", "the names of a site stand in \"server_name example.com;\""},
    {"servername", "the names of a site stand in \"server_name example.com;\""},
    {"serveralias", "all names stand in one directive: \"server_name example.com www.example.com;\""},
    {"documentroot", "the folder of files is set by \"root /srv/www;\""},
    {"directoryindex", "\"index index.html;\" does that"},
    {"proxypass", "\"proxy_pass http://127.0.0.1:8080;\" in a location does that"},
    {"proxypassreverse", "\"proxy_redirect\" does that, and by default it does what is needed"},
    {"proxy_url", "\"proxy_pass http://127.0.0.1:8080;\" in a location does that"},
    {"backend", "a group of servers is \"upstream name { server 127.0.0.1:8080; }\""},
    {"frontend", "a site is \"server { listen 80; ... }\""},
    {"bind", "\"listen 80;\" does that"},
    {"redirect", "\"return 301 https://example.com$request_uri;\" does that"},
    {"header", "\"add_header\" does that for answers, \"proxy_set_header\" for requests to a backend"},
    {"requestheader", "\"proxy_set_header\" does that"},
    {"timeout", "there are proxy_connect_timeout, proxy_send_timeout, proxy_read_timeout and keepalive_timeout"},
    {"proxy_timeout", "in http there are proxy_connect_timeout, proxy_send_timeout and proxy_read_timeout"},
    {"max_body_size", "\"client_max_body_size 20m;\" does that"},
    {"upload_max_filesize", "\"client_max_body_size 20m;\" does that"},
    {"round_robin", "that is what a group does without a word; delete the line"},
    {"sticky", "\"ip_hash;\" or \"hash $cookie_name consistent;\" keeps a client at its server"},
    {"health_check", "servers that fail are left alone for a while by max_fails and fail_timeout"},
};

/// "if($a" and "location/api": a name that goes on without a space.
std::string_view glued_name(std::string_view word) {
    const auto end = std::ranges::find_if(
        word, [](char c) { return !core::is_digit(c) && c != '_' && (core::lower(c) < 'a' || core::lower(c) > 'z'); });
    const std::string_view name = word.substr(0, static_cast<std::size_t>(end - word.begin()));
    return name.size() < word.size() && !find_rows(name).empty() ? name : std::string_view{};
}

/// Would `directive` be right if it had that row's name?
bool would_fit(const Directive& directive, const Row& row) {
    if (row.block() != directive.block.has_value() || !row.args.accepts(directive.args.size())) return false;
    for (std::size_t i = 0; i < directive.args.size(); ++i)
        if (const auto pattern = pattern_of(row.values, i); !pattern.empty() && check_value(pattern, directive.args[i].value, row.name)) return false;
    return true;
}

/// "proxy_buffer off" is meant to be proxy_buffering rather than proxy_buffers.
std::string suggest_fitting(const Directive& directive, Contexts context) {
    std::vector<std::string_view> names = names_in(context);
    std::erase_if(names, [&](std::string_view name) {
        const Row* row = find_row(name, context);
        return !row || !would_fit(directive, *row);
    });
    return did_you_mean(directive.name.value, names);
}

std::string in_small_letters(std::string_view name) {
    std::string out(name);
    std::ranges::transform(out, out.begin(), core::lower);
    return out;
}

std::string suggest(const Directive& directive, Contexts context) {
    const std::string_view name = directive.name.value;
    if (const std::string small = in_small_letters(name); small != name && !find_rows(small).empty())
        return concat({"names of directives are in small letters: write ", small});
    const OtherName* other =
        std::ranges::find_if(other_names, [name](const OtherName& row) { return core::iequals(row.written, name); });
    if (other != std::end(other_names)) return std::string(other->help);
    if (std::string fitting = suggest_fitting(directive, context); !fitting.empty()) return fitting;
    if (std::string here = did_you_mean(name, names_in(context)); !here.empty()) return here;
    if ((context & in::upstream) && parse_peer_address(name).ok())
        return concat({"if that is a server, the word is missing before it: server ", name, ";"});
    return did_you_mean(name, names_in(in::any));
}

/// Where a directive of this name, and with a block or without, may stand; those of the same protocol if there are any.
Contexts allowed_for(const Directive& directive, Contexts context) {
    Contexts all = 0;
    Contexts alike = 0;
    for (const Row* row : find_rows(directive.name.value)) {
        all |= row->contexts;
        if (row->block() == directive.block.has_value()) alike |= row->contexts;
    }
    const Contexts out = alike != 0 ? alike : all;
    const Contexts near = context & in::of_stream ? out & in::of_stream : out & ~in::of_stream;
    return near != 0 ? near : out;
}

std::string advise(std::string_view name, Contexts context, Contexts allowed, bool has_http) {
    if (context == in::main && (allowed & in::http) && !has_http)
        return "put \"http {\" before it, and \"}\" at the end of the file";
    if (context == in::server && (allowed & in::location))
        return concat({"put it into a location, as in location / { ", name, " ...; }"});
    if (context == in::http && (allowed & in::server)) return "put it into a site, as in server { listen 80; ... }";
    if (context == in::server_if && (allowed & in::location_if)) return "put the \"if\" with it into a location";
    return "";
}

}  // namespace

void report_unknown(const Directive& directive, Contexts context, Diagnostics& diagnostics) {
    const std::string& name = directive.name.value;
    const std::string message = concat({"unknown directive ", in_quotes(name)});
    const std::string_view known = glued_name(name);
    if (!known.empty() && name.find("://") == name.npos) {
        const std::string_view rest = std::string_view(name).substr(known.size());
        const bool sign = rest[0] == ':' || rest[0] == '=';
        const std::string help =
            sign ? concat({"no \"", rest.substr(0, 1), "\" behind ", in_quotes(known), ", only a space"})
                 : concat({"a space is missing: \"", known, " ", rest, "\""});
        diagnostics.error("unknown-directive", directive.name.span, message, help);
        return;
    }
    const bool looks_like_value = !name.empty() && (name[0] == '$' || name[0] == '/' || name.find("://") != name.npos);
    std::string help = diagnostics.full() ? "" : suggest(directive, context);
    if (help.empty() && looks_like_value)
        help = "this looks like a value: is a directive's name missing, or a \";\" too much before it?";
    diagnostics.error("unknown-directive", directive.name.span, message, help);
}

void report_misplaced(const Directive& directive, Contexts context, const Directive* before, bool has_http,
                      Diagnostics& diagnostics) {
    const std::string& name = directive.name.value;
    const Contexts allowed = allowed_for(directive, context);
    Diagnostic& d =
        diagnostics.error("misplaced", directive.name.span,
                          concat({in_quotes(name), " is not allowed ", describe(context), ", only ", describe(allowed)}),
                          advise(name, context, allowed, has_http));
    if (!before) return;
    const auto rows = find_rows(before->name.value);
    const bool fits = std::ranges::any_of(rows, [allowed](const Row* row) { return (row->opens & allowed) != 0; });
    if (!fits || before->block->close.length == 0) return;
    d.notes.push_back({concat({in_quotes(before->name.value), " ends here"}), before->block->close});
    if (directive.block && directive.block->close.length != 0) {
        d.notes.push_back({concat({in_quotes(name), " ends here"}), directive.block->close});
        d.help = concat({"if it belongs into ", in_quotes(before->name.value), ", move the first of these \"}\" behind the second"});
    } else {
        d.help = concat({"if it belongs into ", in_quotes(before->name.value), ", move that \"}\" behind it"});
    }
}

}  // namespace sluice::config
