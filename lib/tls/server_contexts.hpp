// A site's side of TLS: what OpenSSL needs, made of its description.
#pragma once

#include <memory>
#include <vector>

#include "tls/description.hpp"
#include "tls/ocsp_question.hpp"
#include "tls/parts.hpp"
#include "tls/store.hpp"

namespace sluice::tls {

/// Does not change, except for staples. Made on the control thread; a worker uses the context that is its own, so that
/// no two count references on one; certificates, keys and lists are shared.
class ServerContexts {
  public:
    SSL_CTX* at(unsigned worker) const { return contexts_[worker].get(); }
    unsigned workers() const { return static_cast<unsigned>(contexts_.size()); }
    const ServerDescription& description() const { return description_; }
    const std::vector<std::shared_ptr<const LoadedPair>>& pairs() const { return pairs_; }
    /// Where to put a responder's answers: one for each pair; empty unless the site staples.
    const std::vector<std::shared_ptr<Staple>>& staples() const { return parts_->staples; }
    /// What to ask for them: one for each pair, nullptr if nobody can be asked; empty if the answer comes from a file.
    const std::vector<std::shared_ptr<const OcspQuestion>>& staple_questions() const { return staple_questions_; }
    /// ssl_ocsp_cache; nullptr: there is none.
    SessionCache* statuses() const { return parts_->statuses.get(); }
    /// ssl_ocsp_responder.
    const std::optional<OcspResponder>& ocsp_responder() const { return ocsp_responder_; }
    /// For keys whose names have variables; nullptr if there are none.
    const Passwords* passwords() const { return passwords_.get(); }
    /// nullptr: nobody is asked for a certificate, nor is anybody verified.
    const Trust* trust() const { return trust_.get(); }

  private:
    friend class ServerMaker;
    ServerDescription description_;
    std::vector<std::shared_ptr<const LoadedPair>> pairs_;
    std::shared_ptr<const Trust> trust_;
    std::vector<std::shared_ptr<const OcspQuestion>> staple_questions_;
    std::optional<OcspResponder> ocsp_responder_;
    std::shared_ptr<const Passwords> passwords_;
    std::shared_ptr<const Parts> parts_;
    std::vector<Owned<SSL_CTX>> contexts_;
};

/// nullptr: said in `complaints`, all that is wrong at once; otherwise there may be warnings. `store` keeps what a
/// later conf can use again. Control thread.
std::shared_ptr<const ServerContexts> make_server(const ServerDescription& description, unsigned workers, Store& store,
                                                  std::vector<Complaint>& complaints);

/// Bytes that a client may send before the handshake is done, if ssl_early_data is on.
inline constexpr unsigned most_early_data = 16384;

}  // namespace sluice::tls
