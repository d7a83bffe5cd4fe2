// TLS toward peers: what OpenSSL needs, made of its description.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tls/description.hpp"
#include "tls/openssl.hpp"
#include "tls/store.hpp"

namespace sluice::tls {

/// Does not change. Made on the control thread; a worker uses the context that is its own.
class ClientContexts {
  public:
    SSL_CTX* at(unsigned worker) const { return contexts_[worker].get(); }
    /// The same for the same rules, files and all, also in the next conf: connections and sessions of one may be used
    /// under another then, and never otherwise. Not 0.
    std::uint64_t number() const { return number_; }
    const ClientDescription& description() const { return description_; }
    /// For a key whose name has variables; nullptr if there is none.
    const Passwords* passwords() const { return passwords_.get(); }
    /// nullptr: none is shown, or another for each connection.
    const LoadedPair* pair() const { return pair_.get(); }

  private:
    friend std::shared_ptr<const ClientContexts> make_client(const ClientDescription&, unsigned, Store&,
                                                             std::vector<Complaint>&);
    ClientDescription description_;
    std::uint64_t number_ = 0;
    std::shared_ptr<const LoadedPair> pair_;
    std::shared_ptr<const Passwords> passwords_;
    std::vector<Owned<SSL_CTX>> contexts_;
};

/// nullptr: said in `complaints`. With `verify` a handshake fails if the chain is not good (SSL_get_verify_result says
/// why); that the certificate is for the right name must be asked of each connection (SSL_set1_host). Sessions are not
/// kept: the caller has one for each peer. Control thread.
std::shared_ptr<const ClientContexts> make_client(const ClientDescription& description, unsigned workers, Store& store,
                                                  std::vector<Complaint>& complaints);

}  // namespace sluice::tls
