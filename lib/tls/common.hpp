// What both sides of TLS ask of a context in the same way.
#pragma once

#include <utility>
#include <vector>

#include "tls/complain.hpp"
#include "tls/openssl.hpp"
#include "tls/pair.hpp"

namespace sluice::tls {

/// A context with what holds for all: buffers given back when idle, nothing compressed, no renegotiation. nullptr: out
/// of memory.
Owned<SSL_CTX> bare_context(const SSL_METHOD* method);

/// Bits of namespace protocol, with holes between them if need be.
void set_protocols(SSL_CTX* context, unsigned protocols);

/// What a conf that says nothing of ciphers gets: forward secrecy and authenticated encryption only, the cheapest that
/// is good first; a client that puts ChaCha20 first has no instructions for AES, and gets it. nginx offers all of
/// HIGH:!aNULL:!MD5 in the client's order.
void set_modern_ciphers(SSL_CTX* context);

// False: said in `complaints`.
bool set_ciphers(SSL_CTX* context, const Item& ciphers, Complaints& complaints);
bool set_pair(SSL_CTX* context, const LoadedPair& loaded, const Pair& pair, Complaints& complaints);
/// The same for one connection. False: `problem` is in OpenSSL's words.
bool set_pair(SSL* connection, const LoadedPair& loaded, std::string& problem);
/// In OpenSSL's words (SSL_CONF_cmd(3)), after everything else: they have the last word.
bool run_commands(SSL_CTX* context, const std::vector<std::pair<Item, Item>>& commands, Complaints& complaints);

/// For a digest over what a context was made of: the commands and, where a value is a path, which state of the file it
/// is.
std::string identity_of(const std::vector<std::pair<Item, Item>>& commands, const Opener& open);

/// Whether the value of such a command is a path, to be completed like others of the conf.
bool command_takes_path(const std::string& name);
/// Whether such a command says what records look like.
bool command_shapes_records(const std::string& name);

}  // namespace sluice::tls
