#include "tls/common.hpp"

#include <openssl/conf.h>

#include "tls/kernel.hpp"
#include "tls/provider.hpp"

namespace sluice::tls {

namespace {

struct Version {
    unsigned bit;
    int version;
    std::uint64_t without;
};

constexpr Version versions[] = {{protocol::ssl3, SSL3_VERSION, SSL_OP_NO_SSLv3},
                                {protocol::tls1, TLS1_VERSION, SSL_OP_NO_TLSv1},
                                {protocol::tls1_1, TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
                                {protocol::tls1_2, TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
                                {protocol::tls1_3, TLS1_3_VERSION, SSL_OP_NO_TLSv1_3}};

/// The first word of a list of ciphers that OpenSSL cannot make anything of; "": none alone.
std::string unknown_cipher(SSL_CTX* context, const std::string& list) {
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find_first_of(":, ;", at), list.size());
        const std::string word = list.substr(at, end - at);
        at = end + 1;
        if (word.empty() || std::string_view("!-+@").find(word[0]) != std::string_view::npos) continue;
        if (SSL_CTX_set_cipher_list(context, word.c_str()) != 1) return word;
    }
    return {};
}

std::string help_with_cipher(SSL_CTX* context, const std::string& list) {
    const std::string word = unknown_cipher(context, list);
    ERR_clear_error();
    if (word.empty()) return {};
    if (word.starts_with("TLS_"))
        return "\"" + word + "\" is of TLS 1.3, whose ciphers are set by: ssl_conf_command Ciphersuites " + word;
    return "this OpenSSL has no cipher \"" + word + "\"; it lists what it has with: openssl ciphers";
}

constexpr unsigned command_flags = SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CLIENT |
                                   SSL_CONF_FLAG_CERTIFICATE | SSL_CONF_FLAG_SHOW_ERRORS;

}  // namespace

Owned<SSL_CTX> bare_context(const SSL_METHOD* method) {
    offer_provider();
    Owned<SSL_CTX> out(SSL_CTX_new_ex(nullptr, provider_properties, method));
    if (!out) return out;
    SSL_CTX_set_mode(out.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_options(out.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_clear_options(out.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_read_ahead(out.get(), 1);
    return out;
}

void set_protocols(SSL_CTX* context, unsigned protocols) {
    int lowest = 0, highest = 0;
    for (const Version& version : versions) {
        if (protocols & version.bit) {
            SSL_CTX_clear_options(context, version.without);
            if (lowest == 0) lowest = version.version;
            highest = version.version;
        } else {
            SSL_CTX_set_options(context, version.without);
        }
    }
    // An OpenSSL without SSL 3.0 refuses it as a limit: no limit is the same then.
    SSL_CTX_set_min_proto_version(context, lowest == SSL3_VERSION ? 0 : lowest);
    SSL_CTX_set_max_proto_version(context, highest == SSL3_VERSION ? TLS1_VERSION : highest);
}

void set_modern_ciphers(SSL_CTX* context) {
    SSL_CTX_set_cipher_list(context,
                            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                            "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                            "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
                            "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384");  // with ssl_dhparam only
    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    ERR_clear_error();  // of an OpenSSL that lacks one of them
}

bool set_ciphers(SSL_CTX* context, const Item& ciphers, Complaints& complaints) {
    ERR_clear_error();
    if (SSL_CTX_set_cipher_list(context, ciphers.text.c_str()) == 1) return true;
    std::string message = failed_call("SSL_CTX_set_cipher_list", ciphers.text);
    refuse(complaints, ciphers, std::move(message), help_with_cipher(context, ciphers.text));
    return false;
}

bool set_pair(SSL_CTX* context, const LoadedPair& loaded, const Pair& pair, Complaints& complaints) {
    ERR_clear_error();
    if (SSL_CTX_use_cert_and_key(context, loaded.certificate.get(), loaded.key.get(), loaded.chain.get(), 1) == 1)
        return true;
    const int reason = ERR_GET_REASON(ERR_peek_error());
    std::string message = "cannot use certificate " + shown(pair.certificate) + " (" + last_error() + ")";
    std::string help;
    if (reason == SSL_R_EE_KEY_TOO_SMALL || reason == SSL_R_CA_KEY_TOO_SMALL || reason == SSL_R_CA_MD_TOO_WEAK)
        help = "OpenSSL finds it too weak (" + key_words(X509_get0_pubkey(loaded.certificate.get())) +
               "): get a new one, or lower the level with @SECLEVEL=0 in the list of ciphers";
    refuse(complaints, pair.certificate, std::move(message), std::move(help));
    return false;
}

bool set_pair(SSL* connection, const LoadedPair& loaded, std::string& problem) {
    ERR_clear_error();
    if (SSL_use_cert_and_key(connection, loaded.certificate.get(), loaded.key.get(), loaded.chain.get(), 1) == 1) return true;
    problem = "SSL_use_cert_and_key() failed (" + last_error() + ")";
    return false;
}

bool run_commands(SSL_CTX* context, const std::vector<std::pair<Item, Item>>& commands, Complaints& complaints) {
    if (commands.empty()) return true;
    const Owned<SSL_CONF_CTX> conf(SSL_CONF_CTX_new());
    SSL_CONF_CTX_set_flags(conf.get(), command_flags);
    SSL_CONF_CTX_set_ssl_ctx(conf.get(), context);
    bool good = true;
    for (const auto& [name, value] : commands) {
        ERR_clear_error();
        const auto before = SSL_CTX_get_options(context);
        const int outcome = SSL_CONF_cmd(conf.get(), name.text.c_str(), value.text.c_str());
        if (~before & SSL_CTX_get_options(context) & SSL_OP_ENABLE_KTLS && !kernel_has_tls())
            warn(complaints, value, "this kernel has no TLS: records are made by this process", "modprobe tls, where the kernel has it as a module");
        if (outcome > 0) continue;
        good = false;
        const std::string why = last_error();
        refuse(complaints, outcome == -2 ? name : value,
               "SSL_CONF_cmd(\"" + name.text + "\", \"" + value.text + "\") failed (" + why + ")",
               outcome == -2 ? "this OpenSSL has no command \"" + name.text +
                                   "\"; SSL_CONF_cmd(3) lists them under \"configuration file commands\""
                             : "");
    }
    ERR_clear_error();
    if (good && SSL_CONF_CTX_finish(conf.get()) != 1) {
        refuse(complaints, commands.front().first, "SSL_CONF_finish() failed (" + last_error() + ")");
        good = false;
    }
    return good;
}

std::string identity_of(const std::vector<std::pair<Item, Item>>& commands, const Opener& open) {
    std::string out;
    for (const auto& [name, value] : commands) {
        (((out += name.text) += '\n') += value.text) += '\n';
        if (command_takes_path(name.text)) (out += OpenItem(value, open).identity()) += '\n';
    }
    return out;
}

bool command_takes_path(const std::string& name) {
    const Owned<SSL_CONF_CTX> conf(SSL_CONF_CTX_new());
    SSL_CONF_CTX_set_flags(conf.get(), command_flags);
    const int type = SSL_CONF_cmd_value_type(conf.get(), name.c_str());
    ERR_clear_error();
    return type == SSL_CONF_TYPE_FILE || type == SSL_CONF_TYPE_DIR;
}

bool command_shapes_records(const std::string& name) { return OPENSSL_strcasecmp(name.c_str(), "RecordPadding") == 0; }

}  // namespace sluice::tls
