#include "tls/client_contexts.hpp"

#include "tls/common.hpp"
#include "tls/digest.hpp"
#include "tls/prepare.hpp"

namespace sluice::tls {

namespace {

Owned<SSL_CTX> make_context(const ClientDescription& description, const LoadedPair* pair, const Trust* trust,
                            Complaints& complaints) {
    auto context = bare_context(TLS_client_method());
    if (!context) return refuse(complaints, {}, "SSL_CTX_new() failed (" + last_error() + ")"), nullptr;
    set_protocols(context.get(), description.protocols);
    bool good = set_ciphers(context.get(), description.ciphers, complaints);
    if (pair) good = set_pair(context.get(), *pair, description.pair, complaints) && good;
    if (trust) {
        SSL_CTX_set1_cert_store(context.get(), trust->store.get());
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_verify_depth(context.get(), description.verify_depth);
    }
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    prepare_client(context.get());
    good = run_commands(context.get(), description.commands, complaints) && good;
    return good ? std::move(context) : nullptr;
}

std::uint64_t number_of(const ClientDescription& description, const LoadedPair* pair, const Trust* trust,
                        const Opener& open) {
    Digest digest;
    digest.add(std::to_string(description.protocols));
    digest.add(description.ciphers.text);
    digest.add(identity_of(description.commands, open));
    digest.add(trust ? trust->digest + std::to_string(description.verify_depth) : "");
    if (pair) digest.add(pair->certificate.get());
    digest.add(description.variable_pair);
    std::uint64_t out = 0;
    std::memcpy(&out, digest.finish().data(), sizeof out);
    return out == 0 ? 1 : out;
}

}  // namespace

std::shared_ptr<const ClientContexts> make_client(const ClientDescription& description, unsigned workers, Store& store,
                                                  std::vector<Complaint>& complaints) {
    auto out = std::make_shared<ClientContexts>();
    out->description_ = description;
    bool good = true;
    if (!description.pair.certificate.empty()) {
        out->pair_ = store.pair(description.pair, description.password_files, complaints);
        good = out->pair_ != nullptr;
    }
    if (!description.variable_pair.empty()) {
        out->passwords_ = store.passwords(description.password_files, complaints);
        good = good && out->passwords_;
    }
    std::shared_ptr<const Trust> trust;
    if (description.verify) {
        trust = store.trust({{}, description.trusted, description.crl, description.trusted.empty()}, complaints);
        good = good && trust;
    }
    out->number_ = number_of(description, out->pair_.get(), trust.get(), store.opener());
    for (unsigned i = 0; good && i < workers; ++i) {
        out->contexts_.push_back(make_context(description, out->pair_.get(), trust.get(), complaints));
        good = out->contexts_.back() != nullptr;
    }
    return good ? out : nullptr;
}

}  // namespace sluice::tls
