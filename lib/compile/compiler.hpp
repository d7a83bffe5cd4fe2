// What the parts of the compiler share.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "compile/compile.hpp"
#include "config/row.hpp"
#include "vars/names.hpp"

namespace sluice::compile {

using config::Block;
using config::Directive;
using config::Word;

/// Numbers for all variables that a conf speaks of.
class Variables final : public vars::Names {
  public:
    explicit Variables(route::Snapshot& snapshot) : snapshot_(snapshot) {}

    std::optional<std::uint32_t> index_of(std::string_view name) override;
    std::uint32_t index_of_group(std::string_view name) override { return declare(name); }
    std::string suggest(std::string_view name) const override;

    /// One that the conf itself defines; an exchange keeps its value.
    std::uint32_t declare(std::string_view name);
    route::Variable& operator[](std::uint32_t number) { return snapshot_.variables[number]; }

  private:
    std::uint32_t add(route::Variable variable);

    route::Snapshot& snapshot_;
    std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

class Compiler;

/// Memory that nginx's processes would share: workers here are threads, but a conf must be good for nginx, too.
struct Zone {
    config::Span where;
    std::int64_t size = 0;  // bytes; 0: not said yet
};

/// A block on its way to settings.
struct Level {
    Compiler& c;
    config::Contexts context;
    route::Settings& settings;
    route::Route* route = nullptr;  // in a site or deeper
    route::Site* site = nullptr;
    std::set<const void*> own = {};  // lists that this level has begun
    bool logs_off = false;           // "access_log off" stands in it

    /// The level's own list: the first entry of a level takes the place of what was inherited.
    template <class T>
    std::vector<T>& list(route::Shared<T>& member) {
        if (own.insert(&member).second || !member) member = std::make_shared<const std::vector<T>>();
        return const_cast<std::vector<T>&>(*member);
    }
};

class Compiler {
  public:
    Compiler(route::Snapshot& snapshot, const Options& options);

    void run();

    route::Snapshot& snapshot;
    Options options;
    Variables variables;

    config::Diagnostics& diagnostics() { return snapshot.conf.diagnostics; }
    void error(config::Span where, std::string message, std::string help = "");
    /// A name that stands for nothing.
    void unknown(config::Span where, std::string message, std::string help = "");
    /// Whether a conf may give that variable, with its "$", a meaning of its own; if not, that is reported.
    bool may_define(const Word& variable);
    /// "there is one already", with the place of that one.
    config::Diagnostic& again(config::Span where, std::string message, config::Span first, std::string help = "");
    /// A word of nginx's that sluice does not have, yet.
    void missing(config::Span where, std::string message, std::string help = "");
    void missing(const Directive& d, const config::Row& row);
    void warning(config::Span where, std::string code, std::string message, std::string help = "");

    /// The empty template if the word is wrong, which is reported.
    vars::Template text(const Word& word);
    /// The same for part of a word.
    vars::Template text(const Word& word, std::string_view part);
    /// Whether all values of it can stand in a field as they are.
    bool is_plain(const vars::Template& text) const;
    std::optional<route::Matcher> matcher(const Word& word, std::string_view pattern, bool caseless);
    /// The number of a log. `where`: what names it; other options there than elsewhere for the same target are an error.
    std::uint32_t file(const std::string& target, const observe::LogOptions& how = {}, config::Span where = {});
    std::string path(std::string_view relative) const;
    /// The same of a certificate, a key and the like.
    std::string path_beside_conf(std::string_view relative) const;

    /// Applies the simple directives of a block, in their order.
    void set_all(Level& level, const std::vector<Directive>& block);

