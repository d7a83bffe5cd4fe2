#include "tls/hello.hpp"

namespace sluice::tls {

std::string_view server_name_of(SSL* ssl) {
    const unsigned char* data = nullptr;
    std::size_t size = 0;
    if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &size)) return {};
    // A list of one name of type 0: two bytes of the list's size, a type, two of the name's size.
    const auto two = [&](std::size_t at) { return std::size_t{data[at]} << 8 | data[at + 1]; };
    if (size < 5 || two(0) != size - 2 || data[2] != TLSEXT_NAMETYPE_host_name || two(3) != size - 5) return {};
    const std::string_view name(reinterpret_cast<const char*>(data) + 5, size - 5);
    return name.size() > TLSEXT_MAXLEN_host_name || name.find('\0') != name.npos ? std::string_view{} : name;
}

void use_context(SSL* ssl, SSL_CTX* context) {
    SSL_set_SSL_CTX(ssl, context);
    SSL_set_verify(ssl, SSL_CTX_get_verify_mode(context), SSL_CTX_get_verify_callback(context));
    SSL_set_verify_depth(ssl, SSL_CTX_get_verify_depth(context));
    const auto options = SSL_CTX_get_options(context);
    SSL_clear_options(ssl, SSL_get_options(ssl) & ~options);
    SSL_set_options(ssl, options);
    SSL_set_min_proto_version(ssl, static_cast<int>(SSL_CTX_get_min_proto_version(context)));
    SSL_set_max_proto_version(ssl, static_cast<int>(SSL_CTX_get_max_proto_version(context)));
    SSL_set_num_tickets(ssl, SSL_CTX_get_num_tickets(context));
    SSL_set_max_early_data(ssl, SSL_CTX_get_max_early_data(context));
    SSL_set_recv_max_early_data(ssl, SSL_CTX_get_recv_max_early_data(context));
}

}  // namespace sluice::tls
