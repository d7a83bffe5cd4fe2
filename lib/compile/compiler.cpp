#include "compile/compiler.hpp"

#include <algorithm>

#include "config/sound.hpp"
#include "core/text.hpp"
#include "http/scan.hpp"
#include "vars/word.hpp"

namespace sluice::compile {

namespace in = config::in;

std::optional<std::uint32_t> Variables::index_of(std::string_view name) {
    if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
    const auto* row = route::find_variable(name);
    if (!row) return std::nullopt;
    route::Variable variable;
    variable.name = name;
    variable.read = row->read;
    variable.write = row->write;
    variable.is_plain = route::is_plain(*row);
    if (row->name.ends_with('_')) variable.key = name.substr(row->name.size());
    for (const std::string_view family : {"upstream_http_", "upstream_cookie_", "upstream_trailer_", "sent_http_", "sent_trailer_"})
        if (name.starts_with(family)) snapshot_.keeps_peer_fields = true;
    return add(std::move(variable));
}

std::uint32_t Variables::declare(std::string_view name) {
    if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
    // Those of every conf that may be set keep their meaning.
    if (const auto* row = route::find_variable(name); row && row->write) return *index_of(name);
    route::Variable variable;
    variable.name = name;
    variable.read = route::read_slot;
    variable.slot = snapshot_.kept_variables++;
    return add(std::move(variable));
}

std::uint32_t Variables::add(route::Variable variable) {
    const auto number = static_cast<std::uint32_t>(snapshot_.variables.size());
    numbers_.emplace(variable.name, number);
    snapshot_.variables.push_back(std::move(variable));
    return number;
}

std::string Variables::suggest(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const auto& [known, number] : numbers_) names.push_back(known);
    for (const auto table : route::variable_tables())
        for (const auto& row : table)
            if (!row.name.ends_with('_')) names.push_back(row.name);
    const auto meant = core::nearest(name, names.data(), names.data() + names.size());
    // In so many guides that it passes for one that is built in.
    if (name == "connection_upgrade" && (meant.empty() || route::find_variable(meant)))
        return "the conf has to define it, in http: map $http_upgrade $connection_upgrade { default upgrade; '' close; }";
    return meant.empty() ? "" : "did you mean \"$" + std::string(meant) + "\"?";
}

Compiler::Compiler(route::Snapshot& made, const Options& how) : snapshot(made), options(how), variables(made) {
    if (options.only_check) options.resolve = [](const std::string& host, std::uint16_t port) -> Resolved {
        const auto literal = net::Address::parse(host, port);
        return {{literal ? *literal : *net::Address::parse("192.0.2.1", port)}, ""};
    };
}

void Compiler::error(config::Span where, std::string message, std::string help) {
    diagnostics().error("compile", where, std::move(message), std::move(help));
}

void Compiler::unknown(config::Span where, std::string message, std::string help) {
    diagnostics().error("unknown-name", where, std::move(message), std::move(help));
}

bool Compiler::may_define(const Word& variable) {
    const auto name = std::string_view(variable.value).substr(std::min<std::size_t>(1, variable.value.size()));
    const auto* row = route::find_variable(name);
    if (!row || row->write || row->name.ends_with('_')) return true;
    error(variable.span, "\"$" + std::string(name) + "\" cannot be set: it stands for something in every conf", "give yours another name");
    return false;
}

config::Diagnostic& Compiler::again(config::Span where, std::string message, config::Span first, std::string help) {
    auto& diagnostic = diagnostics().error("duplicate", where, std::move(message), std::move(help));
    if (first.known()) diagnostic.notes.push_back({"the first one is here", first});
    return diagnostic;
}

config::Span Compiler::place_of_name(std::uint32_t site, std::string_view name) const {
    const auto known = name_places_.find({site, std::string(name)});
    return known == name_places_.end() ? snapshot.sites[site].where : known->second;
}

