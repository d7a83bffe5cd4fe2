// The answer of an OCSP responder that goes with a certificate (RFC 6066 8).
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/clock.hpp"
#include "tls/openssl.hpp"

namespace sluice::tls {

/// One certificate's. Any thread; a lock is held while a pointer is copied.
class Staple {
  public:
    explicit Staple(const core::Clock& clock) : clock_(clock) {}

    /// Takes the place of the one before. `until`: when it is not sent any more.
    void set(std::string der, core::WallTime until) {
        auto fresh = std::make_shared<const Answer>(Answer{std::move(der), until});
        const std::scoped_lock lock(mutex_);
        answer_.swap(fresh);
    }
    /// nullptr: there is none, or it is over.
    std::shared_ptr<const std::string> get() const {
        std::shared_ptr<const Answer> now;
        {
            const std::scoped_lock lock(mutex_);
            now = answer_;
        }
        if (!now || clock_.wall().us >= now->until.us) return nullptr;
        return {now, &now->der};
    }

    static constexpr core::WallTime always{INT64_MAX};

  private:
    struct Answer {
        std::string der;
        core::WallTime until;
    };
    const core::Clock& clock_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Answer> answer_;
};

/// Has the staples of a connection's context sent to clients that ask.
void use_staples(SSL_CTX* context);

}  // namespace sluice::tls
