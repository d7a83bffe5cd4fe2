// What outlives a conf: certificates that need not be read again, session caches, keys of tickets.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/clock.hpp"
#include "tls/pair.hpp"
#include "tls/session_cache.hpp"
#include "tls/tickets.hpp"
#include "tls/trust.hpp"

namespace sluice::tls {

/// One per process; the control thread's. What it gives out is shared with the contexts made of it, and goes with the
/// last of them: while a conf is being read, the one before still has what both need.
class Store {
  public:
    /// The clock must outlive the store and everything that it gave out.
    explicit Store(const core::Clock& clock = system_clock(), Opener opener = system_opener());

    /// nullptr: said in `complaints`; warnings come each time, though the file be read once.
    std::shared_ptr<const LoadedPair> pair(const Pair& pair, const std::vector<Item>& password_files,
                                           Complaints& complaints);
    /// Of all files; nullptr: said in `complaints`.
    std::shared_ptr<const Passwords> passwords(const std::vector<Item>& files, Complaints& complaints);
    std::shared_ptr<const Trust> trust(const TrustRule& rule, Complaints& complaints);
    /// ssl_session_cache shared:NAME:SIZE, with the sessions of the one before if the size is the same. nullptr: too
    /// small, or there is another of this name in the same conf.
    std::shared_ptr<SessionCache> session_cache(const SessionCacheRule& rule, Complaints& complaints);
    /// ssl_ocsp_cache shared:NAME:SIZE: statuses of certificates, in the same way.
    std::shared_ptr<SessionCache> ocsp_cache(const OcspCacheRule& rule, Complaints& complaints);
    /// Keys from files; without any those that all contexts share and that change by themselves.
    std::shared_ptr<TicketKeys> ticket_keys(const std::vector<Item>& files, std::chrono::seconds timeout,
                                            Complaints& complaints);

    /// Whether to wait for whoever writes into a pipe of passwords: not where nobody has asked for a new conf.
    void wait_for_pipes(bool wait) { waits_for_pipes_ = wait; }

    /// To be called when a conf has been read, good or bad: wipes passwords, and forgets which sizes its caches had.
    void end_of_conf();

    const Opener& opener() const { return opener_; }
    const core::Clock& clock() const { return clock_; }
    core::WallTime now() const { return clock_.wall(); }
    /// Files that were read, not found unchanged; for tests.
    std::size_t files_read() const { return files_read_; }

  private:
    static const core::Clock& system_clock();
    std::shared_ptr<SessionCache> cache(const char* kind, const std::string& of_conf, std::size_t size,
                                        Complaints& complaints);
    const Passwords* passwords(const Item& file, Complaints& complaints);

    const core::Clock& clock_;
    Opener opener_;
    std::map<std::string, std::weak_ptr<const LoadedPair>, std::less<>> pairs_;
    std::map<std::string, std::weak_ptr<const Trust>, std::less<>> trusts_;
    std::map<std::string, std::weak_ptr<SessionCache>, std::less<>> caches_;
    std::shared_ptr<TicketKeys> keys_;
    std::map<std::string, Passwords> passwords_;      // of this conf
    std::map<std::string, std::size_t> cache_sizes_;  // of this conf
    std::size_t files_read_ = 0;
    bool waits_for_pipes_ = true;
};

}  // namespace sluice::tls
