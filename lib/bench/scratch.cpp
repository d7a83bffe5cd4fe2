#include "bench/scratch.hpp"

#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "config/words.hpp"

namespace sluice::bench {

namespace {

using config::concat;

template <class T, void (*release)(T*)>
struct Releaser {
    void operator()(T* object) const { release(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Releaser<X509, X509_free>>;

struct CloseFile {
    void operator()(FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

constexpr long a_day = 86400;
constexpr std::size_t longest_socket = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

std::string Scratch::make() {
    const char* given = std::getenv("TMPDIR");
    const std::string parent = given && *given ? given : "/tmp";
    const std::string shown = concat({given && *given ? "TMPDIR, " : "", config::in_quotes(parent), ","});
    std::error_code error;
    if (!std::filesystem::is_directory(parent, error)) return concat({shown, " is no folder"});
    std::string name = (std::filesystem::absolute(parent, error) / "sluice-bench-XXXXXX").string();
    if (name.size() + 1 + notify_name.size() > longest_socket)
        return concat({shown, " is too long: a Unix socket in a folder there has ",
                       std::to_string(name.size() + 1 + notify_name.size()), " bytes, and may have ",
                       std::to_string(longest_socket)});
    if (!mkdtemp(name.data())) return concat({shown, " takes no new folder: ", std::strerror(errno)});
    folder_ = name + '/';
    return "";
}

Scratch::~Scratch() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::string Scratch::write(const std::string& name, const std::string& text) const {
    std::ofstream file(folder_ + name, std::ios::binary);
    return file << text << std::flush ? "" : "cannot write " + folder_ + name;
}

std::string Scratch::make_certificate() const {
    const std::string wrong = "cannot make a certificate in " + folder_;
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    const Certificate certificate(X509_new());
    if (!key || !certificate) return wrong;
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -a_day);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 30 * a_day);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    const auto* common = reinterpret_cast<const unsigned char*>("sluice bench");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) return wrong;
    const File key_file(std::fopen((folder_ + "own.key").c_str(), "w")),
        certificate_file(std::fopen((folder_ + "own.crt").c_str(), "w"));
    if (!key_file || !certificate_file ||
        PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 0 ||
        PEM_write_X509(certificate_file.get(), certificate.get()) == 0)
        return wrong;
    return "";
}

std::uint16_t Ports::take() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return 0;
    sockets_.push_back(fd);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) return 0;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

void Ports::release() {
    for (const int fd : sockets_) close(fd);
    sockets_.clear();
}

}  // namespace sluice::bench
