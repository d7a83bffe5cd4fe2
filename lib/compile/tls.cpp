// Contexts of TLS, once all sites and routes are known.
#include <algorithm>

#include "compile/compiler.hpp"
#include "tls/client_contexts.hpp"
#include "tls/server_contexts.hpp"
#include "tls/store.hpp"

namespace sluice::compile {

tls::Item Compiler::tls_item(const Word& word, std::string text) {
    tls_places_.push_back(word.span);
    if (text.starts_with('/') && text.find('$') == text.npos && std::ranges::find(snapshot.tls_files, text) == snapshot.tls_files.end()) snapshot.tls_files.push_back(text);
    return {std::move(text), tls_places_.size() - 1};
}

namespace {

/// Descriptions and what was made of them: sites that say the same share it.
template <class Description, class Made>
class MadeOnce {
  public:
    template <class Make>
    std::shared_ptr<const Made> get(const Description& description, Make make) {
        for (const auto& [known, made] : all_)
            if (known == description) return made;
        return all_.emplace_back(description, make()).second;
    }

  private:
    std::vector<std::pair<Description, std::shared_ptr<const Made>>> all_;
};

}  // namespace

void Compiler::tell(const std::vector<tls::Complaint>& complaints) {
    for (const auto& complaint : complaints) {
        const auto where = complaint.place < tls_places_.size() ? tls_places_[complaint.place] : config::Span{};
        if (complaint.warning)
            warning(where, "certificate", complaint.message, complaint.help);
        else
            error(where, complaint.message, complaint.help);
    }
}

namespace {

/// What a site said in the same words before.
std::shared_ptr<const tls::ServerContexts> find_before(const route::Snapshot& before, const tls::ServerDescription& description) {
    for (const auto& site : before.sites)
        if (site.tls && site.tls->description() == description) return site.tls;
    return nullptr;
}

std::shared_ptr<const tls::ClientContexts> find_in(const route::Route& route, const tls::ClientDescription& description) {
    const auto* pass = std::get_if<route::ProxyPass>(&route.content);
    return pass && pass->tls && pass->tls->description() == description ? pass->tls : nullptr;
}

std::shared_ptr<const tls::ClientContexts> find_before(const route::Snapshot& before, const tls::ClientDescription& description) {
    for (const auto& site : before.sites) {
        if (auto found = find_in(site.root, description)) return found;
        for (const auto* routes : {&site.routes, &site.others})
            for (const auto& route : *routes)
                if (auto found = find_in(route, description)) return found;
    }
    return nullptr;
}

}  // namespace

/// In a renewal one site's broken files leave that site as it was, and no other.
template <class Contexts, class Make>
std::shared_ptr<const Contexts> Compiler::make_or_keep(const std::shared_ptr<const Contexts>& before, Make make) {
    std::vector<tls::Complaint> complaints;
    std::shared_ptr<const Contexts> made = make(complaints);
    if (made || !before) {
        if (made && options.renewal)
            for (auto& file : tls::files_of(made->description())) options.renewal->taken.insert(std::move(file));
        tell(complaints);
        return made;
    }
    for (const auto& complaint : complaints) {
        if (complaint.warning) continue;
        const auto where = complaint.place < tls_places_.size() ? tls_places_[complaint.place] : config::Span{};
        options.renewal->problems.push_back(complaint.message + (where.known() ? " in " + snapshot.place(where) : ""));
    }
    for (auto& file : tls::files_of(before->description())) options.renewal->kept.insert(std::move(file));
    return before;
}

/// Each certificate has its key, wherever it stands, as in nginx.
bool Compiler::check_pairs(const route::ServerTls& said) {
    const auto certificates = said.certificates.size(), keys = said.keys.size();
    if (keys > certificates) {
        const auto& odd = said.keys[certificates];
        warning(tls_places_[odd.place], "certificate", "no \"ssl_certificate\" is defined for key \"" + odd.text + "\": it is not used",
                "each ssl_certificate has its ssl_certificate_key, in the same order");
    }
    if (keys >= certificates) return true;
    const auto& odd = said.certificates[keys];
    error(tls_places_[odd.place], "no \"ssl_certificate_key\" is defined for certificate \"" + odd.text + '"',
          "each ssl_certificate has its ssl_certificate_key, in the same order");
    return false;
}

/// What the words about clients' certificates say together.
bool Compiler::check_client_rules(const route::Site& site, const tls::ServerDescription& said) {
    using tls::VerifyClient;
    const bool verifies = said.verify == VerifyClient::on || said.verify == VerifyClient::optional;
    if (verifies && said.client_authorities.empty() && said.trusted_authorities.empty()) {
        error(site.where, "no \"ssl_client_certificate\" for \"ssl_verify_client\": nobody could come in", "name the file of the authorities that sign your clients' certificates");
        return false;
    }
    if (said.ocsp != tls::ClientOcsp::off && said.verify == VerifyClient::optional_no_ca) {
        error(site.where, "\"ssl_ocsp\" is incompatible with \"ssl_verify_client optional_no_ca\"", "whoever issued the certificate is not known then, and cannot be asked");
        return false;
    }
    return true;
}

namespace {

/// What a site says itself; nullptr: nothing, and it is served with the certificate of the listener's first.
const route::ServerTls* words_of(const route::Site& site) {
    const auto* said = site.root.settings.tls.get();
    return said && (!said->certificates.empty() || said->description.reject_handshake) ? said : nullptr;
}

/// OpenSSL's own cache takes a session up as soon as it is there, though its certificate may still be looked up.
bool may_keep_builtin(const route::Snapshot& snapshot, const route::Listening& listening) {
    return std::ranges::none_of(listening.sites, [&](auto index) {
        const auto* said = words_of(snapshot.sites[index]);
        return said && said->description.ocsp != tls::ClientOcsp::off;
    });
}

}  // namespace

namespace {

bool has_variables(const tls::Pair& pair) {
    return pair.certificate.text.find('$') != std::string::npos || pair.key.text.find('$') != std::string::npos;
}

}  // namespace

/// Pairs whose names stand are read with the conf; others are for each connection to find, which is what comes back.
std::shared_ptr<const route::VariablePairs> Compiler::sort_pairs(const route::ServerTls& said, tls::ServerDescription& description) const {
    route::VariablePairs out{{}, path_beside_conf(""), said.cache};
    for (std::size_t i = 0; i < said.certificates.size(); ++i) {
        const tls::Pair pair{said.certificates[i], said.keys[i]};
        if (!has_variables(pair)) {
            description.pairs.push_back(pair);
            continue;
        }
        out.pairs.push_back({said.certificate_names[i], said.key_names[i]});
        ((description.variable_pairs += pair.certificate.text) += '\n') += pair.key.text + '\n';
    }
    return out.pairs.empty() ? nullptr : std::make_shared<const route::VariablePairs>(std::move(out));
}

/// The site that clients without a name get, or all others where that one refuses them.
void Compiler::check_listener_has_certificate(const route::Listening& listening) {
    const auto lacks = [&](const route::Site& site) { return !words_of(site); };
    const auto& first = snapshot.sites[listening.default_site];
    const bool refuses = !lacks(first) && first.root.settings.tls->certificates.empty();
    const bool any_lacks = refuses && std::ranges::any_of(listening.sites, [&](auto index) { return lacks(snapshot.sites[index]); });
    if (lacks(first) || any_lacks)
        error(listening.where, "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive",
              "write ssl_certificate and ssl_certificate_key into this server; or ssl_reject_handshake on, which needs none");
}

/// Every site that a listener of TLS leads to.
void Compiler::finish_tls() {
    if (options.only_check) return;
    tls::Store own_store;
    auto& store = options.tls ? *options.tls : own_store;
    const unsigned workers = options.workers ? options.workers : snapshot.main.workers;
    std::map<const route::ServerTls*, bool> good;  // also those that no listener of TLS leads to
    for (const auto& site : snapshot.sites)
        if (const auto* said = site.root.settings.tls.get(); said && !good.contains(said)) good[said] = check_pairs(*said);
    MadeOnce<tls::ServerDescription, tls::ServerContexts> made;
    for (auto& listening : snapshot.listening) {
        if (!listening.secure) continue;
        check_listener_has_certificate(listening);
        const bool builtin = may_keep_builtin(snapshot, listening);
        for (const auto index : listening.sites) {
            auto& site = snapshot.sites[index];
            const auto* said = words_of(site);
            if (!said || !good[said] || !check_client_rules(site, said->description)) continue;
            auto description = said->description;
            description.session_cache.builtin = description.session_cache.builtin && builtin;
            site.variable_pairs = sort_pairs(*said, description);
            site.tls = made.get(description, [&] {
                const auto before = options.renewal ? find_before(*options.before, description) : nullptr;
                return make_or_keep(before, [&](auto& complaints) { return tls::make_server(description, workers, store, complaints); });
            });
            site.handshake_timeout = said->handshake_timeout;
            listening.early_data |= description.early_data;
        }
    }
    finish_peer_tls(store, workers);
    store.end_of_conf();
}

/// Every route that asks its peers by https, or may.
void Compiler::finish_peer_tls(tls::Store& store, unsigned workers) {
    MadeOnce<tls::ClientDescription, tls::ClientContexts> made;
    const auto finish = [&](route::Route& route) {
        auto* pass = std::get_if<route::ProxyPass>(&route.content);
        if (!pass || pass->tls || !(pass->secure || pass->url)) return;
        const auto& said = route.settings.proxy.tls;
        auto description = said ? said->description : tls::ClientDescription{};
        if (has_variables(description.pair)) {
            pass->variable_pair = std::make_shared<const route::VariablePairs>(
                route::VariablePairs{{{said->certificate_name, said->key_name}}, path_beside_conf(""), said->cache});
            description.variable_pair = description.pair.certificate.text + '\n' + description.pair.key.text;
            description.pair = {};
        }
        pass->tls = made.get(description, [&] {
            if (const auto& pair = description.pair; !pair.certificate.text.empty() && pair.key.text.empty()) {
                error(tls_places_[pair.certificate.place], "no \"proxy_ssl_certificate_key\" is defined for certificate \"" + pair.certificate.text + '"');
                return std::shared_ptr<const tls::ClientContexts>();
            }
            const auto before = options.renewal ? find_before(*options.before, description) : nullptr;
            return make_or_keep(before, [&](auto& complaints) { return tls::make_client(description, workers, store, complaints); });
        });
    };
    for (auto& site : snapshot.sites) {
        finish(site.root);
        for (auto& route : site.routes) finish(route);
        for (auto& route : site.others) finish(route);
    }
}

}  // namespace sluice::compile
