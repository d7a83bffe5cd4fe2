#include "tls/pem.hpp"

#include "tls/openssl.hpp"

namespace sluice::tls {

namespace {

/// Calls `use` with each label: "RSA PRIVATE KEY".
template <class Use>
void for_each_label(std::string_view text, const Use& use) {
    constexpr std::string_view begin = "-----BEGIN ";
    for (auto at = text.find(begin); at != text.npos; at = text.find(begin, at + 1)) {
        const std::string_view rest = text.substr(at + begin.size(), 80);
        use(rest.substr(0, rest.find("-----")));
    }
}

/// What the blocks of a text are, for people, each kind once: "a private key and a certificate".
std::string contents_of(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> kinds[] = {{"CERTIFICATE REQUEST", "a certificate request"},
                                                                       {"CERTIFICATE", "a certificate"},
                                                                       {"PRIVATE KEY", "a private key"},
                                                                       {"PUBLIC KEY", "a public key"},
                                                                       {"X509 CRL", "a list of revoked certificates"},
                                                                       {"PARAMETERS", "parameters"},
                                                                       {"PKCS7", "a PKCS #7 bundle"}};
    std::string out;
    for_each_label(text, [&](std::string_view label) {
        for (const auto& [end, name] : kinds) {
            if (!label.ends_with(end)) continue;
            if (out.find(name) == out.npos) (out += out.empty() ? "" : " and ") += name;
            break;
        }
    });
    return out;
}

bool has_label(std::string_view text, std::string_view end) {
    bool found = false;
    for_each_label(text, [&](std::string_view label) { found = found || label.ends_with(end); });
    return found;
}

bool is_der(std::string_view text) {
    return text.size() > 4 && text[0] == 0x30 && (static_cast<unsigned char>(text[1]) & 0x80) != 0;
}

}  // namespace

PemMistake explain_pem(std::string_view text, PemKind wanted, const std::string& file) {
    const std::string words = last_error();
    if (text.find_first_not_of(" \t\r\n") == text.npos) return {"it is empty", ""};
    if (is_der(text))
        return {
            "it is in DER form or a PKCS #12 bundle, not PEM",
            "turn it into PEM: openssl x509 -inform der -in " + file + " (or openssl pkcs12 -nodes -in " + file + ")"};
    if (has_label(text, wanted.label))
        return {"what stands there cannot be read (" + words + ")", "is it complete, as it was given to you?"};
    const std::string contents = contents_of(text);
    if (contents.empty()) return {"it is not PEM: it has no line \"-----BEGIN …-----\"", ""};
    return {"it has no " + std::string(wanted.name) + ", but " + contents, ""};
}

}  // namespace sluice::tls
