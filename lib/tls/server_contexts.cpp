#include "tls/server_contexts.hpp"

#include "tls/common.hpp"
#include "tls/exchange_keys.hpp"
#include "tls/prepare.hpp"
#include "tls/server_rules.hpp"
#include "tls/staple_questions.hpp"
#include "tls/stapling_file.hpp"

namespace sluice::tls {

class ServerMaker {
  public:
    ServerMaker(const ServerDescription& description, Store& store, Complaints& complaints)
        : description_(description), store_(store), complaints_(complaints), out_(std::make_shared<ServerContexts>()) {}

    std::shared_ptr<const ServerContexts> make(unsigned workers) {
        out_->description_ = description_;
        bool good = load_pairs();
        good = load_trust() && good;
        good = load_parts() && good;
        if (!good) return nullptr;
        identity_ = identity_of(description_, out_->trust_.get(), out_->pairs_, store_.opener());
        for (unsigned i = 0; i < workers; ++i) {
            auto context = make_context();
            if (!context) return nullptr;  // the others would fail for the same reason
            out_->contexts_.push_back(std::move(context));
        }
        return out_;
    }

  private:
    bool load_pairs() {
        bool good = true;
        for (const Pair& pair : description_.pairs) {
            auto loaded = store_.pair(pair, description_.password_files, complaints_);
            if (loaded) warn_if_replaced(*loaded, pair);
            good = good && loaded;
            out_->pairs_.push_back(std::move(loaded));
        }
        if (!description_.variable_pairs.empty()) {
            out_->passwords_ = store_.passwords(description_.password_files, complaints_);
            good = good && out_->passwords_;
        }
        if (!good) explain_order();
        return good;
    }

    /// Keys that only stand in another order than their certificates: who belongs to whom is said where it was missed.
    void explain_order() {
        const auto& pairs = description_.pairs;
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            if (out_->pairs_[i]) continue;
            for (std::size_t other = 0; other < pairs.size(); ++other) {
                Complaints unheard;
                if (other == i ||
                    !store_.pair({pairs[other].certificate, pairs[i].key}, description_.password_files, unheard))
                    continue;
                for (Complaint& complaint : complaints_)
                    if (complaint.message.starts_with("the key " + shown(pairs[i].key) + " does not"))
                        complaint.help = "it belongs to " + shown(pairs[other].certificate) +
                                         ": keys must be named in the order of their certificates";
            }
        }
    }

    /// OpenSSL keeps one certificate of each type of key.
    void warn_if_replaced(const LoadedPair& loaded, const Pair& pair) {
        for (std::size_t i = 0; i < out_->pairs_.size(); ++i)
            if (out_->pairs_[i] && out_->pairs_[i]->facts.key == loaded.facts.key)
                warn(complaints_, pair.certificate,
                     "the certificate " + shown(pair.certificate) + " takes the place of " +
                         shown(description_.pairs[i].certificate) + ": both are for a key of type " + loaded.facts.key,
                     "a site has one certificate of each type of key; give each name a server block of its own");
    }

    bool load_trust() {
        const TrustRule rule{description_.client_authorities, description_.trusted_authorities, description_.crl,
                             false};
        if (rule.client_authorities.empty() && rule.trusted_authorities.empty() && rule.crl.empty()) return true;
        out_->trust_ = store_.trust(rule, complaints_);
        return out_->trust_ != nullptr;
    }

    bool load_parts() {
        auto parts = std::make_shared<Parts>();
        parts->timeout = description_.session_timeout;
        parts->largest_record = description_.largest_record;
        parts->shapes_records = std::ranges::any_of(description_.commands, [](const auto& command) { return command_shapes_records(command.first.text); });
        parts->tickets = store_.ticket_keys(description_.ticket_keys, description_.session_timeout, complaints_);
        bool good = parts->tickets != nullptr;
        if (!description_.session_cache.shared.empty()) {
            parts->cache = store_.session_cache(description_.session_cache, complaints_);
            good = good && parts->cache;
        }
        if (description_.stapling && !has_null_pair()) {
            for (const auto& pair : out_->pairs_) {
                parts->certificates.push_back(pair->certificate.get());
                parts->staples.push_back(std::make_shared<Staple>(store_.clock()));
            }
            if (description_.stapling_file.empty())
                out_->staple_questions_ = staple_questions(description_, out_->pairs_, out_->trust_.get(), complaints_);
            else
                good = load_stapling_file(description_.stapling_file, out_->pairs_, out_->trust_.get(), parts->staples,
                                          store_, complaints_) &&
                       good;
        }
        good = load_ocsp(*parts) && good;
        out_->parts_ = std::move(parts);
        return good;
    }

    bool load_ocsp(Parts& parts) {
        if (description_.ocsp == ClientOcsp::off) return true;
        parts.checks_clients = true;
        parts.gives_tickets = keeps_sessions(description_);
        bool good = true;
        if (const Item& url = description_.ocsp_responder; !url.empty()) {
            std::string problem;
            out_->ocsp_responder_ = parse_responder(url.text, problem);
            good = out_->ocsp_responder_.has_value();
            if (!good) refuse(complaints_, url, problem + " in OCSP responder " + shown(url) + " in \"ssl_ocsp_responder\"", "as in http://ocsp.example.com/");
        }
        if (!description_.ocsp_cache.name.empty()) {
            parts.statuses = store_.ocsp_cache(description_.ocsp_cache, complaints_);
            good = good && parts.statuses;
        }
        return good;
    }

    bool has_null_pair() const { return std::ranges::find(out_->pairs_, nullptr) != out_->pairs_.end(); }

    Owned<SSL_CTX> make_context() {
        auto context = bare_context(TLS_server_method());
        if (!context || !attach(context.get(), out_->parts_))
            return refuse(complaints_, {}, "SSL_CTX_new() failed (" + last_error() + ")"), nullptr;
        set_protocols(context.get(), description_.protocols);
        bool good = true;
        if (description_.ciphers.empty())
            set_modern_ciphers(context.get());
        else
            good = set_ciphers(context.get(), description_.ciphers, complaints_);
        good = set_curves(context.get(), description_.curves, complaints_) && good;
        good = set_dhparam(context.get(), description_.dhparam, store_.opener(), complaints_) && good;
        if (description_.prefer_server_ciphers) SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
        for (std::size_t i = 0; i < out_->pairs_.size(); ++i)
            good = set_pair(context.get(), *out_->pairs_[i], description_.pairs[i], complaints_) && good;
        set_verification(context.get(), description_, out_->trust_.get());
        set_sessions(context.get(), description_, identity_);
        // Replays are kept from harm by the request's Early-Data field, as in nginx; OpenSSL's own way needs its own
        // cache.
        SSL_CTX_set_options(context.get(), SSL_OP_NO_ANTI_REPLAY);
        if (description_.early_data) SSL_CTX_set_max_early_data(context.get(), most_early_data);
        if (!out_->parts_->staples.empty()) use_staples(context.get());
        prepare_server(context.get());
        if (!description_.variable_pairs.empty()) certify_by_chooser(context.get());
        good = run_commands(context.get(), description_.commands, complaints_) && good;
        return good ? std::move(context) : nullptr;
    }

    const ServerDescription& description_;
    Store& store_;
    Complaints& complaints_;
    std::shared_ptr<ServerContexts> out_;
    std::string identity_;
};

std::shared_ptr<const ServerContexts> make_server(const ServerDescription& description, unsigned workers, Store& store,
                                                  std::vector<Complaint>& complaints) {
    return ServerMaker(description, store, complaints).make(workers);
}

}  // namespace sluice::tls
