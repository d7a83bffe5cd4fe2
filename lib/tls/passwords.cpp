#include "tls/passwords.hpp"

#include <openssl/crypto.h>

namespace sluice::tls {

void wipe(std::string& text) {
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

Passwords::Passwords(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::size_t size = end - at;
        if (size > 0 && text[end - 1] == '\r') --size;
        if (size > 0) lines_.push_back(text.substr(at, size));
        at = end + 1;
    }
}

Passwords::~Passwords() {
    for (std::string& line : lines_) wipe(line);
}

std::optional<Passwords> read_passwords(const Item& file, const Opener& open, bool wait, Complaints& complaints) {
    OpenItem opened(file, open, wait);
    auto text = opened.read();
    if (!text) {
        refuse(complaints, file, "cannot read passwords from " + shown(file) + ": " + opened.error());
        return std::nullopt;
    }
    Passwords out(*text);
    wipe(*text);
    return out;
}

}  // namespace sluice::tls
