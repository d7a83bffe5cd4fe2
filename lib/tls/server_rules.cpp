#include "tls/server_rules.hpp"

#include "tls/common.hpp"
#include "tls/digest.hpp"
#include "tls/session_cache.hpp"
#include "tls/tickets.hpp"

namespace sluice::tls {

namespace {

int accept_all(int, X509_STORE_CTX*) { return 1; }

}  // namespace

std::string identity_of(const ServerDescription& description, const Trust* trust,
                        const std::vector<std::shared_ptr<const LoadedPair>>& pairs, const Opener& open) {
    Digest digest;
    const bool verifies = description.verify != VerifyClient::off;
    digest.add({reinterpret_cast<const char*>(&description.verify), sizeof description.verify});
    digest.add(verifies ? std::to_string(description.verify_depth) : "");
    digest.add(verifies && trust ? trust->digest : "");
    digest.add({reinterpret_cast<const char*>(&description.ocsp), sizeof description.ocsp});
    digest.add(description.ocsp_responder.text);
    digest.add(identity_of(description.commands, open));  // some are about verification
    for (const auto& pair : pairs) digest.add(pair->certificate.get());
    digest.add(description.variable_pairs);
    return digest.finish();
}

bool keeps_sessions(const ServerDescription& description) {
    const SessionCacheRule& rule = description.session_cache;
    return description.tickets || (!rule.off && (rule.builtin || !rule.shared.empty()));
}

void set_sessions(SSL_CTX* context, const ServerDescription& description, const std::string& identity) {
    const SessionCacheRule& rule = description.session_cache;
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(identity.data()),
                                   static_cast<unsigned>(identity.size()));
    SSL_CTX_set_timeout(context, description.session_timeout.count());
    if (rule.off) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    } else {
        SSL_CTX_set_session_cache_mode(
            context,
            SSL_SESS_CACHE_SERVER | (rule.builtin ? 0 : SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR));
        if (rule.builtin) SSL_CTX_sess_set_cache_size(context, rule.builtin_size);
        use_session_cache(context);
    }
    if (!description.tickets) SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    // One for each connection: a client that opens several at once has as many afterwards, and making one is a
    // noticeable part of a handshake. With neither tickets nor a cache, those of TLS 1.3 would be promises that nobody
    // keeps.
    // Where clients are looked up by OCSP it comes after that (keep_checked_session).
    SSL_CTX_set_num_tickets(context, keeps_sessions(description) && description.ocsp == ClientOcsp::off ? 1 : 0);
    use_ticket_keys(context);
}

void set_verification(SSL_CTX* context, const ServerDescription& description, const Trust* trust) {
    if (trust) SSL_CTX_set1_cert_store(context, trust->store.get());
    if (description.verify == VerifyClient::off) return;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_all);
    SSL_CTX_set_verify_depth(context, description.verify_depth);
    if (trust && trust->client_names) SSL_CTX_set_client_CA_list(context, SSL_dup_CA_list(trust->client_names.get()));
}

}  // namespace sluice::tls
