// ssl_session_cache shared: sessions that clients take up again by their number.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.hpp"
#include "tls/openssl.hpp"

namespace sluice::tls {

/// Shared by workers and by sites that name it. Any thread: it is cut into parts by id, each with a lock that is held
/// for one look-up or one copy of a session. Of what does not fit the session used longest ago goes.
class SessionCache {
  public:
    static constexpr std::size_t least_size = 32768;   // bytes, as in nginx
    static constexpr std::size_t most_of_one = 16384;  // bytes; larger sessions are not kept

    /// `room`: bytes for all sessions with what keeping them costs.
    SessionCache(std::size_t room, const core::Clock& clock);

    /// A session in OpenSSL's form, to be had for as long as `timeout`. Takes the place of one with the same id.
    void put(std::string_view id, std::string_view session, core::Duration timeout);
    /// "": unknown, or over.
    std::string get(std::string_view id);
    void remove(std::string_view id);

    std::size_t room() const { return room_; }
    std::size_t size() const;   // sessions
    std::size_t bytes() const;  // that they take, never more than room()

  private:
    struct Entry : boost::intrusive::list_base_hook<> {
        std::string id, session;
        core::Instant ends{};
        ~Entry();  // wipes the session: whoever has it can read what was said under it
    };
    struct Hash {
        std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>()(id); }
    };
    struct Part {
        mutable std::mutex mutex;
        std::unordered_map<std::string_view, std::unique_ptr<Entry>, Hash> entries;  // keys are views of their entries
        boost::intrusive::list<Entry> by_use;                                        // the one used last in front
        std::size_t bytes = 0;
        ~Part() { by_use.clear(); }
        void drop(Entry& entry);
    };

    static std::size_t cost_of(const Entry& entry);
    Part& part_of(std::string_view id) { return parts_[(Hash()(id) >> 7) & (used_parts_ - 1)]; }

    std::size_t room_;
    const core::Clock& clock_;
    std::array<Part, 16> parts_;
    std::size_t used_parts_;  // a power of two: those of a small cache would have no room for a large session
};

/// After a full handshake with a client whose certificate has been found good: from now on its session may be taken up.
/// With TLS 1.3 the client is told of it with what is sent next.
void keep_checked_session(SSL* connection);

/// Has sessions of `context` kept by, and taken from, the cache of the context that a connection uses in the end.
void use_session_cache(SSL_CTX* context);

}  // namespace sluice::tls
