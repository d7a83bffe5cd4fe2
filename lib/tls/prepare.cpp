#include "tls/prepare.hpp"

namespace sluice::tls {

void prepare_server(SSL_CTX*) {}
void prepare_client(SSL_CTX*) {}

}  // namespace sluice::tls
