// ssl_key_log, proxy_ssl_key_log: from the contexts of one worker into its logs.
#pragma once

#include <map>
#include <vector>

#include "observe/logs.hpp"
#include "route/snapshot.hpp"
#include "tls/key_log.hpp"

namespace sluice::proxy {

/// While it lives the contexts of the snapshot that have a log of keys write there. Contexts may be shared with the next
/// snapshot, which then takes them over. That worker's thread only.
class KeyLogs {
  public:
    /// `channels` by Snapshot::files.
    KeyLogs(const route::Snapshot& snapshot, const std::vector<observe::LogChannel*>& channels, observe::Logs& logs, unsigned worker);
    ~KeyLogs();
    KeyLogs(const KeyLogs&) = delete;
    KeyLogs& operator=(const KeyLogs&) = delete;

  private:
    class Lines;
    template <class Contexts>
    void follow(const Contexts* contexts, unsigned worker);

    std::map<std::string, std::unique_ptr<Lines>> logs_;  // by path
    std::vector<std::pair<SSL_CTX*, Lines*>> followed_;
};

}  // namespace sluice::proxy