void Compiler::missing(config::Span where, std::string message, std::string help) {
    if (options.only_check) return warning(where, "not-yet", std::move(message), std::move(help));
    diagnostics().forget("later", where);  // the check's warning of the same word
    diagnostics().error("not-yet", where, std::move(message), std::move(help));
}

void Compiler::missing(const Directive& d, const config::Row& row) {
    if (options.only_check) return;  // the check counts them
    const bool later = row.support == config::Support::later;
    missing(d.name.span, "\"" + d.name.value + "\" is not in sluice" + (later ? " yet; " + config::known_since(row) : ""), std::string(row.reason));
}

void Compiler::warning(config::Span where, std::string code, std::string message, std::string help) {
    diagnostics().warning(std::move(code), where, std::move(message), std::move(help));
}

vars::Template Compiler::text(const Word& word) { return vars::compile(word, variables, diagnostics()).value_or(vars::Template()); }

bool Compiler::is_plain(const vars::Template& text) const {
    return std::ranges::all_of(text.parts(), [&](const vars::Part& part) {
        if (part.kind == vars::Part::Kind::variable) return snapshot.variables[part.index].is_plain;
        return part.kind == vars::Part::Kind::literal &&
               std::ranges::all_of(part.text, [](char c) { return http::scan::in(http::scan::value_table, c); });
    });
}

vars::Template Compiler::text(const Word& word, std::string_view part) {
    Word piece = word;
    piece.value = part;
    const auto at = word.value.find(part);
    piece.span = vars::inside(word, at == std::string::npos ? 0 : at, part.size());
    return text(piece);
}

std::optional<route::Matcher> Compiler::matcher(const Word& word, std::string_view pattern, bool caseless) {
    auto outcome = core::Regex::compile(pattern, {.caseless = caseless});
    if (!outcome) {
        const auto start = word.value.size() - pattern.size();
        error(vars::inside(word, start + std::min(outcome.error.offset, pattern.size()), 1),
              "the regular expression is not valid: " + outcome.error.message);
        return std::nullopt;
    }
    route::Matcher out{std::move(*outcome.regex), {}};
    for (const auto& name : out.regex.names()) out.groups.push_back({name.group, variables.declare(name.text)});
    return out;
}

std::uint32_t Compiler::file(const std::string& target, const observe::LogOptions& how, config::Span where) {
    auto& files = snapshot.files;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i].name != target) continue;
        if (files[i].options == how) return static_cast<std::uint32_t>(i);
        if (how.by_line) continue;
        auto& said = diagnostics().error("compile", where, "\"" + target + (how.secret != files[i].options.secret ? "\" is for secrets of connections, and for other lines" : "\" is written with other buffer, flush or gzip parameters already"),
                                         how.secret != files[i].options.secret ? "give ssl_key_log a file of its own" : "give all lines for one file the same");
        if (files[i].where.known()) said.notes.push_back({"the other one is here", files[i].where});
        return static_cast<std::uint32_t>(i);
    }
    files.push_back({target, how, where});
    return static_cast<std::uint32_t>(files.size() - 1);
}

std::string Compiler::path(std::string_view relative) const {
    return relative.starts_with('/') ? std::string(relative) : options.prefix + std::string(relative);
}

std::string Compiler::path_beside_conf(std::string_view relative) const {
    return path(relative.starts_with('/') ? std::string(relative) : options.conf_folder + std::string(relative));
}

const Setter* find_setter(std::string_view name, config::Contexts context) {
    for (const auto table : setters())
        for (const auto& setter : table)
            if (setter.name == name && (setter.contexts & context)) return &setter;
    return nullptr;
}

bool is_structural(std::string_view name) {
    static constexpr std::string_view names[] = {"http",   "server", "location", "upstream", "map",     "geo",          "split_clients", "if",
                                                 "set",    "return", "rewrite",  "break",    "events",  "limit_except", "include",
                                                 "listen", "stream", "mail",     "server_name"};
    return std::ranges::find(names, name) != std::end(names);
}

