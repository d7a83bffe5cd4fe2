#include "tls/digest.hpp"

namespace sluice::tls {

Digest::Digest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

void Digest::add(std::string_view part) {
    const std::uint64_t size = part.size();
    EVP_DigestUpdate(context_.get(), &size, sizeof size);
    EVP_DigestUpdate(context_.get(), part.data(), part.size());
}

void Digest::add(const X509* certificate) {
    unsigned char of_one[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    X509_digest(certificate, EVP_sha256(), of_one, &size);
    add({reinterpret_cast<const char*>(of_one), size});
}

std::string Digest::finish() {
    std::string out(32, '\0');
    EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr);
    return out;
}

}  // namespace sluice::tls
