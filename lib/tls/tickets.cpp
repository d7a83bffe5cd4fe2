#include "tls/tickets.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace sluice::tls {

namespace {

constexpr std::size_t short_file = 48, long_file = 80;
constexpr std::size_t most_old_keys = 24;
constexpr core::Duration shortest_period = std::chrono::hours(1);

TicketKey key_of(std::string_view bytes) {
    TicketKey out;
    const auto take = [&](unsigned char* to, std::size_t size) {
        std::copy_n(bytes.data(), size, reinterpret_cast<char*>(to));
        bytes.remove_prefix(size);
    };
    const bool is_short = bytes.size() == short_file;
    out.size = is_short ? 16 : 32;
    take(out.name.data(), out.name.size());
    if (is_short)
        take(out.aes.data(), 16), take(out.hmac.data(), 16);
    else
        take(out.hmac.data(), 32), take(out.aes.data(), 32);
    return out;
}

bool make_random(TicketKey& out) {
    return RAND_bytes(out.name.data(), 16) == 1 && RAND_priv_bytes(out.aes.data(), 32) == 1 &&
           RAND_priv_bytes(out.hmac.data(), 32) == 1;
}

}  // namespace

TicketKey::~TicketKey() {
    OPENSSL_cleanse(aes.data(), aes.size());
    OPENSSL_cleanse(hmac.data(), hmac.size());
}

std::shared_ptr<TicketKeys> TicketKeys::rotating(const core::Clock& clock) {
    std::shared_ptr<TicketKeys> out(new TicketKeys(clock, true));
    out->keys_.reserve(most_old_keys + 2);  // so that no copy of a key is left behind by a vector that grows
    return out;
}

std::shared_ptr<TicketKeys> TicketKeys::from_files(const std::vector<Item>& files, const Opener& open,
                                                   const core::Clock& clock, Complaints& complaints) {
    std::shared_ptr<TicketKeys> out(new TicketKeys(clock, false));
    out->keys_.reserve(files.size());
    bool good = true;
    for (const Item& file : files) {
        OpenItem opened(file, open);
        auto bytes = opened.read();
        if (!bytes) {
            refuse(complaints, file, "cannot read the session ticket key " + shown(file) + ": " + opened.error());
        } else if (bytes->size() != short_file && bytes->size() != long_file) {
            refuse(complaints, file, shown(file) + " must be 48 or 80 bytes, and has " + std::to_string(bytes->size()),
                   "make one with: openssl rand -out FILE 80");
        } else {
            out->keys_.push_back(key_of(*bytes));
        }
        good = good && bytes && (bytes->size() == short_file || bytes->size() == long_file);
        if (bytes) wipe(*bytes);
    }
    return good ? out : nullptr;
}

void TicketKeys::keep_for(std::chrono::seconds timeout) {
    const std::scoped_lock lock(mutex_);
    timeout_ = std::max(timeout_, timeout);
}

core::Duration TicketKeys::period() const {
    return std::max<core::Duration>(shortest_period, timeout_ / most_old_keys);
}

/// Under the lock, once a period.
void TicketKeys::rotate(core::Instant now) {
    if (!rotates_) return;
    const auto useless = [&](const TicketKey& key) { return now - key.made >= period() + timeout_; };
    std::erase_if(keys_, useless);
    if (!keys_.empty() && now - keys_.front().made < period()) return;
    TicketKey fresh;
    if (!make_random(fresh)) return;  // the old one goes on
    fresh.made = now;
    if (keys_.size() > most_old_keys) keys_.pop_back();
    keys_.insert(keys_.begin(), fresh);
}

bool TicketKeys::current(TicketKey& out) {
    const core::Instant now = clock_.now();
    const std::scoped_lock lock(mutex_);
    rotate(now);
    if (keys_.empty()) return false;
    out = keys_.front();
    return true;
}

TicketKeys::Found TicketKeys::find(const unsigned char* name, TicketKey& out) {
    const core::Instant now = clock_.now();
    const std::scoped_lock lock(mutex_);
    rotate(now);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (!std::equal(keys_[i].name.begin(), keys_[i].name.end(), name)) continue;
        out = keys_[i];
        return {true, i != 0};
    }
    return {};
}

std::size_t TicketKeys::size() const {
    const std::scoped_lock lock(mutex_);
    return keys_.size();
}

}  // namespace sluice::tls
