// Bytes that OpenSSL reads for us: answers of OCSP responders, clients' certificates, files of a conf. Laws: an answer
// that was taken is about our certificate and holds now; one that nobody signed is not taken; what a certificate says
// has no line breaks where it goes into a field; a file that was refused is complained of, and one that was not is not.
#include <openssl/pem.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/clock.hpp"
#include "laws.hpp"
#include "tls/ocsp.hpp"
#include "tls/store.hpp"
#include "tls/words.hpp"

namespace {

using namespace sluice;
using namespace sluice::tls;
using sluice::fuzz::require;

constexpr char root_text[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdDCCARugAwIBAgIUA/Bbz9Byff22oCziBzbVA55xJ/kwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEUm9vdDAgFw0yNjExMjExMzM1MDhaGA8yMTI2MTAyODEzMzUw\n"
    "OFowDzENMAsGA1UEAwwEUm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCcY\n"
    "wm/LXypMOgH178qNsJmqe0C7yvxb0au0MtnoIshgGf00Gvef/22s08L2HBYNr3LY\n"
    "a3aJ5eiMmYD4h7DH0qGjUzBRMB0GA1UdDgQWBBTjaTT9+E8ZvTfeU7j51LGD3ZNr\n"
    "kTAfBgNVHSMEGDAWgBTjaTT9+E8ZvTfeU7j51LGD3ZNrkTAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0cAMEQCIAplcnwFN+vdYMdkDFgc3TYP3KGZT54THHt0\n"
    "NZ7CLxxRAiBL9xT3WdMOOet3aI1vfpmReN9XGWKfgsIGsQP/4sRiJQ==\n"
    "-----END CERTIFICATE-----\n";
constexpr char leaf_text[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBszCCAVmgAwIBAgIBBTAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARSb290MCAX\n"
    "DTI2MTEyMTEzMzUwOFoYDzIxMjYxMDI4MTMzNTA4WjAWMRQwEgYDVQQDDAtleGFt\n"
    "cGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABF5UeAW/rP5sBCk0DWRt\n"
    "7UXyn+Lqoc9WHODRCba+y82yEgLBHKGGhw2jtieukX/N0LQqg8lU5s+Vxn5FCAWR\n"
    "Rd2jgZwwgZkwKAYDVR0RBCEwH4ILZXhhbXBsZS5jb22HEAAAAAAAAAAAAAAAAAAA\n"
    "AAEwLQYIKwYBBQUHAQEEITAfMB0GCCsGAQUFBzABhhFodHRwOi8vby5leGFtcGxl\n"
    "LzAdBgNVHQ4EFgQU3Bo37qIcwZLY72j8PHO24U4KFkUwHwYDVR0jBBgwFoAU42k0\n"
    "/fhPGb033lO4+dSxg92Ta5EwCgYIKoZIzj0EAwIDSAAwRQIhAJmrms/WIXKi6w57\n"
    "EvsmzCuod6Lzv9Adyuersd+MMMqrAiBfkEBbglM/nHsob9v2OKxVQ65cUw5HCu8d\n"
    "DdMaGYTrdw==\n"
    "-----END CERTIFICATE-----\n";

Owned<X509> read(const char* text) {
    return Owned<X509>(PEM_read_bio_X509(reader_of(text).get(), nullptr, nullptr, nullptr));
}

struct Known {
    Owned<X509> root = read(root_text), leaf = read(leaf_text);
    Owned<X509_STORE> store{X509_STORE_new()};
    core::WallTime now{1'800'000'000'000'000};  // 2027

    Known() { X509_STORE_add_cert(store.get(), root.get()); }
};

void check_answer(const Known& known, const std::string& der) {
    std::string problem;
    const auto unsigned_one =
        read_ocsp_answer(der, {known.leaf.get(), known.root.get(), nullptr, nullptr}, known.now, problem);
    require(unsigned_one.has_value() == problem.empty(), "an answer or a problem");
    problem.clear();
    const auto answer =
        read_ocsp_answer(der, {known.leaf.get(), known.root.get(), nullptr, known.store.get()}, known.now, problem);
    require(answer.has_value() == problem.empty(), "an answer or a problem, also when it is verified");
    if (!answer) return;
    require(unsigned_one.has_value(), "who is verified needs no less");
    require(answer->this_update.seconds() <= known.now.seconds() + ocsp_tolerance, "not of the future");
    require(answer->next_update.us == 0 || answer->next_update.seconds() + ocsp_tolerance >= known.now.seconds(),
            "not over");
    require(answer->revoked_at.us == 0 || answer->status == OcspAnswer::Status::revoked, "only revoked ones have a date");
}

void check_certificate(const Known& known, const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const Owned<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!certificate) return;
    X509* it = certificate.get();
    const auto facts = facts_of(it, nullptr);
    for (const std::string& name : facts.names) require(name.find('\0') == name.npos, "no name ends before its end");
    for (const std::string& text : {words::subject(it), words::issuer(it), words::legacy_subject(it), words::serial(it),
                                    words::escaped_certificate(it), words::valid_from(it)})
        require(text.find_first_of("\r\n") == text.npos, "one line");
    const std::string tabbed = words::tabbed_certificate(it);
    for (auto line = tabbed.find('\n'); line != tabbed.npos; line = tabbed.find('\n', line + 1))
        require(tabbed[line + 1] == '\t', "a line that goes on begins with a tab");
    require(words::fingerprint(it).size() == 40, "twenty bytes");
    words::valid_days(it, known.now);
    ocsp_responders(it);
    ocsp_request(it, known.root.get());
    ERR_clear_error();
}

void check_files(const std::string& text) {
    static const core::SystemClock clock;
    Store store(clock);
    Complaints complaints;
    const auto mistakes = [&] {
        return std::ranges::count_if(complaints, [](const Complaint& complaint) { return !complaint.warning; });
    };
    const Item item{"data:" + text, 1};
    require((store.pair({item, item}, {}, complaints) == nullptr) == (mistakes() != 0), "a pair or a complaint");
    complaints.clear();
    require((store.trust({item, item, item, false}, complaints) == nullptr) == (mistakes() != 0),
            "trust or a complaint");
    complaints.clear();
    require((store.ticket_keys({item}, std::chrono::seconds(300), complaints) == nullptr) == (mistakes() != 0),
            "a key or a complaint");
    require(ERR_peek_error() == 0, "nothing is left in the queue");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Known known;
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_answer(known, text);
    check_certificate(known, text);
    check_files(text);
    return 0;
}