    // site.cpp
    void compile_http(const Directive& http);
    void compile_site(const Directive& server, const route::Settings& around);
    void compile_locations(route::Site& site, const std::vector<Directive>& block, const route::Route& around, std::uint32_t parent);
    void compile_location(route::Site& site, const Directive& d, const route::Route& around, std::uint32_t parent);
    // script.cpp
    void compile_script(route::Site& site, const std::vector<Directive>& block, route::Route& route, bool in_site);
    // listen.cpp
    void compile_listen(route::Site& site, const Directive& d);
    void finish_listening();
    // set_access.cpp
    void seal_lists();
    // set_buffers.cpp
    void check_buffers(const route::Settings& settings);
    // zones.cpp
    /// "zone NAME SIZE", or "zone NAME" of one that has its size elsewhere.
    void declare_zone(const Directive& d);
    void finish_zones();
    // tls.cpp
    /// A word about TLS, for complaints that come later.
    tls::Item tls_item(const Word& word, std::string text);
    void finish_tls();
    // upstream.cpp
    void compile_upstream(const Directive& d);
    /// For proxy_pass to "host:port".
    std::optional<std::uint32_t> group_of(const Word& word, std::string_view host, std::uint16_t usual_port);
    // variables.cpp
    void declare_variables(const std::vector<Directive>& block);
    void compile_variables(const std::vector<Directive>& http);
    // log_formats.cpp
    std::shared_ptr<const route::LogFormat> format(const Word& name);

    std::map<std::string, std::shared_ptr<const route::LogFormat>, std::less<>> formats;
    std::map<std::string, config::Span, std::less<>> format_places;
    std::vector<std::shared_ptr<route::AccessList>> access_lists;
    std::vector<std::shared_ptr<route::TrustedProxies>> trusted_lists;
    std::map<std::string, std::pair<std::size_t, config::Span>, std::less<>> session_caches;  // by name: size, place
    std::set<std::string, std::less<>> upstream_names;    // of blocks
    std::map<std::string, std::shared_ptr<const route::LogFormat>, std::less<>> built_in_formats;  // those in use
    std::set<std::string, std::less<>> broken_upstreams;  // what is wrong with them has been said

  private:
    bool check_pairs(const route::ServerTls& said);
    bool check_client_rules(const route::Site& site, const tls::ServerDescription& said);
    std::shared_ptr<const route::VariablePairs> sort_pairs(const route::ServerTls& said, tls::ServerDescription& description) const;
    void check_listener_has_certificate(const route::Listening& listening);
    void finish_peer_tls(tls::Store& store, unsigned workers);
    void tell(const std::vector<tls::Complaint>& complaints);
    template <class Contexts, class Make>
    std::shared_ptr<const Contexts> make_or_keep(const std::shared_ptr<const Contexts>& before, Make make);
    std::vector<config::Span> tls_places_;
    config::Span place_of_name(std::uint32_t site, std::string_view name) const;

    std::vector<route::LocationSpec> specs_;  // of the site under way
    std::map<std::pair<std::uint32_t, std::string>, config::Span> name_places_;
    std::map<std::string, config::Span> default_places_;  // of default_server, by address
    std::map<std::string, Zone, std::less<>> zones_;
    std::set<std::pair<std::size_t, std::size_t>> checked_buffers_;  // places of words about sizes
    friend struct Sites;
};

/// What a simple directive does. `contexts` 0: wherever its rows allow it.
struct Setter {
    std::string_view name;
    void (*set)(Level& level, const Directive& d);
    config::Contexts contexts = config::in::any;
};

/// All tables; one per module.
std::span<const std::span<const Setter>> setters();
const Setter* find_setter(std::string_view name, config::Contexts context);

/// After all directives of a level: add_header_inherit and its like. `around`: as the settings were before it.
void finish_headers(Level& level, const route::HeaderSettings& around);

/// Blocks and words that are not simple: handled by the compiler itself.
bool is_structural(std::string_view name);

/// Where temporary files go if the conf says nothing.
void set_usual_folders(const Compiler& c, route::Settings& settings);
/// Those that a route may write into.
void collect_temp_folders(route::Snapshot& snapshot);

namespace tables {
std::span<const Setter> main();
std::span<const Setter> client();
std::span<const Setter> proxy();
std::span<const Setter> buffers();
std::span<const Setter> proxy_answers();
std::span<const Setter> site();
std::span<const Setter> access();
std::span<const Setter> files();
std::span<const Setter> headers();
std::span<const Setter> log_formats();
std::span<const Setter> logs();
std::span<const Setter> tls();
/// After the directives of a block: what follows from several of them.
void finish_proxy(Level& level);
}  // namespace tables

}  // namespace sluice::compile
