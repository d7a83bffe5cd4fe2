// What a client sends once a handshake of TLS 1.3 is over. The input is a script: each step is a command, a type, and what
// that record hides. Laws: what a client seals as data comes out as it went in, whatever room there is for it; of a record
// that was tampered with nothing comes out; after a failure there is a reason; no more is used than there is, and that moves
// on; keys change with the client's.
#include <algorithm>
#include <cstdint>
#include <string>

#include "laws.hpp"
#include "tls/records.hpp"

namespace {

using namespace sluice::tls;
using sluice::fuzz::require;
using sluice::fuzz::within;
using Kind = Records::Kind;

const Secret secret(Bytes(reinterpret_cast<const unsigned char*>("0123456789abcdef0123456789abcdef"), 32));

class Script {
  public:
    explicit Script(std::string_view text) : text_(text) {}
    bool done() const { return text_.empty(); }
    unsigned char byte() { return text_.empty() ? 0 : static_cast<unsigned char>(take(1).front()); }
    std::string_view take(std::size_t size) {
        const auto out = text_.substr(0, size);
        text_.remove_prefix(out.size());
        return out;
    }

  private:
    std::string_view text_;
};

std::string_view view(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

/// What a record hides: the last byte that is not zero is its type.
struct Inner {
    std::string content;
    unsigned char type = 0;

    Inner(std::string_view hidden, unsigned char last) {
        std::string all(hidden);
        all += static_cast<char>(last);
        all.erase(all.find_last_not_of('\0') + 1);
        if (all.empty()) return;
        type = static_cast<unsigned char>(all.back());
        content = all.substr(0, all.size() - 1);
    }
};

/// False: the connection is over. `said`: of a message that has not come in whole.
bool step(Script& script, Protection& client, Records& server, std::string& said) {
    const auto command = script.byte(), type = script.byte();
    std::string content(script.take(script.byte())), record;
    const Inner inner(content, type);
    const bool sealed = (command & 3) != 0;
    if (sealed) {
        record.resize(content.size() + Protection::added);
        const iovec part{content.data(), content.size()};
        require(client.seal(type, {&part, 1}, content.size(), record.data()), "OpenSSL seals");
    } else {
        record = content;  // in the open
    }
    const bool changed = sealed && (command & 4) != 0;
    if (changed) record[script.byte() % record.size()] ^= static_cast<char>(1 | script.byte());
    const auto whole = record.size();
    record.append(script.take(command >> 5));
    const std::string as_sent = record;
    std::string room((command & 8) != 0 ? content.size() + 1 : 0, 0);
    const auto out = server.open(record, room);
    require(out.used <= record.size(), "no more than there is");
    require(within(view(out.content), record) || within(view(out.content), room), "content is where it may be");
    switch (out.kind) {
        case Kind::partial:
            require(out.used == 0 && !Records::is_whole(as_sent), "nothing is used before all is there");
            return false;
        case Kind::failed:
            require(out.reason != 0, "a reason");
            return false;
        case Kind::end:
            return false;
        case Kind::data:
            require(sealed && !changed && out.used == whole, "data comes from who has the key");
            require(inner.type == SSL3_RT_APPLICATION_DATA && view(out.content) == inner.content, "as it went in");
            return true;
        case Kind::message:
            require(sealed && !changed, "messages come from who has the key");
            if (inner.type != SSL3_RT_HANDSHAKE) return true;
            said += inner.content;
            require(said.size() <= 5, "no message is longer than a change of keys");
            if (said.size() == 5) {
                require(client.update(), "OpenSSL derives");
                said.clear();
            }
            return true;
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr unsigned aes_128 = 0x1301;
    Script script({reinterpret_cast<const char*>(data), size});
    Protection client(Protection::Way::seals, aes_128, secret, 0);
    Records server(aes_128, {secret, secret}, 0);
    std::string said;
    while (!script.done() && step(script, client, server, said)) {}
    return 0;
}
