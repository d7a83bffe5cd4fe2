// Contexts of TLS, once all sites and routes are known.
#include <algorithm>

#include "compile/compiler.hpp"
#include "tls/client_contexts.hpp"
#include "tls/server_contexts.hpp"
#include "tls/store.hpp"

namespace sluice::compile {

tls::Item Compiler::tls_item(const Word& word, std::string text) {
    tls_places_.push_back(word.span);
    if (text.starts_with('/') && std::ranges::find(snapshot.tls_files, text) == snapshot.tls_files.end()) snapshot.tls_files.push_back(text);
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

/// Every site that a listener of TLS leads to.
void Compiler::finish_tls() {
    if (options.only_check) return;
    tls::Store own_store;
    auto& store = options.tls ? *options.tls : own_store;
    const unsigned workers = options.workers ? options.workers : snapshot.main.workers;
    MadeOnce<tls::ServerDescription, tls::ServerContexts> made;
    for (auto& listening : snapshot.listening) {
        if (!listening.secure) continue;
        bool any = false;
        for (const auto index : listening.sites) {
            auto& site = snapshot.sites[index];
            const auto* said = site.root.settings.tls.get();
            const bool has_pairs = said && !said->certificates.empty();
            if (!has_pairs && !(said && said->description.reject_handshake)) continue;
            if (said->certificates.size() != said->keys.size() && has_pairs) {
                const bool lacks_key = said->keys.size() < said->certificates.size();
                const auto& odd = lacks_key ? said->certificates[said->keys.size()] : said->keys[said->certificates.size()];
                error(tls_places_[odd.place], lacks_key ? "no \"ssl_certificate_key\" is defined for certificate \"" + odd.text + '"' : "no \"ssl_certificate\" is defined for key \"" + odd.text + '"',
                      "each ssl_certificate has its ssl_certificate_key, in the same order");
                continue;
            }
            any = true;
            using tls::VerifyClient;
            const auto verify = said->description.verify;
            if ((verify == VerifyClient::on || verify == VerifyClient::optional) && said->description.client_authorities.empty() && said->description.trusted_authorities.empty()) {
                error(site.where, "no \"ssl_client_certificate\" for \"ssl_verify_client\": nobody could come in", "name the file of the authorities that sign your clients' certificates");
                continue;
            }
            auto description = said->description;
            for (std::size_t i = 0; i < said->certificates.size(); ++i) description.pairs.push_back({said->certificates[i], said->keys[i]});
            site.tls = made.get(description, [&] {
                std::vector<tls::Complaint> complaints;
                auto contexts = tls::make_server(description, workers, store, complaints);
                tell(complaints);
                return contexts;
            });
            site.handshake_timeout = said->handshake_timeout;
            site.largest_record = static_cast<std::uint32_t>(said->largest_record);
            listening.early_data |= description.early_data;
        }
        const auto& first = snapshot.sites[listening.default_site];
        const auto* said = first.root.settings.tls.get();
        if (!any || ((!said || said->certificates.empty()) && !(said && said->description.reject_handshake)))
            error(first.where, "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive in " + snapshot.place(listening.where),
                  "write ssl_certificate and ssl_certificate_key into this server; or ssl_reject_handshake on, which needs none");
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
        const auto description = said ? said->description : tls::ClientDescription{};
        pass->tls = made.get(description, [&] {
            std::vector<tls::Complaint> complaints;
            auto contexts = tls::make_client(description, workers, store, complaints);
            tell(complaints);
            return contexts;
        });
    };
    for (auto& site : snapshot.sites) {
        finish(site.root);
        for (auto& route : site.routes) finish(route);
        for (auto& route : site.others) finish(route);
    }
}

}  // namespace sluice::compile
