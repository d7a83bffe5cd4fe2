// What a conf asks of TLS, as plain values. Contexts are made of it: tls/server_contexts, tls/client_contexts.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::tls {

/// Bits of ssl_protocols and proxy_ssl_protocols.
namespace protocol {
constexpr unsigned ssl3 = 1u << 0;
constexpr unsigned tls1 = 1u << 1;
constexpr unsigned tls1_1 = 1u << 2;
constexpr unsigned tls1_2 = 1u << 3;
constexpr unsigned tls1_3 = 1u << 4;
constexpr unsigned usual = tls1_2 | tls1_3;
}  // namespace protocol

/// A word of the conf, and where it stands: a number that only its owner understands, handed back with a complaint.
struct Item {
    std::string text;  // of a file: its full path, or "data:" and the PEM itself
    std::size_t place = 0;

    bool empty() const { return text.empty(); }
    bool operator==(const Item& other) const { return text == other.text; }
};

/// What is wrong, or doubtful, about an item.
struct Complaint {
    std::size_t place = 0;
    std::string message;  // "cannot load certificate \"/etc/a.crt\": it expired on 2026-01-01"
    std::string help;
    bool warning = false;  // it goes all the same
};

struct Pair {
    Item certificate;  // followed by those it depends on
    Item key;

    bool operator==(const Pair&) const = default;
};

enum class VerifyClient : std::uint8_t {
    off,
    on,
    optional,        // a certificate that is shown must be good
    optional_no_ca,  // any will do: what becomes of it is said by $ssl_client_verify
};

/// ssl_session_cache.
struct SessionCacheRule {
    bool off =
        false;  // clients are told that sessions are not kept; otherwise, with nothing below, they are only not kept
    bool builtin = false;  // OpenSSL's own, one per worker
    long builtin_size = 20480;
    std::string shared;           // a name: shared by all workers, and all sites that name it
    std::size_t shared_size = 0;  // bytes

    bool operator==(const SessionCacheRule&) const = default;
};

/// ssl_ocsp: whose certificates are looked up.
enum class ClientOcsp : std::uint8_t {
    off,
    on,    // the client's and those of the authorities between it and the root
    leaf,  // the client's alone
};

/// ssl_ocsp_cache.
struct OcspCacheRule {
    std::string name;      // "": nothing is kept
    std::size_t size = 0;  // bytes

    bool operator==(const OcspCacheRule&) const = default;
};

/// One site's side.
struct ServerDescription {
    std::vector<Pair> pairs;  // of several types of key
    std::string variable_pairs;  // names with variables, as the conf has them; "": there are none. Others than the engine
                                 // know what they stand for (SiteChooser::certify)
    std::vector<Item> password_files;
    unsigned protocols = protocol::usual;
    Item ciphers;  // none: modern ones (tls/common), in our order
    bool prefer_server_ciphers = false;
    Item curves{"auto", 0};
    Item dhparam;
    std::vector<std::pair<Item, Item>> commands;  // ssl_conf_command: name, value
    SessionCacheRule session_cache;
    std::chrono::seconds session_timeout{300};
    bool tickets = true;
    std::vector<Item> ticket_keys;  // files of 48 or 80 bytes, the first encrypts; none: made and rotated by us
    bool early_data = false;
    VerifyClient verify = VerifyClient::off;
    int verify_depth = 1;
    Item client_authorities;   // ssl_client_certificate: their names are sent
    Item trusted_authorities;  // ssl_trusted_certificate
    Item crl;
    bool stapling = false, stapling_verify = false;
    Item stapling_file, stapling_responder;
    ClientOcsp ocsp = ClientOcsp::off;
    Item ocsp_responder;  // empty: the one that the certificate names
    OcspCacheRule ocsp_cache;
    bool reject_handshake = false;
    std::uint32_t largest_record = 16384;  // ssl_buffer_size, bytes
    std::string key_log;                   // path of the file for secrets; "": they are not told

    bool operator==(const ServerDescription&) const = default;
};

/// The side toward peers: proxy_ssl_*.
struct ClientDescription {
    Pair pair;  // empty: none is shown
    std::string variable_pair;  // as above; who makes a connection gives it its certificate
    std::vector<Item> password_files;
    unsigned protocols = protocol::usual;
    Item ciphers{"DEFAULT", 0};
    std::vector<std::pair<Item, Item>> commands;
    bool verify = false;
    int verify_depth = 1;
    Item trusted;  // empty: the system's
    Item crl;
    std::string key_log;  // as above

    bool operator==(const ClientDescription&) const = default;
};

/// All files that it names, by their paths.
std::vector<std::string> files_of(const ServerDescription& description);
std::vector<std::string> files_of(const ClientDescription& description);

}  // namespace sluice::tls
