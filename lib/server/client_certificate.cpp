// Certificates whose names have variables: found, read and given to a connection amid its handshake.
#include <cstring>

#include "route/variable_pairs.hpp"
#include "server/client.hpp"
#include "server/worker.hpp"
#include "tls/common.hpp"

namespace sluice::server {

using exchange::Level;

/// As in nginx the worker reads the files, and what it may not read is not there. False: the client gets an alert.
bool Client::certify(SSL* ssl, const route::Site& site, proxy::Configured& conf) {
    const auto* listening = conf.find_listening(local_.number);
    if (!listening) return false;
    exchange::Exchange x;
    x.client = &address_;
    x.local = &local_.address;
    x.tls = stream_.tls();
    x.secure = true;
    x.record.connection = number_;
    x.record.when = worker_.loop().wall();
    x.record.proxy_header = proxy_header_.get();
    route::Scope scope(*conf.snapshot, *listening, x, worker_.tools());
    scope.site = &site;
    scope.route = &site.root;
    const auto& all = *site.variable_pairs;
    // As in nginx that is no host, and it shall not choose a folder.
    if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name); name && std::strchr(name, '/')) {
        tell(Level::info, "the client names a host with \"/\"", "while SSL handshaking");
        return false;
    }
    for (const auto& names : all.pairs) {
        std::string problem;
        const auto pair = route::pair_of(scope, all, names, problem);
        std::vector<tls::Complaint> complaints;
        const auto loaded = pair ? conf.pair_cache(all).get(*pair, *site.tls->passwords(), worker_.loop().now(), complaints) : nullptr;
        if (loaded && tls::set_pair(ssl, *loaded, problem)) continue;
        if (!complaints.empty()) problem = complaints.front().message;
        tell(Level::error, problem, "while SSL handshaking");
        return false;
    }
    return true;
}

}  // namespace sluice::server