namespace {

/// Directives that messages of the error log name when they end a request.
bool is_limit(std::string_view name) {
    static constexpr std::string_view names[] = {"client_max_body_size", "client_header_timeout", "client_body_timeout",   "client_header_buffer_size",
                                                 "max_headers",          "send_timeout",          "proxy_connect_timeout", "large_client_header_buffers",
                                                 "proxy_send_timeout",   "proxy_read_timeout"};
    return std::ranges::find(names, name) != std::end(names);
}

void remember_place(route::Places& places, std::string_view name, config::Span where) {
    auto own = places ? *places : route::Places::element_type();
    const auto known = std::ranges::find(own, name, &std::pair<std::string_view, config::Span>::first);
    if (known == own.end())
        own.emplace_back(name, where);
    else
        known->second = where;
    places = std::make_shared<const route::Places::element_type>(std::move(own));
}

}  // namespace

void Compiler::set_all(Level& level, const std::vector<Directive>& block) {
    const auto around = level.settings.answer;
    for (const auto& d : block) {
        if (is_structural(d.name.value)) continue;
        const auto* row = config::find_row(d.name.value, level.context);
        if (!row) continue;
        if (const auto support = config::support_of(*row, d); support == config::Support::later || support == config::Support::never) {
            missing(d, *row);
            continue;
        }
        if (const auto* setter = find_setter(d.name.value, level.context)) setter->set(level, d);
        if (is_limit(row->name)) remember_place(level.settings.places, row->name, d.name.span);
    }
    finish_headers(level, around);
    tables::finish_proxy(level);
}

void Compiler::run() {
    const auto& directives = snapshot.conf.directives;
    route::Settings settings;
    Level level{*this, in::main, settings};
    declare_variables(directives);
    set_all(level, directives);
    for (const auto& d : directives) {
        if (d.name.value == "events" && d.block) {
            Level events{*this, in::events, settings};
            set_all(events, d.block->children);
        }
        if (d.name.value == "load_module")
            warning(d.span, "not-loaded", "nothing is loaded: modules of nginx do not fit into sluice", "what sluice has of their words, \"sluice compat\" tells");
        if (const auto* row = config::find_row(d.name.value, in::main); row && (d.name.value == "stream" || d.name.value == "mail")) missing(d, *row);
    }
    if (settings.error_logs) {
        snapshot.main.error_logs = *settings.error_logs;
    } else {
        const std::string target = options.error_log.empty() ? path("logs/error.log") : options.error_log == "stderr" ? "stderr" : path(options.error_log);
        snapshot.main.error_logs.push_back({target, exchange::Level::error, file(target)});
    }
    for (const auto& d : directives)
        if (d.name.value == "http" && d.block) compile_http(d);
}

namespace {

/// What is wrong beside what the check has found; nothing is to come of the snapshot.
void find_more_mistakes(route::Snapshot& snapshot, const Options& options) {
    auto sound = config::sound_part(snapshot.conf);
    if (!sound) return;
    auto all = std::exchange(snapshot.conf.directives, std::move(sound->directives));
    Compiler compiler(snapshot, options);
    compiler.declare_variables(all);
    compiler.run();
    snapshot.conf.diagnostics.forget("no-servers");  // they may be among what was left out
    if (sound->lost_names)
        for (const std::string_view code : {"unknown-name", "unknown-variable"}) snapshot.conf.diagnostics.forget(code);
    snapshot.conf.directives = std::move(all);
}

}  // namespace

std::shared_ptr<route::Snapshot> compile(config::Conf conf, const Options& options) {
    auto snapshot = std::make_shared<route::Snapshot>();
    snapshot->conf = std::move(conf);
    snapshot->prefix = options.prefix;
    if (snapshot->conf.ok())
        Compiler(*snapshot, options).run();
    else
        find_more_mistakes(*snapshot, options);
    snapshot->conf.diagnostics.arrange(snapshot->conf.sources);
    return snapshot;
}

}  // namespace sluice::compile
